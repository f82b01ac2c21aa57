import { tableFromArrays, vectorFromArray, Table, Dictionary, Utf8, Int32 } from 'apache-arrow';
import { expect, test } from 'vitest';
import { fromApacheArrow, toApacheArrow } from '../src/apache-arrow.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from './fixtures/capitals.ts';

test('gives a table of apache-arrow with the types of the frame, and takes it back', () => {
  const frame = runsFrame(records);
  const arrow = toApacheArrow(frame);
  expect(String(arrow.schema.fields.find(({ name }) => name === 'start_time')?.type)).toBe(
    'Timestamp<MILLISECOND, UTC>',
  );
  expect(String(arrow.schema.fields.find(({ name }) => name === 'status')?.type)).toBe('Dictionary<Int32, Utf8>');
  expect(fromApacheArrow(arrow).objects()).toEqual(frame.objects());
});

test('unifies dictionaries of tables that were joined', () => {
  const labels = (values: string[]): Table =>
    new Table({ label: vectorFromArray(values, new Dictionary(new Utf8(), new Int32())) });
  expect(fromApacheArrow(labels(['x', 'y']).concat(labels(['z', 'x']))).array('label')).toEqual(['x', 'y', 'z', 'x']);
});

test('never rounds an integer', () => {
  expect(fromApacheArrow(tableFromArrays({ n: BigInt64Array.of(2n ** 60n + 1n) })).array('n')).toEqual([
    2n ** 60n + 1n,
  ]);
});
