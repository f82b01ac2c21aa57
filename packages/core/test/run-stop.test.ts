import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { all, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

describe('the signal', () => {
  test('starts nothing new, and saves what was started', async () => {
    const controller = new AbortController();
    const store = createMemoryStore();
    const task = vi.fn(({ input }: { input: number }) => after(100, input));
    const running = runExperiment({
      ...quiet,
      store,
      dataset: numbered(20),
      concurrency: 4,
      task,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 150);
    const { id, taskRuns, summary } = await finish(running);
    expect(task).toHaveBeenCalledTimes(8);
    expect(taskRuns).toHaveLength(8);
    expect(await all(store.listTaskRuns(id))).toHaveLength(8);
    expect(summary).toMatchObject({ taskRuns: { planned: 20, ok: 8, failed: 0, missing: 12 }, stopped: 'signal' });
  });

  test('is told of when it comes between two pages of the dataset', async () => {
    const controller = new AbortController();
    const stream = streamExperiment({
      dataset: numbered(400),
      concurrency: 1,
      signal: controller.signal,
      task: ({ input }) => {
        if (input === 199) controller.abort();
        return input;
      },
    });
    const read = async (): Promise<unknown> => {
      let last: unknown;
      for await (const event of stream) last = event;
      return last;
    };
    expect(await finish(read())).toMatchObject({
      reason: 'stopped',
      summary: { stopped: 'signal', taskRuns: { ok: 200, missing: 200 } },
    });
  });

  test('does not reach the task: its own signal is for its time-out', async () => {
    const controller = new AbortController();
    const { taskRuns } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        signal: controller.signal,
        task: async ({ signal }) => (controller.abort(), await after(10, null), signal.aborted),
      }),
    );
    expect(taskRuns[0]!.output).toBe(false);
  });

  test('leaves a run in a back-off missing, not failed, and ends the back-off at once', async () => {
    const controller = new AbortController();
    const begun = performance.now();
    setTimeout(() => controller.abort(), 50);
    const { taskRuns, summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(3),
        signal: controller.signal,
        task: () => {
          throw new Error('overloaded');
        },
      }),
    );
    expect(taskRuns).toEqual([]);
    expect(summary.taskRuns).toEqual({ planned: 3, ok: 0, failed: 0, missing: 3 });
    expect(performance.now() - begun).toBeLessThan(100);
  });

  test('ends the wait for a limit at once', async () => {
    const controller = new AbortController();
    const begun = performance.now();
    setTimeout(() => controller.abort(), 50);
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(10),
        signal: controller.signal,
        rateLimit: { requestsPerMinute: 1 },
        task: () => 1,
      }),
    );
    expect(summary.taskRuns).toMatchObject({ ok: 1, missing: 9 });
    expect(performance.now() - begun).toBeLessThan(100);
  });

  test('that has fired before the start runs nothing', async () => {
    const task = vi.fn();
    const { summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(3), signal: AbortSignal.abort(), task }),
    );
    expect(task).not.toHaveBeenCalled();
    expect(summary).toMatchObject({ taskRuns: { missing: 3 }, stopped: 'signal' });
  });

  test('that fires when all is done changes nothing', async () => {
    const controller = new AbortController();
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(3),
        signal: controller.signal,
        task: () => 1,
        onEvent: ({ type }) => {
          if (type === 'finished') controller.abort();
        },
      }),
    );
    expect(summary).toMatchObject({ taskRuns: { ok: 3 }, stopped: null });
  });

  test('judges nothing more, and a resume does', async () => {
    const controller = new AbortController();
    const store = createMemoryStore();
    const evaluators = { exact: ({ output, expected }: { output: unknown; expected: unknown }) => output === expected };
    const ran = await finish(
      runExperiment({
        ...quiet,
        store,
        dataset: numbered(5),
        concurrency: 5,
        signal: controller.signal,
        evaluators,
        task: ({ input }) => (setTimeout(() => controller.abort(), 5), after(10, input)),
      }),
    );
    expect([ran.taskRuns.length, ran.evaluationRuns.length]).toEqual([5, 0]);
    const resumed = await finish(resumeExperiment({ ...quiet, store, experimentId: ran.id, evaluators }));
    expect(resumed.summary.evaluators['exact']).toMatchObject({ ok: 5, missing: 0, mean: 1 });
  });

  test('leaves no listener and no timer behind', async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const added = vi.spyOn(controller.signal, 'addEventListener');
    await runExperiment({
      ...quiet,
      dataset: numbered(1),
      signal: controller.signal,
      deadlineMs: 60_000,
      task: () => 1,
    });
    expect(added.mock.calls.length).toBe(removed.mock.calls.length);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a result that arrives after the stop is saved, however late', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  const { taskRuns } = await finish(
    runExperiment({
      ...quiet,
      dataset: numbered(2),
      concurrency: 1,
      timeoutMs: null,
      signal: controller.signal,
      task: () => after(300_000, 'paid'),
    }),
  );
  expect(taskRuns.map(({ output }) => output)).toEqual(['paid']);
});

test('a late result of a timed-out attempt is never saved', async () => {
  const saved: unknown[] = [];
  const store = storeWith((memory) => ({
    saveTaskRun: (draft) => (saved.push(draft.output), memory.saveTaskRun(draft)),
  }));
  const task = ({ attempt }: { attempt: number }) => after(attempt === 1 ? 500 : 10, `attempt ${attempt}`);
  const { taskRuns } = await finish(runExperiment({ ...quiet, store, dataset: numbered(1), timeoutMs: 100, task }));
  expect(saved).toEqual(['attempt 2']);
  expect(taskRuns[0]).toMatchObject({ output: 'attempt 2', attempts: 2 });
});

test('a task that never returns fails with a readable text', async () => {
  const { taskRuns } = await finish(
    runExperiment({ ...quiet, dataset: numbered(1), timeoutMs: 2000, retries: 1, task: () => new Promise(() => {}) }),
  );
  expect(taskRuns[0]).toMatchObject({ error: 'Timed out after 2 s', attempts: 2, output: null });
});

test('a deadline stops the run as the signal does', async () => {
  const { summary } = await finish(
    runExperiment({ ...quiet, dataset: numbered(20), concurrency: 1, deadlineMs: 350, task: () => after(100, 1) }),
  );
  expect(summary).toMatchObject({ taskRuns: { ok: 4, missing: 16 }, stopped: 'deadline' });
});

test('a deadline that is not reached changes nothing', async () => {
  const { summary } = await finish(runExperiment({ ...quiet, dataset: numbered(2), deadlineMs: 1000, task: () => 1 }));
  expect(summary.stopped).toBeNull();
});

describe('exitOnError', () => {
  test('stops at the first failed run, saves everything, and rejects', async () => {
    const store = createMemoryStore();
    const task = ({ input }: { input: number }) =>
      after(100, input).then(() => {
        if (input === 1) throw Object.assign(new Error('bad row'), { status: 400 });
        return input;
      });
    const running = runExperiment({ ...quiet, store, dataset: numbered(20), concurrency: 4, exitOnError: true, task });
    await expect(finish(running)).rejects.toMatchObject({
      code: 'run-failed',
      message: 'The task failed on example e1: bad row',
    });
    const [experiment] = await all(store.listExperiments());
    const runs = await all(store.listTaskRuns(experiment!.id));
    expect(runs.filter(({ error }) => error !== null).map(({ exampleId }) => exampleId)).toEqual(['e1']);
    expect(runs.length).toBeGreaterThanOrEqual(4);
    expect(runs.length).toBeLessThanOrEqual(6);
  });

  test.each([
    [
      'evaluator throws',
      () => {
        throw new Error('no judge');
      },
      'Evaluator exact failed on example e0: no judge',
    ],
    [
      'score is not finite',
      () => Number.NaN,
      'Evaluator exact failed on example e0: Expected score to be a finite number, got NaN',
    ],
    [
      'one of several results is bad',
      () => ({ a: 1, b: Number.NaN }),
      'Evaluator exact/b failed on example e0: Expected score to be a finite number, got NaN',
    ],
  ])('rejects when an %s', async (_, exact, message) => {
    await expect(
      finish(
        runExperiment({
          ...quiet,
          dataset: numbered(1),
          retries: 0,
          exitOnError: true,
          task: () => 1,
          evaluators: { exact },
        }),
      ),
    ).rejects.toMatchObject({ code: 'run-failed', message });
  });

  test('rejects when an output is not JSON', async () => {
    await expect(
      finish(runExperiment({ ...quiet, dataset: numbered(1), exitOnError: true, task: () => 1n })),
    ).rejects.toMatchObject({ code: 'run-failed' });
  });

  test('is not moved by a failure that a retry mends', async () => {
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        exitOnError: true,
        task: ({ attempt }) => {
          if (attempt === 1) throw new Error('no');
        },
      }),
    );
    expect(summary.taskRuns.ok).toBe(1);
  });
});
