import { expect, test } from 'vitest';
import { bootstrapCi, createRandom, pairedPermutation } from '../../src/statistics/index.ts';

const values = Float64Array.from({ length: 40 }, (_, row) => Math.sin(row * row));

test('gives the same numbers for the same seed, on every machine', () => {
  const random = createRandom(42);
  expect([random.bits(), random.bits(), random.bits()]).toEqual([2837322924, 544945897, 479756282]);
  expect(createRandom(43).bits()).not.toBe(createRandom(42).bits());
});

test('gives each number below a bound about as often', () => {
  const random = createRandom(1);
  const counts = new Float64Array(6);
  for (let round = 0; round < 60_000; round += 1) counts[random.below(6)]! += 1;
  // Five standard deviations of a binomial count.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
});

test('gives the same interval and p-value for the same seed', () => {
  const options = { resamples: 500, seed: 3 };
  expect(bootstrapCi({ values }, options)).toEqual(bootstrapCi({ values }, options));
  expect(bootstrapCi({ values }, options)).not.toEqual(bootstrapCi({ values }, { ...options, seed: 4 }));
  const pairs = { a: values, b: values.map((value) => value * 1.1 + 0.05) };
  expect(pairedPermutation(pairs, options)).toEqual(pairedPermutation(pairs, options));
});

test('leaves the global random state alone', () => {
  const { random } = Math;
  let calls = 0;
  Math.random = () => ((calls += 1), 0.5);
  try {
    bootstrapCi({ values }, { resamples: 50 });
  } finally {
    Math.random = random;
  }
  expect(calls).toBe(0);
});
