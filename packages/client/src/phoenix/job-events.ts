import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '@assay/core';
import { pathPart, type Transport } from '../transport.ts';
import { linesOf } from './lists.ts';

/** A Server-Sent Event of a job: `data` is in the server's words. */
export interface JobEvent {
  /** `<epoch>-<n>`: what to go on from. */
  readonly id: string | null;
  readonly type: string;
  readonly data: unknown;
}

/** Breaks in a row after which watching is given up, and the longest pause between two of them. */
const maxBreaks = 8;
const longestPauseMs = 5000;

/** Watches a job. After a break it goes on from the last event; it ends when the server ends and the job runs no more. */
export async function* watchEvents(
  transport: Transport,
  experimentId: string,
  lastEventId: string | undefined,
  isRunning: () => Promise<boolean>,
): AsyncGenerator<JobEvent, void, undefined> {
  let last = lastEventId;
  for (let breaks = 0; ; breaks += 1) {
    try {
      for await (const event of connect(transport, experimentId, last)) {
        breaks = 0;
        last = event.id ?? last;
        yield event;
      }
      if (!(await isRunning())) return;
    } catch (error) {
      if (!AssayError.is(error) || error.code !== 'unavailable' || breaks >= maxBreaks) throw error;
    }
    await sleep(Math.min(100 * 2 ** breaks, longestPauseMs));
  }
}

async function* connect(
  transport: Transport,
  experimentId: string,
  last: string | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  const call = {
    what: `watch the job of ${experimentId}`,
    method: 'GET',
    path: `/v1/experiments/${pathPart(experimentId)}/events`,
    headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
  } as const;
  let fields: { id: string | null; type: string; data: string[] } = { id: null, type: 'message', data: [] };
  for await (const raw of linesOf(transport.stream(call), { keepEmpty: true })) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') {
      if (fields.data.length > 0) yield { id: fields.id, type: fields.type, data: parsed(fields.data.join('\n')) };
      fields = { id: null, type: 'message', data: [] };
      continue;
    }
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'id') fields.id = value;
    if (name === 'event') fields.type = value;
    if (name === 'data') fields.data.push(value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
