import { createMemoryStore, type TaskRun } from '@assay/core';
import { expect, expectTypeOf, test } from 'vitest';
import type { ArizeClient, PhoenixClient } from '../src/index.ts';

declare const phoenix: PhoenixClient;
declare const arize: ArizeClient;

test('lets types flow from the dataset to the task, the evaluators and the result', () => {
  const run = () =>
    phoenix.experiments.run({
      dataset: { name: 'capitals', examples: [{ input: { country: 'Peru' }, expected: 'Lima' }] },
      task: ({ input }) => input.country.length,
      evaluators: { size: ({ output, expected }) => output > expected.length },
    });
  expectTypeOf<Awaited<ReturnType<typeof run>>['taskRuns']>().toEqualTypeOf<readonly TaskRun<number>[]>();

  const misuse = () =>
    phoenix.experiments.run({
      dataset: [{ input: { country: 'Peru' } }],
      // @ts-expect-error The input has no such field.
      task: ({ input }) => input.city,
    });
  const untyped = () =>
    phoenix.experiments.run({
      dataset: { name: 'stored' },
      task: ({ input }) => String(input),
      evaluators: [({ output }: { output: string }) => output.length],
    });
  const wrongStore = () =>
    phoenix.experiments.run({
      dataset: { name: 'stored' },
      task: () => 1,
      // @ts-expect-error The store is the server.
      store: createMemoryStore(),
    });
  const ofArize = () =>
    arize.experiments.run({
      name: 'x',
      dataset: 'y',
      task: ({ input }) => ({ text: String(input['q']) }),
      evaluators: { size: ({ output }) => output.text.length },
    });
  expectTypeOf<Awaited<ReturnType<typeof ofArize>>['taskRuns']>().toEqualTypeOf<readonly TaskRun<{ text: string }>[]>();
  const withFields = () =>
    arize.experiments.run({
      name: 'x',
      dataset: 'y',
      fields: { input: (row) => ({ question: String(row['q']) }) },
      task: ({ input }) => input.question.length,
    });
  expectTypeOf<Awaited<ReturnType<typeof withFields>>['examples'][number]['input']>().toEqualTypeOf<{
    question: string;
  }>();
  const byColumn = () =>
    arize.experiments.run({ name: 'x', dataset: 'y', fields: { input: 'q' }, task: ({ input }) => input });
  expectTypeOf<Awaited<ReturnType<typeof byColumn>>['taskRuns']>().toEqualTypeOf<readonly TaskRun[]>();
  expect([withFields, byColumn].length).toBe(2);
  expect([run, misuse, untyped, wrongStore, ofArize].length).toBe(5);
});
