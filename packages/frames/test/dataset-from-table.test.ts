import { AssayError } from '@assay/core';
import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromCSV } from '../src/csv-read.ts';
import { toCSV } from '../src/csv-write.ts';
import { datasetFromTable } from '../src/dataset-from-table.ts';
import { examplesFrame } from '../src/examples-frame.ts';
import { fromJSONL } from '../src/jsonl.ts';
import { examples } from './fixtures/capitals.ts';

describe('datasetFromTable', () => {
  test('takes one column as the value and several as an object', () => {
    const made = fromCSV('question,hint,answer,topic,part,key\nCapital of Peru?,,Lima,geography,test,peru\n');
    expect(
      datasetFromTable(made, {
        input: ['question', 'hint'],
        expected: 'answer',
        metadata: ['topic'],
        split: 'part',
        id: 'key',
      }),
    ).toEqual([
      {
        id: 'peru',
        input: { question: 'Capital of Peru?', hint: null },
        expected: 'Lima',
        metadata: { topic: 'geography' },
        splits: ['test'],
      },
    ]);
    expect(datasetFromTable(made, { input: 'question' })).toEqual([
      { input: 'Capital of Peru?', expected: null, metadata: {}, splits: [] },
    ]);
  });

  test('gives back the examples of a frame that was written to CSV, when told that text is JSON', () => {
    const copy = fromCSV(toCSV(examplesFrame(examples)));
    expect(datasetFromTable(copy, { json: true })).toEqual(examples);
    expect(datasetFromTable(copy)[0]?.input).toBe('{"country":"Peru","population":34}');
  });

  test('takes the objects of JSON Lines as they are', () => {
    const copy = fromJSONL('{"input":{"a":[1]},"expected":7,"metadata":{"k":true},"splits":["x","y"]}');
    expect(datasetFromTable(copy)).toEqual([
      { input: { a: [1] }, expected: 7, metadata: { k: true }, splits: ['x', 'y'] },
    ]);
  });

  test.each([
    [
      'a column that is not there',
      { question: ['x'] },
      { input: 'prompt' },
      "Expected a column 'prompt', got 'question'",
    ],
    [
      'a row without input',
      { input: ['x', null] },
      {},
      "Expected column 'input' to hold an input, got nothing in row 2",
    ],
    ['an id that is there twice', { input: ['x', 'y'], id: ['a', 'a'] }, {}, "got 'a' in rows 1 and 2 of column 'id'"],
    ['an empty id', { input: ['x'], id: [''] }, {}, 'got the empty text in row 1'],
    [
      'metadata that is no object',
      { input: ['x'], metadata: ['[1]'] },
      {},
      `Expected column 'metadata' to hold a JSON object, got "[1]" in row 1`,
    ],
  ])('refuses %s', (_, columns, mapping, message) => {
    expect(() => datasetFromTable(table(columns), mapping)).toThrow(message);
    expect(() => datasetFromTable(table(columns), mapping)).toThrow(AssayError);
  });
});
