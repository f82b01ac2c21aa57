import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AssayError } from '../src/errors.ts';
import { runExperiment, streamExperiment } from '../src/run.ts';
import type { UnsavedError } from '../src/save.ts';
import { numbered } from './fixtures/examples.ts';
import { storeWith } from './fixtures/store.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

describe('a store that cannot save', () => {
  const failing = (code: 'unavailable' | 'full', times: number) => {
    let left = times;
    return storeWith((memory) => ({
      saveTaskRun: (draft) =>
        left-- > 0 ? Promise.reject(new AssayError(code, 'no room')) : memory.saveTaskRun(draft),
    }));
  };

  test('for a moment costs nothing', async () => {
    const task = vi.fn(() => 1);
    const { summary } = await finish(
      runExperiment({ ...quiet, store: failing('unavailable', 3), dataset: numbered(10), task }),
    );
    expect(summary.taskRuns.ok).toBe(10);
    expect(task).toHaveBeenCalledTimes(10);
  });

  test.each(['unavailable', 'full'] as const)(
    'for good (%s) ends the run, with every finished result in the error',
    async (code) => {
      const task = vi.fn(({ input }: { input: number }) => `paid ${input}`);
      const error = await finish(
        runExperiment({ ...quiet, store: failing(code, Infinity), dataset: numbered(100), concurrency: 3, task }),
      ).catch((error: unknown) => error);
      expect(error).toMatchObject({
        name: 'UnsavedError',
        code,
        message: expect.stringMatching(/could not be saved, and (is|are) in this error's `unsaved`: no room/) as string,
      });
      const { unsaved } = error as UnsavedError;
      expect(unsaved.taskRuns.map(({ output }) => output).sort()).toEqual(
        task.mock.results.map(({ value }) => value as string).sort(),
      );
      expect(task.mock.calls.length).toBeLessThanOrEqual(6);
    },
  );

  test('verdicts has them in the error', async () => {
    const store = storeWith(() => ({ saveEvaluationRun: () => Promise.reject(new AssayError('full', 'no room')) }));
    const error = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(1), task: () => 1, evaluators: { exact: () => 0.5 } }),
    ).catch((error: unknown) => error);
    expect((error as UnsavedError).unsaved).toMatchObject({
      taskRuns: [],
      evaluationRuns: [{ name: 'exact', score: 0.5 }],
    });
  });

  test('nor list loses no unsaved result either', async () => {
    const store = storeWith((memory) => ({
      saveTaskRun: () => Promise.reject(new AssayError('full', 'no room')),
      listExamples: async function* (of) {
        for await (const example of memory.listExamples(of)) {
          yield example;
          if (example.id === 'e299') throw new AssayError('unavailable', 'gone');
        }
      },
    }));
    const error = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(400), task: ({ input }) => input }),
    ).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'UnsavedError', code: 'full' });
  });

  test('tells whoever leaves the loop, since results would be lost with it', async () => {
    const store = storeWith((memory) => ({
      saveTaskRun: (draft) =>
        draft.exampleId === 'e0' ? memory.saveTaskRun(draft) : Promise.reject(new AssayError('full', 'no room')),
    }));
    const reading = (async () => {
      for await (const { type } of streamExperiment({
        store,
        dataset: numbered(2),
        concurrency: 2,
        task: ({ input }) => after(input * 10, input),
      }))
        if (type === 'task-run-saved') break;
    })();
    await expect(finish(reading)).rejects.toMatchObject({
      name: 'UnsavedError',
      unsaved: { taskRuns: [{ output: 1 }] },
    });
  });
});

test('a run that cannot be listed rejects with what the store said', async () => {
  const store = storeWith(() => ({
    listExamples: () => {
      throw new AssayError('unavailable', 'gone');
    },
  }));
  await expect(finish(runExperiment({ ...quiet, store, dataset: numbered(1), task: () => 1 }))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'gone',
  });
});
