import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { resumeExperiment, runExperiment } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { after, createGate, finish } from './fixtures/waiting.ts';

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

describe('two at once', () => {
  test('save every run and verdict once, and report the same', async () => {
    const store = createMemoryStore();
    const { id } = await finish(
      runExperiment({
        ...quiet,
        store,
        dataset: numbered(20),
        signal: AbortSignal.abort(),
        task: failing(),
        evaluators: { exact },
      }),
    );
    const resume = (by: string) =>
      resumeExperiment({
        ...quiet,
        store,
        experimentId: id,
        concurrency: 3,
        task: ({ input }) => after((Number(input) * 17) % 30, by),
        evaluators: { by: ({ output }: { output: unknown }) => String(output) },
      });
    const [a, b] = await finish(Promise.all([resume('a'), resume('b')]));
    const runs = await all(store.listTaskRuns(id));
    expect(runs).toHaveLength(20);
    for (const ran of [a, b]) {
      expect(new Map(ran.taskRuns.map((run) => [run.id, run.output]))).toEqual(
        new Map(runs.map((run) => [run.id, run.output])),
      );
      expect(ran.summary.taskRuns).toMatchObject({ ok: 20, missing: 0 });
      expect(ran.summary.evaluators['by']).toMatchObject({ ok: 20, missing: 0 });
      for (const { taskRunId, label } of ran.evaluationRuns)
        expect(label).toBe(runs.find((run) => run.id === taskRunId)!.output);
    }
  });

  test('go on with the run that stands, and do not pay again for its verdicts', async () => {
    const gate = createGate();
    const store = storeWith((memory) => ({
      saveTaskRun: (draft) =>
        draft.output === 'slow' ? gate.opened.then(() => memory.saveTaskRun(draft)) : memory.saveTaskRun(draft),
    }));
    const { id } = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(1), signal: AbortSignal.abort(), task: () => 'slow' }),
    );
    const judge = vi.fn(({ output }: { output: unknown }) => ({ text: String(output), size: 1 }));
    const slow = resumeExperiment({ ...quiet, store, experimentId: id, task: () => 'slow', evaluators: { judge } });
    await vi.advanceTimersByTimeAsync(10);
    await finish(resumeExperiment({ ...quiet, store, experimentId: id, task: () => 'fast', evaluators: { judge } }));
    gate.open();
    const { taskRuns, evaluationRuns, summary } = await finish(slow);
    expect(taskRuns.map(({ output }) => output)).toEqual(['fast']);
    expect(judge).toHaveBeenCalledTimes(1);
    expect(evaluationRuns.map(({ name, label, score }) => [name, label, score])).toEqual([
      ['judge/text', 'fast', null],
      ['judge/size', null, 1],
    ]);
    expect(summary.evaluators).toMatchObject({ 'judge/text': { ok: 1, missing: 0 }, 'judge/size': { ok: 1 } });
  });
});
