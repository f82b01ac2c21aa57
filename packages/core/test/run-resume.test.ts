import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { evaluateExperiment, resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import type { ExperimentStore } from '../src/store.ts';
import { skip } from '../src/verdict.ts';
import { all, capitals, numbered } from './fixtures/examples.ts';
import { summaryFrom } from './fixtures/summary.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;
const exact = ({ output, expected }: { output: unknown; expected: unknown }) => output === expected;

const failing =
  (...inputs: number[]) =>
  ({ input }: { input: number }) => {
    if (inputs.includes(input)) throw new Error('no');
    return input;
  };

test('a run that is stopped anywhere and resumed ends as one that was not', async () => {
  const evaluators = {
    exact,
    parts: ({ input }: { input: number }) => ({ even: input % 2 === 0, size: input }),
    sometimes: ({ input }: { input: number }) => (input % 3 === 0 ? skip('not this one') : input / 10),
  };
  const task = ({ input, repetition }: { input: number; repetition: number }) => {
    const output = after((input * 7 + repetition * 13) % 40, input + (repetition === 1 ? 0 : input % 2));
    return input === 4
      ? output.then(() => {
          throw Object.assign(new Error('bad row'), { status: 400 });
        })
      : output;
  };
  const options = { ...quiet, dataset: numbered(9), repetitions: 2, concurrency: 3, task, evaluators };
  const facts = (ran: Awaited<ReturnType<typeof runExperiment>>) => ({
    runs: ran.taskRuns.map(({ exampleId, repetition, output, error }) => [exampleId, repetition, output, error]),
    verdicts: ran.evaluationRuns.map(({ exampleId, repetition, name, status, score, label, explanation }) => [
      exampleId,
      repetition,
      name,
      status,
      score,
      label,
      explanation,
    ]),
    counts: ran.summary.taskRuns,
    evaluators: ran.summary.evaluators,
    stopped: ran.summary.stopped,
  });
  const whole = facts(await finish(runExperiment(options)));

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 160 }), fc.integer({ min: 1, max: 60 }), async (first, second) => {
      const store = createMemoryStore();
      const stopAfter = (milliseconds: number) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), milliseconds);
        return controller.signal;
      };
      const { id } = await finish(runExperiment({ ...options, store, signal: stopAfter(first) }));
      await finish(
        resumeExperiment({
          ...quiet,
          store,
          experimentId: id,
          task,
          evaluators,
          concurrency: 3,
          signal: stopAfter(second),
        }),
      );
      const resumed = await finish(
        resumeExperiment({ ...quiet, store, experimentId: id, task, evaluators, concurrency: 2 }),
      );
      expect(facts(resumed)).toEqual(whole);
      expect(resumed.summary).toEqual(
        summaryFrom(resumed, resumed.taskRuns, resumed.evaluationRuns, Object.keys(resumed.summary.evaluators)),
      );
    }),
    { seed: 8, numRuns: 40 },
  );
});

test('does what is missing and nothing else', async () => {
  const store = createMemoryStore();
  const { id } = await finish(
    runExperiment({ ...quiet, store, dataset: numbered(6), retries: 0, task: failing(1, 4), evaluators: { exact } }),
  );
  const task = vi.fn(({ input }: { input: number }) => input);
  const judge = vi.fn(exact);
  const { summary } = await finish(
    resumeExperiment({ ...quiet, store, experimentId: id, task, evaluators: { exact: judge } }),
  );
  expect(task.mock.calls.map(([{ input }]) => input)).toEqual([1, 4]);
  expect(judge).toHaveBeenCalledTimes(2);
  expect(summary).toMatchObject({
    taskRuns: { planned: 6, ok: 6, failed: 0, missing: 0 },
    evaluators: { exact: { ok: 6, mean: 1 } },
  });
});

test('tells how much is missing', async () => {
  const store = createMemoryStore();
  const { id } = await finish(
    runExperiment({ ...quiet, store, dataset: numbered(6), retries: 0, task: failing(1, 4), evaluators: { exact } }),
  );
  const started: unknown[] = [];
  await finish(
    resumeExperiment({
      ...quiet,
      store,
      experimentId: id,
      task: failing(),
      evaluators: { exact, other: () => 1 },
      onEvent: (event) =>
        void (event.type === 'started' && started.push([event.plannedRuns, event.plannedEvaluations])),
    }),
  );
  expect(started).toEqual([[2, 8]]);
});

test('runs over the examples of the experiment, not over those of the dataset today', async () => {
  const store = createMemoryStore();
  const { id, datasetId } = await finish(
    runExperiment({
      ...quiet,
      store,
      dataset: { name: 'n', examples: numbered(3) },
      retries: 0,
      task: failing(0, 1, 2),
    }),
  );
  await store.saveDataset({
    name: 'n',
    examples: [
      { id: 'e0', input: 100 },
      { id: 'new', input: 101 },
    ],
  });
  expect(await store.getDataset({ id: datasetId })).toMatchObject({ exampleCount: 2 });
  const { taskRuns } = await finish(
    resumeExperiment({ ...quiet, store, experimentId: id, task: ({ input }: { input: number }) => input }),
  );
  expect(taskRuns.map(({ output }) => output)).toEqual([0, 1, 2]);
});

test('keeps to the splits of the experiment', async () => {
  const store = createMemoryStore();
  await store.saveDataset({
    name: 'n',
    examples: [
      { id: 'a', input: 1, splits: ['train'] },
      { id: 'b', input: 2, splits: ['test'] },
    ],
  });
  const ran = await finish(
    runExperiment({
      ...quiet,
      store,
      dataset: { name: 'n', splits: ['test'] },
      signal: AbortSignal.abort(),
      task: () => 1,
    }),
  );
  const { taskRuns } = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task: () => 1 }));
  expect(taskRuns.map(({ exampleId }) => exampleId)).toEqual(['b']);
});

test('judges the new output of a run that failed before, and not by the old verdict', async () => {
  const store = createMemoryStore();
  const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(1), retries: 0, task: failing(0) }));
  const [failed] = await all(store.listTaskRuns(id));
  await store.annotateRuns(id, [
    { taskRunId: failed!.id, name: 'exact', kind: 'CODE', score: 0 },
    { taskRunId: failed!.id, name: 'human', score: 0.5 },
  ]);
  const { evaluationRuns, summary } = await finish(
    resumeExperiment({ ...quiet, store, experimentId: id, task: failing(), evaluators: { exact } }),
  );
  expect(evaluationRuns.map(({ name, score }) => [name, score])).toEqual([
    ['exact', 1],
    ['human', 0.5],
  ]);
  expect(summary.evaluators).toMatchObject({ exact: { mean: 1, ok: 1 }, human: { mean: 0.5 } });
});

describe('without a task', () => {
  test('judges finished runs, and leaves the failed and the missing', async () => {
    const store = createMemoryStore();
    const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(3), retries: 0, task: failing(1) }));
    const judge = vi.fn(exact);
    const { summary, taskRuns } = await finish(
      resumeExperiment({ ...quiet, store, experimentId: id, evaluators: { exact: judge } }),
    );
    expect(judge).toHaveBeenCalledTimes(2);
    expect(taskRuns.filter(({ error }) => error !== null)).toHaveLength(1);
    expect(summary).toMatchObject({
      taskRuns: { ok: 2, failed: 1 },
      evaluators: { exact: { planned: 3, ok: 2, missing: 1 } },
      stopped: null,
    });
  });

  test('evaluateExperiment judges by id, and covers the whole experiment', async () => {
    const store = createMemoryStore();
    const { id } = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(4), task: failing(), evaluators: { exact } }),
    );
    const judged = await finish(
      evaluateExperiment({ ...quiet, store, experimentId: id, evaluators: { late: () => 0.25 } }),
    );
    expect(judged.evaluationRuns.map(({ name }) => name)).toEqual(
      Array.from({ length: 4 }, () => ['late', 'exact']).flat(),
    );
    expect(judged.summary).toEqual(summaryFrom(judged, judged.taskRuns, judged.evaluationRuns, ['late', 'exact']));
  });
});

test('reads one page after the other, and holds no more of a stream than that', async () => {
  const store = createMemoryStore();
  let read = 0;
  const counting = {
    ...store,
    listExamples: async function* (of: Parameters<ExperimentStore['listExamples']>[0]) {
      for await (const example of store.listExamples(of)) {
        read += 1;
        yield example;
      }
    },
  };
  const stream = streamExperiment({
    store: counting,
    dataset: numbered(1000),
    concurrency: 1,
    task: () => after(10, 1),
  });
  await stream.next();
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toBeLessThanOrEqual(201);
  await finish(stream.return());
});

test('a resume of a finished experiment calls nothing, and gives back everything in order', async () => {
  const store = createMemoryStore();
  const task = vi.fn(({ input }: { input: { country: string } }) => input.country);
  const ran = await finish(
    runExperiment({ ...quiet, store, dataset: capitals, repetitions: 2, task, evaluators: { exact } }),
  );
  const resumed = await finish(
    resumeExperiment({ ...quiet, store, experimentId: ran.id, task, evaluators: { exact } }),
  );
  expect(task).toHaveBeenCalledTimes(4);
  expect(resumed).toEqual(ran);
});
