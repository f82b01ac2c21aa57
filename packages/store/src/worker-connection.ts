import { AssayError } from '@assay/core';
import module from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Connection } from './connection.ts';
import type { OperationName, Operations, ResultOf } from './operations/index.ts';
import { fromColumns } from './row-columns.ts';
import type { Answer, FromWorker, Request, ToWorker, WorkerInput } from './requests.ts';

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: AssayError) => void;
}

/** A worker that is running, and what it owes. */
interface Running {
  readonly worker: Worker;
  /** In the order they were asked, which is that of the answers. */
  readonly pending: Pending[];
  isOpen: boolean;
  outbox: Request[];
  whenDone: (() => void) | null;
}

/**
 * Opens the database in a worker thread of its own. The worker does not keep the process alive while nothing is asked of
 * it. When it dies, what is pending rejects with `unavailable`, and the next call starts another.
 */
export async function openConnection(input: WorkerInput): Promise<Connection> {
  let running: Running | null = null;
  let isClosed = false;

  function started(): Running {
    if (running) return running;
    // The tests run the sources, users what was built of them.
    const isSource = import.meta.url.endsWith('.ts');
    const file = isSource
      ? new URL('./sqlite-worker.ts', import.meta.url)
      : new URL('./sqlite-worker.js', import.meta.url);
    // The worker holds nothing for long, so a small nursery costs it no time, and a long run tens of megabytes less.
    const resourceLimits = { maxYoungGenerationSizeMb: 2 };
    const worker = new Worker(file, { workerData: input, execArgv: [], env: workerEnvironment(), resourceLimits });
    const started: Running = { worker, pending: [], isOpen: false, outbox: [], whenDone: null };
    worker.unref();
    worker.on('message', (message: FromWorker) => receive(started, message));
    worker.on('error', (cause) =>
      end(
        started,
        new AssayError('unavailable', `The thread that writes to ${input.path} failed: ${cause.message}`, { cause }),
      ),
    );
    worker.on('exit', () =>
      end(started, new AssayError('unavailable', `The thread that writes to ${input.path} ended before it answered`)),
    );
    return (running = started);
  }

  function receive(from: Running, message: FromWorker): void {
    if ('answers' in message) return settle(from, message.answers);
    if ('opened' in message) {
      from.isOpen = true;
      return send(from);
    }
    if ('failed' in message) end(from, new AssayError(message.failed.code, message.failed.message));
  }

  function settle(from: Running, answers: readonly Answer[]): void {
    const answered = from.pending.splice(0, answers.length);
    for (const [place, { resolve, reject }] of answered.entries()) {
      const answer = answers[place]!;
      if ('error' in answer) reject(new AssayError(answer.error.code, answer.error.message));
      else resolve(('rows' in answer ? fromColumns(answer.rows) : answer.result) as never);
    }
    if (from.pending.length === 0) {
      from.worker.unref();
      from.whenDone?.();
    }
  }

  function end(ended: Running, error: AssayError): void {
    if (running === ended) running = null;
    for (const { reject } of ended.pending.splice(0)) reject(error);
    ended.whenDone?.();
  }

  /** Sends what was asked in one turn of the event loop as one message: each message costs more than the records in it. */
  function enqueue(to: Running, request: Request): void {
    if (to.outbox.push(request) === 1 && to.isOpen) setImmediate(() => send(to));
  }

  function send(to: Running): void {
    if (to.outbox.length === 0) return;
    to.worker.postMessage({ requests: to.outbox } satisfies ToWorker);
    to.outbox = [];
  }

  function call<Name extends OperationName>(
    name: Name,
    ...args: Parameters<Operations[Name]>
  ): Promise<ResultOf<Name>> {
    if (isClosed) return Promise.reject(new AssayError('unavailable', 'The store is closed'));
    return new Promise((resolve, reject) => {
      const to = started();
      if (to.pending.length === 0) to.worker.ref();
      to.pending.push({ resolve, reject });
      enqueue(to, { name, args });
    });
  }

  async function close(): Promise<void> {
    isClosed = true;
    const closing = running;
    if (!closing) return;
    if (closing.pending.length > 0) await new Promise<void>((resolve) => (closing.whenDone = resolve));
    const exited = new Promise((resolve) => closing.worker.once('exit', resolve));
    closing.worker.ref();
    closing.worker.postMessage({ close: true } satisfies ToWorker);
    if (running === closing) await exited;
  }

  // What is wrong with the file is said when it is opened, not at the first save.
  await call('listDatasets', { before: 0, name: null, limit: 1 });
  return { call, postgres: null, close };
}

/** What the process keeps of its compiled code, a thread of it keeps only when it is told to. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const folder = module.getCompileCacheDir?.();
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: folder };
}
