import type { Store } from '@assay/store';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TextBytes } from './download.ts';
import { taskRunHead } from './wire.ts';

/** Runs that are in memory at once while a list of them is written. */
const runsAtOnce = 500;

/** A list of runs as JSON, read and written a page at a time: without a limit all of a million are asked for. */
export async function* runPages(
  { nodes }: Store,
  experimentId: string,
  from: string | undefined,
  limit = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array, void, undefined> {
  const read = (cursor: string | undefined, count: number) =>
    nodes.listTaskRuns(experimentId, { cursor, limit: Math.min(count, runsAtOnce) });
  const json = new TextBytes();
  json.write('{"data":[');
  let left = limit;
  let separator = '';
  for (let reading = read(from, left); ;) {
    const { items, next } = await reading;
    left -= runsAtOnce;
    const isLast = next === null || left <= 0;
    if (!isLast) {
      // The next page is read while this one is written. Whoever asked may leave before it is looked at.
      reading = read(next, left);
      reading.catch(() => undefined);
      // What is asked of the database goes out at the end of a turn of the event loop.
      await nextTurn();
    }
    for (const run of items) {
      json.write(separator + taskRunHead(run));
      json.write(run.output);
      separator = '},';
    }
    if (isLast) json.write(`${separator === '' ? '' : '}'}],"next_cursor":${JSON.stringify(next)}}`);
    yield json.take();
    if (isLast) return;
  }
}
