import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRateLimiter } from '../src/rate-limit.ts';
import { runExperiment, streamExperiment } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

const refusal = (headers: Record<string, string> = {}) =>
  Object.assign(new Error('slow down'), { status: 429, headers });

describe('a rate limit', () => {
  test('lets slow calls run side by side, at the rate', async () => {
    const started: number[] = [];
    const running = runExperiment({
      ...quiet,
      dataset: numbered(40),
      concurrency: 20,
      rateLimit: { requestsPerMinute: 600 },
      task: () => (started.push(performance.now()), after(1000, 1)),
    });
    await finish(running);
    const seconds = (started.at(-1)! - started[0]!) / 1000;
    expect(39 / seconds).toBeGreaterThan(9.5);
    expect(39 / seconds).toBeLessThan(10.5);
  });

  test('never holds up ready tasks of another limiter by a throttled judge', async () => {
    const taskEnds: number[] = [];
    const begun = performance.now();
    const judge = {
      name: 'judge',
      kind: 'LLM',
      rateLimit: { requestsPerMinute: 60, key: 'judge' },
      evaluate: () => 1,
    } as const;
    const { evaluationRuns } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(30),
        concurrency: 2,
        task: () => after(10, 1).then(() => void taskEnds.push(performance.now() - begun)),
        evaluators: judge,
      }),
    );
    expect(taskEnds.at(-1)).toBeLessThan(1000);
    expect(evaluationRuns).toHaveLength(30);
    expect(performance.now() - begun).toBeGreaterThan(28_000);
  });

  test('paces tasks and model judges together, and code not at all', async () => {
    const calls = { task: [] as number[], model: [] as number[], code: [] as number[] };
    const note = (of: keyof typeof calls) => () => (calls[of].push(performance.now()), 1);
    await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(10),
        rateLimit: { requestsPerMinute: 60 },
        task: note('task'),
        evaluators: [
          { name: 'model', kind: 'LLM', evaluate: note('model') },
          { name: 'code', evaluate: note('code') },
        ],
      }),
    );
    const limited = [...calls.task, ...calls.model].sort((a, b) => a - b);
    expect(limited.at(-1)! - limited[0]!).toBeGreaterThan(18_500);
    calls.code.forEach((at, index) => expect(at - calls.task[index]!).toBeLessThan(50));
  });

  test('of which only the errors are known slows no healthy run', async () => {
    class SlowDown extends Error {}
    const begun = performance.now();
    await finish(runExperiment({ ...quiet, dataset: numbered(500), rateLimit: { errors: SlowDown }, task: () => 1 }));
    expect(performance.now()).toBe(begun);
  });

  test('takes no time from the time-out of an attempt', async () => {
    const limits = { rateLimit: { requestsPerMinute: 60 }, timeoutMs: 100, retries: 0 };
    const { summary } = await finish(
      runExperiment({ ...quiet, ...limits, dataset: numbered(5), task: () => after(50, 1) }),
    );
    expect(summary.taskRuns).toMatchObject({ ok: 5, failed: 0 });
    expect(summary.waitMs).toBeGreaterThan(3000);
  });

  test('is shared by experiments that are given the same limiter', async () => {
    const limiter = createRateLimiter({ requestsPerMinute: 60 });
    const started: number[] = [];
    const run = () =>
      runExperiment({
        ...quiet,
        dataset: numbered(5),
        rateLimit: limiter,
        task: () => void started.push(performance.now()),
      });
    await finish(Promise.all([run(), run()]));
    expect(started.at(-1)! - started[0]!).toBeGreaterThan(8500);
  });

  test('counts the wait for it as waiting, and not as latency', async () => {
    const { taskRuns, summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(3), rateLimit: { requestsPerMinute: 60 }, task: () => after(5, 1) }),
    );
    expect(taskRuns.map(({ latencyMs }) => latencyMs)).toEqual([5, 5, 5]);
    expect(summary.waitMs).toBeGreaterThan(1500);
  });

  test('tells in an event until when calls wait', async () => {
    const events = all(
      streamExperiment({ dataset: numbered(3), rateLimit: { requestsPerMinute: 60, key: 'model' }, task: () => 1 }),
    );
    await vi.runAllTimersAsync();
    const waits = (await events).filter((event) => event.type === 'waiting');
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect(waits[0]).toMatchObject({ key: 'model', untilMs: expect.any(Number) as number });
  });
});

describe('refusals', () => {
  test('slow down everyone who shares the limiter, and lose nothing', async () => {
    let refusals = 0;
    const task = ({ input }: { input: number }) => {
      if (refusals < 5) {
        refusals += 1;
        throw refusal({ 'retry-after': '3' });
      }
      return input;
    };
    const begun = performance.now();
    const { summary } = await finish(runExperiment({ ...quiet, dataset: numbered(20), retries: 0, task }));
    expect(summary).toMatchObject({ taskRuns: { ok: 20, failed: 0 }, attempts: 25 });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(3000);
  });

  test('of a judge are obeyed like those of a task', async () => {
    let calls = 0;
    const judge = {
      name: 'judge',
      kind: 'LLM',
      retries: 0,
      evaluate: () => {
        if ((calls += 1) === 1) throw refusal({ 'retry-after': '60' });
        return 1;
      },
    } as const;
    const { evaluationRuns } = await finish(
      runExperiment({ ...quiet, dataset: numbered(1), task: () => 1, evaluators: judge }),
    );
    expect(evaluationRuns[0]).toMatchObject({ status: 'ok', attempts: 2 });
    expect(evaluationRuns[0]!.waitMs).toBeGreaterThanOrEqual(60_000);
  });

  test('that ask for more than 10 minutes fail their runs at once, and hold up nobody', async () => {
    const begun = performance.now();
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(5),
        task: ({ input }) => {
          if (input === 0) throw refusal({ 'retry-after': '3600' });
        },
      }),
    );
    expect(summary.taskRuns).toMatchObject({ ok: 4, failed: 1 });
    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});
