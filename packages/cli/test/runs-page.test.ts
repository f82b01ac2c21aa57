import { createMemoryStore, runExperiment } from '@assay/core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runsPage } from '../src/runs-page.ts';

const store = createMemoryStore();
const repetitions = 3;
const count = 150; // more than a chunk of examples
let experimentId: string;
const isFailing = (input: number, repetition: number): boolean => (input + repetition) % 7 === 0;

beforeAll(async () => {
  const { id } = await runExperiment({
    store,
    dataset: { name: 'numbers', examples: Array.from({ length: count }, (_, input) => ({ id: `n${input}`, input })) },
    task: ({ input, repetition }) => {
      if (isFailing(input, repetition)) throw new Error('no');
      return input;
    },
    evaluators: { one: () => 1, two: () => 2 },
    repetitions,
    retries: 0,
    printSummary: false,
  });
  experimentId = id;
});

test('gives every run once, in dataset order, with its evaluations, whatever the size of the pages', async () => {
  const experiment = await store.getExperiment(experimentId);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 500 }), fc.boolean(), async (limit, failed) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await runsPage(store, experiment, { limit, cursor, failed });
        expect(page.runs.length).toBeLessThanOrEqual(limit);
        for (const { exampleId, repetition, error, evaluations } of page.runs) {
          seen.push(`${exampleId}.${repetition}`);
          expect(evaluations.map(({ name }) => name).toSorted()).toEqual(error === null ? ['one', 'two'] : []);
        }
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      const all = Array.from({ length: count }, (_, input) =>
        [1, 2, 3].map((repetition) => ({ input, repetition })),
      ).flat();
      const wanted = all.filter(({ input, repetition }) => !failed || isFailing(input, repetition));
      expect(seen).toEqual(wanted.map(({ input, repetition }) => `n${input}.${repetition}`));
    }),
    { seed: 3, numRuns: 25 },
  );
});

test('gives no cursor after the last page, also when it is just full', async () => {
  const experiment = await store.getExperiment(experimentId);
  expect((await runsPage(store, experiment, { limit: count * repetitions, failed: false })).nextCursor).toBeNull();
  expect((await runsPage(store, experiment, { limit: count * repetitions - 1, failed: false })).nextCursor).toBe(
    `${count - 1}.3`,
  );
});

test('gives nothing past the end', async () => {
  const experiment = await store.getExperiment(experimentId);
  expect(await runsPage(store, experiment, { limit: 5, failed: false, cursor: '999.1' })).toEqual({
    runs: [],
    nextCursor: null,
  });
});
