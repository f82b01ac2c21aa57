import { expect, test } from 'vitest';
import { correlation } from '../../src/statistics/correlation.ts';

test("gives ranks in perfect order a p-value of 0, as SciPy's spearmanr", () => {
  const [a, b] = [
    [0, 2, 1],
    [3, 1, 2],
  ];
  expect(correlation({ a, b }, { method: 'spearman' })).toEqual({ n: 3, r: -1, p: 0 });
});
