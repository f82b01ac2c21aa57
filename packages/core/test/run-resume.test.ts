import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { evaluateExperiment, resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import type { ExperimentStore } from '../src/store.ts';
import { skip } from '../src/verdict.ts';
import { all, capitals, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { summaryFrom } from './fixtures/summary.ts';
import { after, createGate } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;
const exact = ({ output, expected }: { output: unknown; expected: unknown }) => output === expected;

async function finish<T>(running: Promise<T>): Promise<T> {
  running.catch(() => {});
  await vi.runAllTimersAsync();
  return running;
}

const failing = (...inputs: number[]) => ({ input }: { input: number }) => {
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
    return input === 4 ? output.then(() => { throw Object.assign(new Error('bad row'), { status: 400 }); }) : output;
  };
  const options = { ...quiet, dataset: numbered(9), repetitions: 2, concurrency: 3, task, evaluators };
  const facts = (ran: Awaited<ReturnType<typeof runExperiment>>) => ({
    runs: ran.taskRuns.map(({ exampleId, repetition, output, error }) => [exampleId, repetition, output, error]),
    verdicts: ran.evaluationRuns.map(({ exampleId, repetition, name, status, score, label, explanation }) => [exampleId, repetition, name, status, score, label, explanation]),
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
      await finish(resumeExperiment({ ...quiet, store, experimentId: id, task, evaluators, concurrency: 3, signal: stopAfter(second) }));
      const resumed = await finish(resumeExperiment({ ...quiet, store, experimentId: id, task, evaluators, concurrency: 2 }));
      expect(facts(resumed)).toEqual(whole);
      expect(resumed.summary).toEqual(summaryFrom(resumed, resumed.taskRuns, resumed.evaluationRuns, Object.keys(resumed.summary.evaluators)));
    }),
    { seed: 8, numRuns: 40 },
  );
});

test('does what is missing and nothing else', async () => {
  const store = createMemoryStore();
  const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(6), retries: 0, task: failing(1, 4), evaluators: { exact } }));
  const task = vi.fn(({ input }: { input: number }) => input);
  const judge = vi.fn(exact);
  const { summary } = await finish(resumeExperiment({ ...quiet, store, experimentId: id, task, evaluators: { exact: judge } }));
  expect(task.mock.calls.map(([{ input }]) => input)).toEqual([1, 4]);
  expect(judge).toHaveBeenCalledTimes(2);
  expect(summary).toMatchObject({ taskRuns: { planned: 6, ok: 6, failed: 0, missing: 0 }, evaluators: { exact: { ok: 6, mean: 1 } } });
});

test('tells how much is missing', async () => {
  const store = createMemoryStore();
  const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(6), retries: 0, task: failing(1, 4), evaluators: { exact } }));
  const started: unknown[] = [];
  await finish(resumeExperiment({ ...quiet, store, experimentId: id, task: failing(), evaluators: { exact, other: () => 1 }, onEvent: (event) => void (event.type === 'started' && started.push([event.plannedRuns, event.plannedEvaluations])) }));
  expect(started).toEqual([[2, 8]]);
});

test('runs over the examples of the experiment, not over those of the dataset today', async () => {
  const store = createMemoryStore();
  const { id, datasetId } = await finish(runExperiment({ ...quiet, store, dataset: { name: 'n', examples: numbered(3) }, retries: 0, task: failing(0, 1, 2) }));
  await store.saveDataset({ name: 'n', examples: [{ id: 'e0', input: 100 }, { id: 'new', input: 101 }] });
  expect(await store.getDataset({ id: datasetId })).toMatchObject({ exampleCount: 2 });
  const { taskRuns } = await finish(resumeExperiment({ ...quiet, store, experimentId: id, task: ({ input }: { input: number }) => input }));
  expect(taskRuns.map(({ output }) => output)).toEqual([0, 1, 2]);
});

test('keeps to the splits of the experiment', async () => {
  const store = createMemoryStore();
  await store.saveDataset({ name: 'n', examples: [{ id: 'a', input: 1, splits: ['train'] }, { id: 'b', input: 2, splits: ['test'] }] });
  const ran = await finish(runExperiment({ ...quiet, store, dataset: { name: 'n', splits: ['test'] }, signal: AbortSignal.abort(), task: () => 1 }));
  const { taskRuns } = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task: () => 1 }));
  expect(taskRuns.map(({ exampleId }) => exampleId)).toEqual(['b']);
});

test('judges the new output of a run that failed before, and not by the old verdict', async () => {
  const store = createMemoryStore();
  const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(1), retries: 0, task: failing(0) }));
  const [failed] = await all(store.listTaskRuns(id));
  await store.annotateRuns(id, [{ taskRunId: failed!.id, name: 'exact', kind: 'CODE', score: 0 }, { taskRunId: failed!.id, name: 'human', score: 0.5 }]);
  const { evaluationRuns, summary } = await finish(resumeExperiment({ ...quiet, store, experimentId: id, task: failing(), evaluators: { exact } }));
  expect(evaluationRuns.map(({ name, score }) => [name, score])).toEqual([['exact', 1], ['human', 0.5]]);
  expect(summary.evaluators).toMatchObject({ exact: { mean: 1, ok: 1 }, human: { mean: 0.5 } });
});

describe('without a task', () => {
  test('judges finished runs, and leaves the failed and the missing', async () => {
    const store = createMemoryStore();
    const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(3), retries: 0, task: failing(1) }));
    const judge = vi.fn(exact);
    const { summary, taskRuns } = await finish(resumeExperiment({ ...quiet, store, experimentId: id, evaluators: { exact: judge } }));
    expect(judge).toHaveBeenCalledTimes(2);
    expect(taskRuns.filter(({ error }) => error !== null)).toHaveLength(1);
    expect(summary).toMatchObject({ taskRuns: { ok: 2, failed: 1 }, evaluators: { exact: { planned: 3, ok: 2, missing: 1 } }, stopped: null });
  });

  test('evaluateExperiment judges by id, and covers the whole experiment', async () => {
    const store = createMemoryStore();
    const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(4), task: failing(), evaluators: { exact } }));
    const judged = await finish(evaluateExperiment({ ...quiet, store, experimentId: id, evaluators: { late: () => 0.25 } }));
    expect(judged.evaluationRuns.map(({ name }) => name)).toEqual(Array.from({ length: 4 }, () => ['late', 'exact']).flat());
    expect(judged.summary).toEqual(summaryFrom(judged, judged.taskRuns, judged.evaluationRuns, ['late', 'exact']));
  });
});

describe('warns', () => {
  const run = async (store: ExperimentStore) => (await finish(runExperiment({ ...quiet, store, dataset: numbered(1), task: failing(), evaluators: { exact } }))).id;

  test.each([
    ['of nothing when nothing changed', { task: failing(), evaluators: { exact } }, []],
    ['of another task', { task: () => 2, evaluators: { exact } }, [/^The task differs from the one the experiment was started with/]],
    ['of another evaluator of the same name', { evaluators: { exact: () => 1 } }, [/^Evaluator exact differs from the one/]],
    ['of no new evaluator', { evaluators: { exact, other: () => 1 } }, []],
    ['of evaluators left out, by name', { task: failing() }, ['No evaluators were given, so nothing is evaluated. On record: exact']],
  ])('%s', async (_, options, warnings) => {
    const store = createMemoryStore();
    const ran = await finish(resumeExperiment({ ...quiet, store, experimentId: await run(store), ...(options as object) }));
    expect(ran.warnings).toEqual(warnings.map((warning) => (typeof warning === 'string' ? warning : expect.stringMatching(warning))));
  });
});

describe('two at once', () => {
  test('save every run and verdict once, and report the same', async () => {
    const store = createMemoryStore();
    const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(20), signal: AbortSignal.abort(), task: failing(), evaluators: { exact } }));
    const resume = (by: string) => resumeExperiment({ ...quiet, store, experimentId: id, concurrency: 3, task: ({ input }) => after((Number(input) * 17) % 30, by), evaluators: { by: ({ output }: { output: unknown }) => String(output) } });
    const [a, b] = await finish(Promise.all([resume('a'), resume('b')]));
    const runs = await all(store.listTaskRuns(id));
    expect(runs).toHaveLength(20);
    for (const ran of [a, b]) {
      expect(new Map(ran.taskRuns.map((run) => [run.id, run.output]))).toEqual(new Map(runs.map((run) => [run.id, run.output])));
      expect(ran.summary.taskRuns).toMatchObject({ ok: 20, missing: 0 });
      expect(ran.summary.evaluators['by']).toMatchObject({ ok: 20, missing: 0 });
      for (const { taskRunId, label } of ran.evaluationRuns) expect(label).toBe(runs.find((run) => run.id === taskRunId)!.output);
    }
  });

  test('go on with the run that stands, and do not pay again for its verdicts', async () => {
    const gate = createGate();
    const store = storeWith((memory) => ({ saveTaskRun: (draft) => (draft.output === 'slow' ? gate.opened.then(() => memory.saveTaskRun(draft)) : memory.saveTaskRun(draft)) }));
    const { id } = await finish(runExperiment({ ...quiet, store, dataset: numbered(1), signal: AbortSignal.abort(), task: () => 'slow' }));
    const judge = vi.fn(({ output }: { output: unknown }) => ({ text: String(output), size: 1 }));
    const slow = resumeExperiment({ ...quiet, store, experimentId: id, task: () => 'slow', evaluators: { judge } });
    await vi.advanceTimersByTimeAsync(10);
    await finish(resumeExperiment({ ...quiet, store, experimentId: id, task: () => 'fast', evaluators: { judge } }));
    gate.open();
    const { taskRuns, evaluationRuns, summary } = await finish(slow);
    expect(taskRuns.map(({ output }) => output)).toEqual(['fast']);
    expect(judge).toHaveBeenCalledTimes(1);
    expect(evaluationRuns.map(({ name, label, score }) => [name, label, score])).toEqual([['judge/text', 'fast', null], ['judge/size', null, 1]]);
    expect(summary.evaluators).toMatchObject({ 'judge/text': { ok: 1, missing: 0 }, 'judge/size': { ok: 1 } });
  });
});

test('reads one page after the other, and holds no more of a stream than that', async () => {
  const store = createMemoryStore();
  let read = 0;
  const counting = { ...store, listExamples: async function* (of: Parameters<ExperimentStore['listExamples']>[0]) { for await (const example of store.listExamples(of)) { read += 1; yield example; } } };
  const stream = streamExperiment({ store: counting, dataset: numbered(1000), concurrency: 1, task: () => after(10, 1) });
  await stream.next();
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toBeLessThanOrEqual(201);
  await finish(stream.return());
});

test('a resume of a finished experiment calls nothing, and gives back everything in order', async () => {
  const store = createMemoryStore();
  const task = vi.fn(({ input }: { input: { country: string } }) => input.country);
  const ran = await finish(runExperiment({ ...quiet, store, dataset: capitals, repetitions: 2, task, evaluators: { exact } }));
  const resumed = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, task, evaluators: { exact } }));
  expect(task).toHaveBeenCalledTimes(4);
  expect(resumed).toEqual(ran);
});
