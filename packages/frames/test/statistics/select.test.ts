import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectPlaces } from '../../src/statistics/select.ts';

test('puts at each place what sorting would put there', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 400 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 }),
      (list, shares) => {
        const values = Float64Array.from(list);
        const places = shares.map((share) => Math.floor(share * values.length)).sort((a, b) => a - b);
        const sorted = values.toSorted();
        selectPlaces(values, places);
        expect(places.map((place) => values[place])).toEqual(places.map((place) => sorted[place]));
        expect(values.toSorted()).toEqual(sorted);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});
