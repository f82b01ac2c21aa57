import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HaltedError, RunFailedError } from '../src/errors.ts';
import { resumeExperiment, runExperiment } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { finish } from './fixtures/waiting.ts';

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
