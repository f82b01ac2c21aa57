import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromColumns, toColumns } from '../src/row-columns.ts';

const cell = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constant(null));

test('gives rows back from their columns', () => {
  const row = fc.record({ id: fc.nat(), output: cell, error: cell });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(fromColumns(toColumns(rows))).toEqual(rows);
    }),
    { seed: 7 },
  );
});
