import { describe, expect, test } from 'vitest';
import { evaluateExperiment, runExperiment } from '../src/run.ts';
import { numbered } from './fixtures/examples.ts';

const quiet = { printSummary: false } as const;

describe('copies', () => {
  test('keep a task that changes its input from changing the next repetition, attempt and evaluator', async () => {
    const seen: unknown[] = [];
    const { examples } = await runExperiment({
      ...quiet,
      dataset: [{ input: { list: [1] }, metadata: { tags: ['a'] } }],
      repetitions: 2,
      concurrency: 1,
      task: ({ input, metadata, example }) => {
        seen.push(structuredClone([input, metadata]));
        input.list.push(2);
        metadata.tags.push('b');
        (example.splits as string[]).push('c');
        return input;
      },
      evaluators: {
        first: (run) => (seen.push(structuredClone([run.input, run.metadata])), run.input.list.push(3), 1),
      },
    });
    expect(seen).toEqual(seen.map(() => [{ list: [1] }, { tags: ['a'] }]));
    expect(examples[0]).toMatchObject({ input: { list: [1] }, metadata: { tags: ['a'] }, splits: [] });
  });

  test('keep an evaluator that changes the output from changing the record and what others judge', async () => {
    const seen: unknown[] = [];
    const { taskRuns } = await runExperiment({
      ...quiet,
      dataset: [{ input: 1 }],
      task: () => ({ list: [1] }),
      evaluators: {
        one: ({ output, taskRun }) => (output.list.push(2), taskRun.startedAt.setTime(0), 1),
        two: ({ output }) => (seen.push(output), 1),
      },
    });
    expect(seen).toEqual([{ list: [1] }]);
    expect(taskRuns[0]!.output).toEqual({ list: [1] });
    expect(taskRuns[0]!.startedAt.getTime()).not.toBe(0);
  });

  test('give typed arrays and instances of classes as they were written, each call its own', async () => {
    class Temperature {
      celsius = 20;
      get fahrenheit(): number {
        return this.celsius * 1.8 + 32;
      }
    }
    const seen: unknown[] = [];
    await runExperiment({
      ...quiet,
      dataset: [{ input: { at: new Temperature(), bytes: Uint8Array.of(1, 2), when: new Date(5) } }],
      repetitions: 2,
      concurrency: 1,
      task: ({ input }) => {
        seen.push([input.at.fahrenheit, [...input.bytes], input.when.getTime()]);
        input.at.celsius = 0;
        input.bytes[0] = 9;
        input.when.setTime(0);
      },
    });
    expect(seen).toEqual([
      [68, [1, 2], 5],
      [68, [1, 2], 5],
    ]);
  });

  test('give them so to a late evaluator too, while they are at hand', async () => {
    const ran = await runExperiment({ ...quiet, dataset: [{ input: Uint8Array.of(7) }], task: () => 1 });
    const { evaluationRuns } = await evaluateExperiment({
      ...quiet,
      experiment: ran,
      evaluators: { bytes: ({ input }) => input instanceof Uint8Array && input[0] === 7 },
    });
    expect(evaluationRuns).toMatchObject([{ score: 1 }]);
  });

  test('keep the metadata of the experiment the same for every call', async () => {
    const { taskRuns } = await runExperiment({
      ...quiet,
      dataset: numbered(2),
      retries: 0,
      metadata: { tags: ['a'] },
      task: ({ experiment }) => (experiment.metadata['tags'] as string[]).push('b'),
    });
    expect(taskRuns.map(({ error }) => error)).toEqual([
      expect.stringContaining('not extensible'),
      expect.stringContaining('not extensible'),
    ]);
  });
});
