import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globalId, readGlobalId, rowOf } from '../src/global-id.ts';
import type { GlobalType } from '../src/global-id.ts';

const seed = 20261120;
const types: readonly GlobalType[] = [
  'Dataset',
  'DatasetVersion',
  'DatasetExample',
  'Experiment',
  'ExperimentRun',
  'ExperimentTag',
];
const anyType = fc.constantFrom(...types);
const anyRow = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test('is written as Phoenix writes it', () => {
  expect(globalId('Dataset', 1)).toBe('RGF0YXNldDox');
  expect(globalId('Experiment', 12)).toBe('RXhwZXJpbWVudDoxMg==');
});

test('is read as it was written, for every row', () => {
  fc.assert(
    fc.property(anyType, anyRow, (type, row) => {
      expect(readGlobalId(globalId(type, row))).toEqual({ type, row });
      expect(rowOf(type, globalId(type, row), 'thing')).toBe(row);
    }),
    { seed },
  );
});

test('is the only text for its row: nothing else is read as an id', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.string().map((text) => Buffer.from(text).toString('base64')),
      ),
      (text) => {
        const read = readGlobalId(text);
        if (read) expect(Buffer.from(`${read.type}:${read.row}`).toString('base64')).toBe(text);
      },
    ),
    { seed, numRuns: 1_000 },
  );
});

test('is refused without its padding, with a row that is no number, and in another alphabet', () => {
  const id = globalId('Experiment', 12);
  const texts = [
    'Experiment:0',
    'Experiment:-1',
    'Experiment:1.5',
    'Experiment:01',
    'Experiment:',
    ':1',
    'Experiment:9007199254740993',
    'Experiment:1 ',
  ];
  const ids = [
    id.replace(/=+$/, ''),
    `${id}=`,
    ` ${id}`,
    `${id}\n`,
    '',
    ...texts.map((text) => Buffer.from(text).toString('base64')),
  ];
  expect(ids.map(readGlobalId)).toEqual(ids.map(() => null));
});

test('says what an id of another type is', () => {
  expect(() => rowOf('Experiment', globalId('Dataset', 3), 'experiment')).toThrowError(
    expect.objectContaining({ code: 'not-found', message: expect.stringMatching(/it is the id of a Dataset/) }),
  );
  expect(() => rowOf('Experiment', 'baseline', 'experiment')).toThrowError(
    expect.objectContaining({ code: 'not-found', message: expect.stringMatching(/no id of this store/) }),
  );
});
