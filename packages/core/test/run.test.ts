import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { evaluateExperiment, runExperiment } from '../src/run.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { all, capitals, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { after } from './fixtures/waiting.ts';

let printed: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  printed.mockRestore();
});

const quiet = { printSummary: false } as const;
const answer = ({ input }: { input: { country: string } }) => (input.country === 'Peru' ? 'Lima' : 'Lyon');
const exact = ({ output, expected }: { output: unknown; expected: unknown }) => output === expected;

test('runs every example once per repetition, in dataset order, then by repetition, then as the evaluators were given', async () => {
  vi.useFakeTimers();
  const running = runExperiment({
    ...quiet,
    dataset: numbered(3),
    // The first come last.
    task: ({ input, repetition }) => after(1000 - input * 100 - repetition * 10, input),
    evaluators: { b: () => after(5, 1), a: () => 0 },
    repetitions: 2,
  });
  await vi.runAllTimersAsync();
  const { taskRuns, evaluationRuns } = await running;
  expect(taskRuns.map(({ exampleId, repetition }) => [exampleId, repetition])).toEqual([
    ['e0', 1],
    ['e0', 2],
    ['e1', 1],
    ['e1', 2],
    ['e2', 1],
    ['e2', 2],
  ]);
  expect(evaluationRuns.map(({ exampleId, repetition, name }) => `${exampleId} ${repetition} ${name}`)).toEqual(
    taskRuns.flatMap(({ exampleId, repetition }) => ['b', 'a'].map((name) => `${exampleId} ${repetition} ${name}`)),
  );
});

test('gives back the experiment, its examples, runs, verdicts and summary', async () => {
  const ran = await runExperiment({
    ...quiet,
    dataset: capitals,
    task: answer,
    evaluators: { exact },
    name: 'first',
    description: 'a try',
    metadata: { model: 'none' },
  });
  expect(ran).toMatchObject({
    name: 'first',
    description: 'a try',
    metadata: { model: 'none' },
    repetitions: 1,
    exampleCount: 2,
    dryRun: false,
    warnings: [],
  });
  expect(ran.examples.map(({ id }) => id)).toEqual(['france', 'peru']);
  expect(ran.taskRuns).toMatchObject([
    { exampleId: 'france', output: 'Lyon', error: null, attempts: 1, traceId: null, usage: null },
    { exampleId: 'peru', output: 'Lima' },
  ]);
  expect(ran.evaluationRuns).toMatchObject([
    {
      taskRunId: ran.taskRuns[0]!.id,
      exampleId: 'france',
      repetition: 1,
      name: 'exact',
      kind: 'CODE',
      direction: 'maximize',
      status: 'ok',
      score: 0,
      label: 'false',
    },
    { taskRunId: ran.taskRuns[1]!.id, score: 1, label: 'true' },
  ]);
  expect(ran.summary).toMatchObject({
    experimentId: ran.id,
    taskRuns: { planned: 2, ok: 2, failed: 0, missing: 0 },
    stopped: null,
    evaluators: { exact: { mean: 0.5, ok: 2 } },
  });
});

test('hands the task everything of its run', async () => {
  const seen: Record<string, unknown>[] = [];
  const dataset = [{ id: 'a', input: 'q', expected: 'r', metadata: { k: 1 }, splits: ['test'] }];
  const ran = await runExperiment({
    ...quiet,
    dataset,
    name: 'n',
    metadata: { m: 1 },
    task: ({ signal, ...params }) => void seen.push({ ...params, aborted: signal.aborted }),
  });
  const { input, expected, metadata } = dataset[0]!;
  expect(seen).toEqual([
    {
      input,
      expected,
      metadata,
      example: dataset[0],
      repetition: 1,
      attempt: 1,
      aborted: false,
      experiment: { id: ran.id, name: 'n', metadata: ran.metadata },
      reportUsage: expect.any(Function) as unknown,
    },
  ]);
});

test('hands the evaluator everything of its run, with expected as reference too', async () => {
  const seen: unknown[] = [];
  const ran = await runExperiment({
    ...quiet,
    dataset: [{ id: 'a', input: 'q', expected: 'r', metadata: { k: 1 } }],
    task: () => ({ text: 'out' }),
    evaluators: {
      all: ({ signal, taskRun, ...params }) => (seen.push({ ...params, aborted: signal.aborted }, taskRun), 1),
    },
  });
  expect(seen[0]).toMatchObject({
    input: 'q',
    expected: 'r',
    reference: 'r',
    metadata: { k: 1 },
    output: { text: 'out' },
    example: { id: 'a' },
    repetition: 1,
    attempt: 1,
    aborted: false,
    traceId: null,
    experiment: { id: ran.id },
  });
  expect(seen[1]).toEqual(ran.taskRuns[0]);
});

test('keeps undefined as null, and other values as JSON makes them', async () => {
  const outputs = [undefined, null, Number.NaN, new Date(0), { a: undefined, b: 1 }];
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: numbered(outputs.length),
    task: ({ input }) => outputs[input],
  });
  expect(taskRuns.map(({ output, error }) => [output, error])).toEqual(
    [null, null, null, '1970-01-01T00:00:00.000Z', { b: 1 }].map((output) => [output, null]),
  );
});

test('fails a run whose output is not JSON, and only that one, without calling it again', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const outputs = [1n, circle, () => 1, 'fine'];
  const task = vi.fn(({ input }: { input: number }) => outputs[input]);
  const { taskRuns, summary } = await runExperiment({ ...quiet, dataset: numbered(4), task });
  expect(taskRuns.map(({ output }) => output)).toEqual([null, null, null, 'fine']);
  for (const { error } of taskRuns.slice(0, 3)) expect(error).toMatch(/^Expected the output to be JSON/);
  expect(summary.taskRuns).toEqual({ planned: 4, ok: 1, failed: 3, missing: 0 });
  expect(task).toHaveBeenCalledTimes(4);
});

test('never records an empty error', async () => {
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: numbered(1),
    retries: 0,
    task: () => {
      throw new RangeError('');
    },
  });
  expect(taskRuns[0]!.error).toBe('RangeError');
});

test('keeps equal rows apart, though they are one object', async () => {
  const row = { input: { q: 1 } };
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: [row, row, row],
    repetitions: 2,
    task: ({ example, repetition }) => `${example.id} ${repetition}`,
  });
  expect(new Set(taskRuns.map(({ output }) => output)).size).toBe(6);
  expect(taskRuns.every(({ exampleId, repetition, output }) => output === `${exampleId} ${repetition}`)).toBe(true);
});

test('saves one record per run, whatever its attempts, and lists as well as objects', async () => {
  vi.useFakeTimers();
  const saves = vi.fn<(attempts: number) => void>();
  const store = storeWith((memory) => ({ saveTaskRun: (draft) => (saves(draft.attempts), memory.saveTaskRun(draft)) }));
  const running = runExperiment({
    ...quiet,
    store,
    dataset: numbered(1),
    task: ({ attempt }) => {
      if (attempt < 3) throw new Error('no');
      return [attempt];
    },
  });
  await vi.runAllTimersAsync();
  expect((await running).taskRuns).toMatchObject([{ output: [3], attempts: 3 }]);
  expect(saves.mock.calls).toEqual([[3]]);
});

test('accepts an async iterable, and a named dataset that is one', async () => {
  async function* examples() {
    yield* capitals;
  }
  expect((await runExperiment({ ...quiet, dataset: examples(), task: answer })).taskRuns).toHaveLength(2);
  const store = createMemoryStore();
  await runExperiment({ ...quiet, store, dataset: { name: 'capitals', examples: examples() }, task: answer });
  expect(await store.getDataset({ name: 'capitals' })).toMatchObject({ exampleCount: 2 });
});

test('runs over a stored dataset by name, by id, by version and by split', async () => {
  const store = createMemoryStore();
  const before = await store.saveDataset({
    name: 'n',
    examples: [
      { id: 'a', input: 1, splits: ['train'] },
      { id: 'b', input: 2, splits: ['test'] },
    ],
  });
  await store.saveDataset({ name: 'n', examples: [{ id: 'a', input: 10, splits: ['train'] }] });
  const inputs = async (dataset: Parameters<typeof runExperiment>[0]['dataset']) =>
    (await runExperiment({ ...quiet, store, dataset, task: ({ input }) => input })).taskRuns.map(
      ({ output }) => output,
    );
  expect(await inputs({ name: 'n' })).toEqual([10]);
  expect(await inputs({ id: before.id, versionId: before.versionId })).toEqual([1, 2]);
  expect(await inputs({ name: 'n', versionId: before.versionId, splits: ['test'] })).toEqual([2]);
});

test('saves an inline dataset once, however often it is run', async () => {
  const store = createMemoryStore();
  for (let time = 0; time < 2; time += 1) await runExperiment({ ...quiet, store, dataset: capitals, task: answer });
  const datasets = await all(store.listDatasets());
  expect(datasets).toMatchObject([{ name: expect.stringMatching(/^inline-[0-9a-f]{8}$/) as string, exampleCount: 2 }]);
  expect(await all(store.listExperiments())).toHaveLength(2);
});

test('judges an experiment that was run just now, without naming its store', async () => {
  const ran = await runExperiment({ ...quiet, dataset: capitals, task: answer });
  const judged = await evaluateExperiment({ ...quiet, experiment: ran, evaluators: { exact } });
  expect(judged.taskRuns).toEqual(ran.taskRuns);
  expect(judged.evaluationRuns.map(({ score }) => score)).toEqual([0, 1]);
  expect(judged.summary.taskRuns.ok).toBe(2);
  const again = await evaluateExperiment({ ...quiet, experiment: judged, evaluators: { exact, one: () => 1 } });
  expect(again.evaluationRuns.slice(0, 2).map(({ id }) => id)).toEqual([
    judged.evaluationRuns[0]!.id,
    again.evaluationRuns[1]!.id,
  ]);
});

test('prints a summary unless told not to, and says how to keep what is only in memory', async () => {
  await runExperiment({ dataset: capitals, task: answer });
  expect(printed).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/2 ok, 0 failed, 0 missing[\s\S]*pass `store: await openStore\(\)`/),
  );
  await runExperiment({ dataset: capitals, task: answer, store: createMemoryStore() });
  expect(printed).toHaveBeenLastCalledWith(expect.not.stringContaining('openStore'));
  await runExperiment({ ...quiet, dataset: capitals, task: answer });
  expect(printed).toHaveBeenCalledTimes(2);
});
