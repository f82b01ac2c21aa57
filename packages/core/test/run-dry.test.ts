import { describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { evaluateExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import type { ExperimentStore } from '../src/store.ts';
import { all, numbered } from './fixtures/examples.ts';

const quiet = { printSummary: false } as const;
const dry = (
  dryRun: boolean | number | { first: number },
  more: { seed?: number; repetitions?: number } = {},
  count = 20,
) =>
  runExperiment({
    ...quiet,
    ...more,
    dataset: numbered(count),
    task: ({ input }) => input,
    evaluators: { exact: ({ output, expected }) => output === expected },
    dryRun,
  });
const ids = ({ examples }: { examples: readonly { id: string }[] }) => examples.map(({ id }) => id);

test('true is one example', async () => {
  const ran = await dry(true);
  expect(ran).toMatchObject({
    id: 'dry-run',
    dryRun: true,
    exampleCount: 1,
    summary: { taskRuns: { planned: 1, ok: 1 }, evaluators: { exact: { ok: 1 } } },
  });
  expect(ran.evaluationRuns).toHaveLength(1);
});

test('true and n are drawn at random', async () => {
  const drawn = await Promise.all(Array.from({ length: 20 }, (_, seed) => dry(true, { seed })));
  expect(new Set(drawn.flatMap(ids)).size).toBeGreaterThan(5);
});

test('a number is so many examples, in dataset order; more than there are: all', async () => {
  const places = ids(await dry(5)).map((id) => Number(id.slice(1)));
  expect(places).toHaveLength(5);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(await dry(100)).toMatchObject({ exampleCount: 20 });
});

test('first n are the first n', async () => {
  expect(ids(await dry({ first: 3 }))).toEqual(['e0', 'e1', 'e2']);
  expect(await dry({ first: 100 })).toMatchObject({ exampleCount: 20 });
});

test.each([false, 0])('%s is a real run', async (dryRun) => {
  const ran = await dry(dryRun);
  expect(ran).toMatchObject({ dryRun: false, exampleCount: 20 });
  expect(ran.id).not.toBe('dry-run');
});

test.each([
  [-1, 'Expected dryRun to be a whole number of at least 0, got -1'],
  [1.5, 'Expected dryRun to be a whole number of at least 0, got 1.5'],
  [Number.NaN, 'Expected dryRun to be a whole number of at least 0, got NaN'],
  [{ first: 0 }, 'Expected dryRun.first to be a whole number of at least 1, got 0'],
  [{ first: -2 }, 'Expected dryRun.first to be a whole number of at least 1, got -2'],
])('%j is refused', async (dryRun, message) => {
  await expect(dry(dryRun)).rejects.toMatchObject({ code: 'invalid-config', message });
});

test('has its seed on record, which repeats it', async () => {
  const first = await dry(5);
  const { seed } = first.metadata as { seed: number };
  expect(ids(await dry(5, { seed }))).toEqual(ids(first));
  expect((await dry(5, { seed: 7 })).metadata['seed']).toBe(7);
});

test('repeats as often as asked, and shows failures', async () => {
  const { taskRuns, summary } = await runExperiment({
    ...quiet,
    dataset: numbered(5),
    dryRun: 2,
    repetitions: 3,
    retries: 0,
    task: () => {
      throw new Error('no');
    },
  });
  expect(taskRuns.map(({ error }) => error)).toEqual(Array.from({ length: 6 }, () => 'no'));
  expect(summary.taskRuns).toEqual({ planned: 6, ok: 0, failed: 6, missing: 0 });
});

test('draws from a stream as from a list of the same size', async () => {
  async function* stream() {
    yield* numbered(20);
  }
  const ran = await runExperiment({ ...quiet, dataset: stream(), dryRun: 5, task: ({ input }) => input });
  expect(new Set(ids(ran)).size).toBe(5);
  expect(
    ids(await runExperiment({ ...quiet, dataset: stream(), dryRun: { first: 2 }, task: ({ input }) => input })),
  ).toEqual(['e0', 'e1']);
});

test('reads no more of a stream than the first n', async () => {
  let read = 0;
  async function* stream() {
    for (const example of numbered(1000)) {
      read += 1;
      yield example;
    }
  }
  await runExperiment({ ...quiet, dataset: stream(), dryRun: { first: 2 }, task: () => 1 });
  expect(read).toBe(2);
});

describe('the given store', () => {
  /** A store that fails at every use but those. */
  const readOnly = (store: ExperimentStore, allowed: readonly string[]): ExperimentStore =>
    new Proxy(store, {
      get: (target, name) => {
        if (!allowed.includes(String(name))) throw new Error(`a dry run used ${String(name)}`);
        return Reflect.get(target, name) as unknown;
      },
    });

  test('is not touched when the examples are at hand', async () => {
    const ran = await runExperiment({
      ...quiet,
      store: readOnly(createMemoryStore(), []),
      dataset: numbered(3),
      dryRun: 2,
      task: () => 1,
      evaluators: { one: () => 1 },
    });
    expect(ran.summary.evaluators['one']).toMatchObject({ ok: 2 });
  });

  test('is only read when the dataset is stored', async () => {
    const store = createMemoryStore();
    await store.saveDataset({
      name: 'n',
      examples: numbered(20).map((example, index) => ({ ...example, splits: [index < 10 ? 'low' : 'high'] })),
    });
    const dataset = { name: 'n', splits: ['low'] };
    const ran = await runExperiment({
      ...quiet,
      store: readOnly(store, ['getDataset', 'listExamples']),
      dataset,
      dryRun: 5,
      task: ({ input }) => input,
    });
    expect(ran.taskRuns).toHaveLength(5);
    expect(ran.taskRuns.every(({ output }) => Number(output) < 10)).toBe(true);
    expect(await all(store.listExperiments())).toEqual([]);
    expect(await all(store.listDatasets())).toHaveLength(1);
  });
});

test('judges typed arrays as a real run does', async () => {
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: [{ input: Uint8Array.of(3) }],
    dryRun: true,
    task: ({ input }) => input instanceof Uint8Array && input[0],
  });
  expect(taskRuns[0]!.output).toBe(3);
});

test('can be judged afterwards, still as a dry run', async () => {
  const judged = await evaluateExperiment({ ...quiet, experiment: await dry(2), evaluators: { late: () => 1 } });
  expect(judged).toMatchObject({
    dryRun: true,
    id: 'dry-run',
    summary: { evaluators: { late: { ok: 2 }, exact: { ok: 2 } } },
  });
});

test('streams', async () => {
  const events = await all(streamExperiment({ dataset: numbered(5), dryRun: 2, task: () => 1 }));
  expect(events[0]).toMatchObject({ type: 'started', plannedRuns: 2, experiment: { id: 'dry-run' } });
});

test('leaves the global random state alone', async () => {
  const random = Math.random;
  const called = vi.spyOn(Math, 'random');
  await dry(5, { seed: 1 });
  // The ids of the memory store are drawn, and nothing else.
  expect(called.mock.calls.length).toBeLessThanOrEqual(2);
  called.mockRestore();
  expect(Math.random).toBe(random);
});
