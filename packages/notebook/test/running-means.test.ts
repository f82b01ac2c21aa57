import { type EvaluationRun, runExperiment } from '@assay/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningMeans } from '../src/running-means.ts';

test('are in the end what the summary says, in whatever order the scores came', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0, 1, 0.25, 3), { minLength: 2, maxLength: 12 }),
      fc.constantFrom(1, 3),
      async (scores, repetitions) => {
        const { evaluationRuns, summary } = await runExperiment({
          dataset: scores.map((input, index) => ({ id: `row-${index}`, input })),
          repetitions,
          task: ({ input, repetition }) => input / repetition,
          evaluators: { given: ({ output }) => output },
          printSummary: false,
        });
        const means = new RunningMeans();
        for (const evaluation of evaluationRuns.toReversed()) means.add(evaluation);

        const [now] = means.now();
        const { mean, interval } = summary.evaluators['given']!;
        expect(now!.mean).toBeCloseTo(mean!, 9);
        expect(now!.interval![0]).toBeCloseTo(interval![0], 6);
        expect(now!.interval![1]).toBeCloseTo(interval![1], 6);
        expect(now!.scored).toBe(scores.length * repetitions);
      },
    ),
    { seed: 9, numRuns: 20 },
  );
});

test('have no interval below two examples, and no mean without a score', () => {
  const means = new RunningMeans();
  const said = { name: 'tone', direction: 'maximize', exampleId: 'one', status: 'ok', score: null } as EvaluationRun;
  means.add(said);
  expect(means.now()).toMatchObject([{ mean: null, interval: null, scored: 0 }]);
  means.add({ ...said, score: 0.5 });
  expect(means.now()).toMatchObject([{ mean: 0.5, interval: null, scored: 1 }]);
});
