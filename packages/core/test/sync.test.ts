import { afterEach, expect, test, vi } from 'vitest';
import { AssayError } from '../src/errors.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { mirrorStore } from '../src/mirror-store.ts';
import { runExperiment } from '../src/run.ts';
import type { Catalog, ExperimentStore } from '../src/store.ts';
import { syncExperiment } from '../src/sync.ts';

afterEach(() => {
  vi.useRealTimers();
});

const dataset = {
  name: 'capitals',
  examples: ['Peru', 'France', 'Chad'].map((input) => ({ id: input.toLowerCase(), input, splits: ['all'] })),
};
const task = ({ input }: { input: string }): string => {
  if (input === 'Chad') throw new Error('unknown country');
  return input.toUpperCase();
};
const evaluators = { length: ({ output }: { output: string }) => output.length };

function run(store: ExperimentStore) {
  return runExperiment({ dataset, task, evaluators, store, repetitions: 2, retries: 0, printSummary: false });
}

test('copies the dataset, the runs and the evaluations that the target lacks', async () => {
  const from = createMemoryStore();
  const to = createMemoryStore();
  const { id, taskRuns, evaluationRuns } = await run(from);

  const report = await syncExperiment({ experimentId: id, from, to });

  expect(report).toMatchObject({ taskRuns: 6, evaluationRuns: 4, differing: [] });
  const copied = await all(to.listTaskRuns(report.experimentId));
  expect(
    copied.map(({ exampleId, repetition, output, error, latencyMs }) => [
      exampleId,
      repetition,
      output,
      error,
      latencyMs,
    ]),
  ).toEqual(
    taskRuns.map(({ exampleId, repetition, output, error, latencyMs }) => [
      exampleId,
      repetition,
      output,
      error,
      latencyMs,
    ]),
  );
  expect((await all(to.listEvaluationRuns(report.experimentId))).map(({ score }) => score)).toEqual(
    evaluationRuns.map(({ score }) => score),
  );
});

test('copies nothing twice, and finds the copy again', async () => {
  const from = createMemoryStore();
  const to = createMemoryStore();
  const { id } = await run(from);
  const first = await syncExperiment({ experimentId: id, from, to });

  const second = await syncExperiment({ experimentId: id, from, to });

  expect(second).toEqual({ experimentId: first.experimentId, taskRuns: 0, evaluationRuns: 0, differing: [] });
  expect(await all(to.listExperiments())).toHaveLength(1);
});

test('leaves a run alone that stands in the target with another output, and reports it', async () => {
  const from = createMemoryStore();
  const to = createMemoryStore();
  const { id } = await run(from);
  const { experimentId } = await syncExperiment({ experimentId: id, from, to });
  const theirs = (await all(to.listTaskRuns(experimentId))).find(({ exampleId }) => exampleId === 'chad')!;
  await to.saveTaskRun({ ...theirs, output: 'N’Djamena', error: null });
  const ours = (await all(from.listTaskRuns(id))).find(({ exampleId }) => exampleId === 'chad')!;
  await from.saveTaskRun({ ...ours, output: 'Moundou', error: null });

  const report = await syncExperiment({ experimentId: id, from, to });

  expect(report.differing).toEqual([{ exampleId: 'chad', repetition: 1 }]);
  expect((await all(to.listTaskRuns(experimentId))).find((run) => run.id === theirs.id)?.output).toBe('N’Djamena');
});

test('a mirror delivers everything by the time it is closed', async () => {
  const remote = createMemoryStore();
  const store = mirrorStore(createMemoryStore(), remote);

  await run(store);
  await store.close();

  const [experiment] = await all(remote.listExperiments());
  expect(await all(remote.listTaskRuns(experiment!.id))).toHaveLength(6);
  expect(await all(remote.listEvaluationRuns(experiment!.id))).toHaveLength(4);
});

test('a mirror delivers once what a remote that was down for a while lacks', async () => {
  const remote = createMemoryStore();
  let down = true;
  const store = mirrorStore(
    createMemoryStore(),
    unreliable(remote, () => down),
  );

  await run(store);
  expect(await all(remote.listExperiments())).toEqual([]);
  down = false;
  await store.close();

  const [experiment, ...others] = await all(remote.listExperiments());
  expect(others).toEqual([]);
  expect(await all(remote.listTaskRuns(experiment!.id))).toHaveLength(6);
});

test('closing a mirror whose remote stays down says how to deliver later, and the results are kept', async () => {
  const local = createMemoryStore();
  const store = mirrorStore(
    local,
    unreliable(createMemoryStore(), () => true),
  );
  const { id } = await run(store);

  vi.useFakeTimers();
  const closed = expect(store.close()).rejects.toThrow(
    new RegExp(`${id}.*assay sync EXPERIMENT --to URL.*the remote is down`),
  );
  await vi.advanceTimersByTimeAsync(6000);

  await closed;
  expect(await all(local.listTaskRuns(id))).toHaveLength(6);
});

test('closing a mirror whose remote never answers says so too', async () => {
  vi.useFakeTimers();
  const silent = new Proxy(createMemoryStore(), {
    get: () => () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
  });
  const store = mirrorStore(createMemoryStore(), silent);
  const { id } = await run(store);
  await vi.advanceTimersByTimeAsync(1000);

  const closed = expect(store.close()).rejects.toThrow(id);
  await vi.advanceTimersByTimeAsync(6000);

  await closed;
});

test('says which side is no store', async () => {
  const store = createMemoryStore();
  const sync = (sides: object) => syncExperiment({ experimentId: 'x', from: store, to: store, ...sides } as never);
  await expect(sync({ to: undefined })).rejects.toMatchObject({
    code: 'invalid-config',
    message: 'Expected the store to copy to, got none',
  });
  await expect(sync({ from: 'file:a.db' })).rejects.toThrow(
    'Expected the store to copy out of to be a store, got "file:a.db"',
  );
  expect(() => mirrorStore(store, Promise.resolve(store) as never)).toThrow(
    'Expected the remote side of a mirror to be a store (await openStore(…)), got Promise',
  );
});

/** A store behind a line that can be cut. */
function unreliable(store: Catalog, isDown: () => boolean): Catalog {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      if (isDown()) {
        return () => {
          throw new AssayError('unavailable', 'the remote is down');
        };
      }
      return Reflect.get(target, name, receiver);
    },
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
