import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HaltedError, RunFailedError } from '../src/errors.ts';
import { createHaltAfter } from '../src/halt-after.ts';
import { createRateLimiter } from '../src/rate-limit.ts';
import { resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
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

describe('haltAfter', () => {
  const down = () => Object.assign(new Error('invalid key'), { status: 401 });

  test('stops after so many provider failures in a row, with what is on record kept', async () => {
    const store = storeWith(() => ({}));
    const task = vi.fn(() => {
      throw down();
    });
    const error = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(50), concurrency: 1, haltAfter: 3, task }),
    ).catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: 'halted',
      name: 'HaltedError',
      message: expect.stringContaining('after 3 provider failures in a row: invalid key') as string,
    });
    expect(task.mock.calls.length).toBeLessThan(6);
    const { experimentId } = error as { experimentId: string };
    expect((await all(store.listTaskRuns(experimentId))).length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['HaltedError', HaltedError, { haltAfter: 3 }],
    ['RunFailedError', RunFailedError, { exitOnError: true }],
  ])('hands over what was finished in memory, to go on from: %s', async (_, ErrorOfRun, ends) => {
    let isDown = true;
    const task = ({ input }: { input: number }): number => {
      if (isDown && input >= 10) throw down();
      return input;
    };
    const error = await finish(
      runExperiment({ ...quiet, ...ends, dataset: numbered(30), concurrency: 1, retries: 0, task }),
    ).catch((thrown: unknown) => thrown);
    if (!(error instanceof ErrorOfRun)) throw error;
    const { store, experimentId } = error;
    const finished = await all(store.listTaskRuns(experimentId));
    expect(finished.filter((run) => run.error === null)).toHaveLength(10);
    expect(inspect(error)).not.toContain('listTaskRuns');
    isDown = false;
    const { summary } = await finish(resumeExperiment({ ...quiet, experimentId, store, task }));
    expect(summary.taskRuns).toMatchObject({ ok: 30, failed: 0, missing: 0 });
  });

  test('is reset by any success, and never counts a bad row', async () => {
    const task = ({ input }: { input: number }) => {
      if (input % 3 === 2) return 1;
      throw input % 3 === 1 ? Object.assign(new Error('bad row'), { status: 400 }) : down();
    };
    const { summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(30), concurrency: 1, haltAfter: 2, task }),
    );
    expect(summary.taskRuns).toMatchObject({ ok: 10, failed: 20 });
  });

  test('counts each limiter apart: a judge that is down is not made up for by tasks', async () => {
    const judge = {
      name: 'judge',
      kind: 'LLM',
      rateLimit: { key: 'judge' },
      evaluate: () => {
        throw down();
      },
    } as const;
    const running = runExperiment({
      ...quiet,
      dataset: numbered(30),
      concurrency: 1,
      haltAfter: 3,
      task: () => 1,
      evaluators: judge,
    });
    await expect(finish(running)).rejects.toMatchObject({ code: 'halted' });
  });

  test('counts a server error only after its retries', async () => {
    const task = vi.fn(() => {
      throw Object.assign(new Error('down'), { status: 503 });
    });
    const running = runExperiment({ ...quiet, dataset: numbered(5), concurrency: 1, haltAfter: 1, retries: 2, task });
    await expect(finish(running)).rejects.toMatchObject({ code: 'halted' });
    expect(task.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  test('is off unless asked for', async () => {
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(50),
        task: () => {
          throw down();
        },
      }),
    );
    expect(summary.taskRuns.failed).toBe(50);
  });
});

describe('haltAfter, of a provider that takes calls and never answers', () => {
  const timeoutMs = 60_000;
  const never = () => new Promise<never>(() => {});
  const down = () => Object.assign(new Error('invalid key'), { status: 401 });

  type Options = Omit<Parameters<typeof runExperiment<{ input: number }, unknown>>[0], 'onEvent'>;

  /** Runs until it ends, with when it said that it halts, in milliseconds of the faked clock; `null`: never. */
  async function run(options: Options) {
    const begun = performance.now();
    let haltedMs: number | null = null;
    const onEvent = ({ type }: { type: string }): void => {
      if (type === 'halting') haltedMs = performance.now() - begun;
    };
    const ended = await finish(
      runExperiment({ ...quiet, timeoutMs, ...options, onEvent }).then(
        ({ summary }) => ({ summary, error: null }),
        (error: unknown) => ({ summary: null, error: error as HaltedError }),
      ),
    );
    return { ...ended, haltedMs: haltedMs as number | null };
  }

  test('halts when the calls have timed out once, not when their retries have', async () => {
    const store = storeWith(() => ({}));
    const task = vi.fn(never);
    const { error, haltedMs } = await run({ store, dataset: numbered(50), concurrency: 10, haltAfter: 5, task });
    expect(error).toMatchObject({
      code: 'halted',
      message: expect.stringContaining('after 5 provider failures in a row: Timed out after 60 s') as string,
    });
    expect(haltedMs).toBe(timeoutMs);
    expect(task.mock.calls.length).toBeLessThan(15);
    // They would have been tried again, so that they are missing, and not failed.
    expect(await all(store.listTaskRuns(error!.experimentId))).toEqual([]);
  });

  test('halts as quickly where it answered at first, also calls that began before its last answer', async () => {
    const task = ({ input }: { input: number }) => (input < 30 ? after(100 + (input % 10) * 300, input) : never());
    const { error, haltedMs } = await run({ dataset: numbered(100), concurrency: 10, haltAfter: 5, task });
    expect(error).toMatchObject({ code: 'halted' });
    expect(haltedMs).toBeLessThan(1.3 * timeoutMs);
  });

  test('counts a call once, however often it times out: one by one it takes so many calls', async () => {
    const seen: number[] = [];
    const task = ({ input }: { input: number }) => (seen.push(input), never());
    const { error } = await run({ dataset: numbered(50), concurrency: 1, haltAfter: 3, task });
    expect(error!.message).toContain('after 3 provider failures in a row');
    // The third halts it at its first time-out. One more has begun when it was known.
    expect(seen.indexOf(2)).toBeGreaterThan(2);
    expect(seen.filter((input) => input === 2)).toHaveLength(1);
    expect(Math.max(...seen)).toBe(2);
  });

  test('counts a call once that has timed out and ends in another failure', async () => {
    const task = ({ attempt }: { attempt: number }) => {
      if (attempt === 1) return never();
      throw down();
    };
    const options = { dataset: numbered(2), concurrency: 2, task };
    expect((await run({ ...options, haltAfter: 3 })).summary!.taskRuns).toMatchObject({ failed: 2 });
    expect((await run({ ...options, haltAfter: 2 })).haltedMs).toBe(timeoutMs);
  });

  test('never halts for bad rows that always time out among rows that succeed, though they begin together', async () => {
    const task = ({ input }: { input: number }) => (input < 5 ? never() : after(100, input));
    const options = { dataset: numbered(2_500), concurrency: 10, timeoutMs: 2_000, task };
    expect((await run({ ...options, haltAfter: 5 })).summary!.taskRuns).toMatchObject({ ok: 2_495, failed: 5 });
  });

  test('does not halt at the first time-outs of bad rows that are all that is left', async () => {
    const task = ({ input, attempt }: { input: number; attempt: number }) =>
      input < 5 && attempt === 1 ? never() : after(100, input);
    const { summary } = await run({ dataset: numbered(100), concurrency: 10, haltAfter: 5, task });
    expect(summary!.taskRuns).toMatchObject({ ok: 100, failed: 0 });
  });

  test('does not reject a run for what times out after its stop', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1_000);
    const { summary, haltedMs } = await run({
      dataset: numbered(50),
      haltAfter: 5,
      task: never,
      signal: controller.signal,
    });
    expect(haltedMs).toBeNull();
    expect(summary).toMatchObject({ stopped: 'signal', taskRuns: { failed: 0, missing: 50 } });
  });

  test('counts the calls of runs together that share the count and the limiter', async () => {
    const haltAfter = createHaltAfter(6);
    const rateLimit = createRateLimiter({ key: 'shared' });
    const options = { dataset: numbered(50), concurrency: 3, haltAfter, rateLimit, task: never };
    const ran = await Promise.all([run(options), run(options)]);
    expect(Math.min(...ran.map(({ haltedMs }) => haltedMs ?? Infinity))).toBe(timeoutMs);
    expect(ran.map(({ error }) => error)).toMatchObject([{ code: 'halted' }, { code: 'halted' }]);
  });

  test('tells that it halts at once, and goes on until what is in flight is saved', async () => {
    // The eleventh begins when the first has ended, and is answered when the others have timed out.
    const task = ({ input }: { input: number }) =>
      input === 0 ? after(20_000, 'first') : input === 10 ? after(50_000, 'paid') : never();
    const told: unknown[] = [];
    const options = { dataset: numbered(50), concurrency: 10, haltAfter: 5, timeoutMs, task };
    const read = async (): Promise<void> => {
      for await (const event of streamExperiment(options))
        told.push(event.type === 'task-run-saved' ? event.run.output : event.type);
    };
    await expect(finish(read())).rejects.toMatchObject({ code: 'halted' });
    expect(told).toEqual(['started', 'first', 'halting', 'paid', 'finished']);
  });
});
