import { AssayError } from '@assay/core';
import { table } from 'arquero';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { summarizeBy } from '../src/index.ts';
import { meanCi, quantile } from '../src/statistics/index.ts';

test('gives count, mean and quantiles of each group, in the order of the rows', () => {
  const frame = table({ label: ['b', 'a', 'b', null, 'c'], score: [1, 2, 4, 8, null] });
  expect(summarizeBy(frame, { by: 'label', values: ['score'], quantiles: [0.5, 0.999] }).objects()).toEqual([
    { label: 'b', rows: 2, 'score.count': 2, 'score.mean': 2.5, 'score.p50': 2.5, 'score.p99.9': 3.997 },
    { label: 'a', rows: 1, 'score.count': 1, 'score.mean': 2, 'score.p50': 2, 'score.p99.9': 2 },
    { label: null, rows: 1, 'score.count': 1, 'score.mean': 8, 'score.p50': 8, 'score.p99.9': 8 },
    { label: 'c', rows: 1, 'score.count': 0, 'score.mean': null, 'score.p50': null, 'score.p99.9': null },
  ]);
});

test('agrees with the statistics of each group alone, in a frame that is filtered too', () => {
  const row = fc.record({
    label: fc.constantFrom('x', 'y', 'z', null),
    score: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    keep: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 120 }), (rows) => {
      const frame = table({
        label: rows.map((one) => one.label),
        score: rows.map((one) => one.score),
        keep: rows.map((one) => one.keep),
      });
      const kept = rows.filter(({ keep }) => keep);
      const groups = summarizeBy(
        frame.filter((one: { keep: boolean }) => one.keep),
        { by: 'label', values: ['score'], quantiles: [0, 0.25, 1] },
      );
      expect(groups.array('label')).toEqual([...new Set(kept.map(({ label }) => label))]);
      for (const group of groups.objects() as Record<string, unknown>[]) {
        const values = kept.filter(({ label }) => label === group['label']).map(({ score }) => score);
        const { mean } = meanCi({ values });
        if (mean === null) expect(group['score.mean']).toBeNull();
        else expect(group['score.mean']).toBeCloseTo(mean, 6);
        const { quantiles } = quantile({ values }, { q: [0, 0.25, 1] });
        expect([group['score.p0'], group['score.p25'], group['score.p100']]).toEqual(quantiles);
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});

test('refuses a column that is not there, one of words, and a fraction in percent', () => {
  const frame = table({ label: ['a'], word: ['b'] });
  expect(() => summarizeBy(frame, { by: 'labels', values: [] })).toThrow(AssayError);
  expect(() => summarizeBy(frame, { by: 'label', values: ['word'] })).toThrow(AssayError);
  expect(() => summarizeBy(frame, { by: 'label', values: [], quantiles: [50] })).toThrow('between 0 and 1, got 50');
});
