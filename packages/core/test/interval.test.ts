import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile, studentT975, wilson } from '../src/interval.ts';

test.each([
  [1, 12.7062047361747],
  [2, 4.30265272974946],
  [3, 3.18244630528371],
  [10, 2.22813885198627],
  [30, 2.04227245630124],
  [200, 1.97189622363391],
  [1000, 1.96233908082641],
])('gives the 0.975 quantile of Student t with %d degrees of freedom', (degrees, value) => {
  expect(studentT975(degrees)).toBeCloseTo(value, 8);
});

test('gives smaller quantiles with more degrees of freedom, also where the formula changes', () => {
  const values = Array.from({ length: 400 }, (_, index) => studentT975(index + 1));
  expect(values.every((value, index) => index === 0 || value < values[index - 1]!)).toBe(true);
});

// Newcombe 1998, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('gives the Wilson interval of %d out of %d', (successes, count, low, high) => {
  const interval = wilson(successes, count);
  expect(interval[0]).toBeCloseTo(low, 4);
  expect(interval[1]).toBeCloseTo(high, 4);
});

test('keeps the Wilson interval within 0 and 1, around the proportion', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, share) => {
      const successes = Math.round(count * share);
      const [low, high] = wilson(successes, count);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low - 1e-12).toBeLessThanOrEqual(successes / count);
      expect(high + 1e-12).toBeGreaterThanOrEqual(successes / count);
    }),
    { seed: 1 },
  );
});

test('interpolates quantiles between neighbours, as R does by default', () => {
  const values = Float64Array.from([1, 2, 4, 8]);
  expect([0, 0.5, 0.75, 1].map((fraction) => quantile(values, fraction))).toEqual([1, 3, 5, 8]);
  expect(quantile(Float64Array.from([7]), 0.99)).toBe(7);
  expect(quantile(new Float64Array(), 0.5)).toBeNull();
});
