import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectPlaces } from '../../src/statistics/select.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.double({ noNaN: true }).filter((each) => !Object.is(each, -0)),
);
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 });

test('puts at each place what sorting would put there', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 400 }), shares, (list, fractions) =>
      expectPlaced(Float64Array.from(list), fractions),
    ),
    { seed: 3, numRuns: 300 },
  );
});

test.each<readonly [string, (random: number, index: number) => number]>([
  ['spread evenly', (random) => 200 + 3000 * random],
  ['with a long tail', (random) => Math.exp(20 * random)],
  ['with one far away', (random, index) => (index === 77 ? 1e300 : random)],
  ['all but equal', (_, index) => (index % 1000 === 0 ? 2 : 1)],
  ['all equal', () => 5],
  ['as wide as numbers go', (random) => (random - 0.5) * 2 * Number.MAX_VALUE],
  ['with infinities', (random, index) => (index % 50 === 0 ? Infinity : index % 51 === 0 ? -Infinity : random)],
])('does so with many values %s', (_, make) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.integer({ min: 4000, max: 9000 }),
      shares,
      (seed, length, fractions) => {
        let state = seed;
        const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
        expectPlaced(
          Float64Array.from({ length }, (_each, index) => make(random(), index)),
          fractions,
        );
      },
    ),
    { seed: 4, numRuns: 20 },
  );
});

function expectPlaced(values: Float64Array, fractions: readonly number[]): void {
  const places = fractions.map((share) => Math.floor(share * values.length));
  const sorted = values.toSorted();
  selectPlaces(values, places);
  expect(places.map((place) => values[place])).toEqual(places.map((place) => sorted[place]));
}
