import { AssayError } from '@assay/core';
import type { Api } from '../api.ts';
import { jobToWire } from '../jobs/wire.ts';
import { checkId } from '../node-id.ts';
import type { Services } from './services.ts';

/** Between two signs of life, so that nobody in between takes the connection for dead. In milliseconds. */
const heartbeatMs = 15_000;

/** What happens to an experiment, while it happens. */
export function addEventRoutes(api: Api, { store, hub, jobs, closing }: Services): void {
  api.add(
    {
      method: 'get',
      path: '/v1/experiments/{experiment_id}/events',
      summary:
        'Watch an experiment by Server-Sent Events; Last-Event-ID continues, without a known one a snapshot comes first',
      tag: 'Runs',
      rawAnswer: 'text/event-stream',
      failures: [404],
    },
    async ({ params, request }) => {
      const id = checkId('Experiment', params.experiment_id);
      await store.getExperiment(id);
      const left = new AbortController();
      const ended = AbortSignal.any([request.signal, closing, left.signal]);
      const events = watch(id, request.headers.get('last-event-id'), ended);
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { done, value } = await events.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        },
        async cancel() {
          left.abort();
          await events.return(undefined);
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
    },
  );

  async function* watch(
    id: string,
    lastSeen: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    let seen = lastSeen;
    let wake = () => {};
    hub.watch(id, () => wake(), signal);
    while (!signal.aborted) {
      const events = seen === null ? null : hub.since(id, seen);
      if (events === null) {
        // Taken before the summary is read: what is saved meanwhile comes twice, and never not at all.
        seen = hub.lastId(id);
        const { summaryToWire } = await import('../analysis.ts');
        const job = await jobs.get(id).then(jobToWire, noJob);
        yield eventText(seen, 'snapshot', JSON.stringify({ job, summary: await summaryToWire(store, id) }));
        continue;
      }
      for (const event of events) yield eventText((seen = event.id), event.type, event.data);
      if (events.length === 0 && !(await changed())) yield ': still here\n\n';
    }

    /** Whether something has happened before the next sign of life is due. */
    function changed(): Promise<boolean> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), heartbeatMs);
        const settle = (isChanged: boolean) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve(isChanged);
        };
        wake = () => settle(true);
        signal.addEventListener('abort', wake);
      });
    }
  }
}

function noJob(error: unknown): null {
  if (AssayError.is(error) && error.code === 'not-found') return null;
  throw error;
}

function eventText(id: string, type: string, data: string): string {
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}
