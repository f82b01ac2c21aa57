import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rocAuc, thresholdCurve } from '../../src/statistics/index.ts';

test('has a point per distinct score, from the highest down, with the values of scikit-learn', () => {
  // roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], drop_intermediate=False) and precision_recall_curve of the same.
  const { points } = thresholdCurve({ truth: [0, 0, 1, 1], score: [0.1, 0.4, 0.35, 0.8] });
  expect(points).toEqual([
    { threshold: 0.8, recall: 0.5, falsePositiveRate: 0, precision: 1 },
    { threshold: 0.4, recall: 0.5, falsePositiveRate: 0.5, precision: 0.5 },
    { threshold: 0.35, recall: 1, falsePositiveRate: 0.5, precision: 2 / 3 },
    { threshold: 0.1, recall: 1, falsePositiveRate: 1, precision: 0.5 },
  ]);
});

test('encloses the area that rocAuc gives', () => {
  const row = fc.record({ truth: fc.constantFrom(0, 1), score: fc.constantFrom(0, 0.25, 0.5, 0.75, 1) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 60 }), (rows) => {
      const input = { truth: rows.map(({ truth }) => truth), score: rows.map(({ score }) => score) };
      const { auc } = rocAuc(input);
      const { points } = thresholdCurve(input);
      let area = 0;
      let before = { falsePositiveRate: 0, recall: 0 };
      for (const point of points) {
        area += ((point.falsePositiveRate - before.falsePositiveRate) * (point.recall + before.recall)) / 2;
        before = point;
      }
      if (auc === null) expect(points).toEqual([]);
      else expect(area).toBeCloseTo(auc, 12);
    }),
    { seed: 9 },
  );
});
