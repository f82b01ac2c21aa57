import { AssayError } from '@assay/core';
import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromArrowIPC } from '../src/arrow-read.ts';
import { toArrowIPC } from '../src/arrow-write.ts';
import { fromCSV } from '../src/csv-read.ts';
import { fromJSON, fromJSONL, toJSON, toJSONL } from '../src/jsonl.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from './fixtures/capitals.ts';

test.each([
  ['JSON Lines', toJSONL, fromJSONL],
  ['a JSON array', toJSON, fromJSON],
])('a frame reads back the same from %s', (_, write, read) => {
  const frame = runsFrame(records);
  const copy = read(write(frame));
  expect(copy.columnNames()).toEqual(frame.columnNames());
  expect(copy.objects()).toEqual(frame.objects());
});

describe('fromJSONL', () => {
  test('has a column for each key of any line, and skips a byte-order mark, blank lines and returns', () => {
    const copy = fromJSONL('\ufeff{"a":1}\r\n\r\n{"b":"x"}\n\n');
    expect(copy.columnNames()).toEqual(['a', 'b']);
    expect(copy.objects()).toEqual([
      { a: 1, b: null },
      { a: null, b: 'x' },
    ]);
  });

  test('keeps objects, lists and mixed values as they are, and writes them to Arrow as JSON text', () => {
    const text = '{"output":{"answer":"Lima"},"mixed":1}\n{"output":"Lima","mixed":true}\n';
    const copy = fromJSONL(text);
    expect(copy.array('output')).toEqual([{ answer: 'Lima' }, 'Lima']);
    expect(toJSONL(copy)).toBe(text);
    expect(fromArrowIPC(toArrowIPC(copy)).objects()).toEqual([
      { output: '{"answer":"Lima"}', mixed: '1' },
      { output: 'Lima', mixed: 'true' },
    ]);
  });

  test('never rounds an integer', () => {
    const text = '{"n":9007199254740993,"in":{"n":9007199254740993}}\n{"n":1,"in":null}\n';
    expect(fromJSONL(text).array('n')).toEqual([9007199254740993n, 1n]);
    expect(toJSONL(fromJSONL(text))).toBe(text);
  });

  test('does not turn text into times or numbers', () => {
    expect(fromJSONL('{"day":"2026-01-05","code":"007"}').object(0)).toEqual({ day: '2026-01-05', code: '007' });
  });

  test('takes a number for an id as its digits', () => {
    expect(fromJSONL('{"example_id":7}').array('example_id')).toEqual(['7']);
  });

  test.each([
    ['no JSON', '{"a":1}\n{"a":\n', 'Expected JSON in line 2'],
    ['no object', '{"a":1}\n\n[1]\n', 'Expected a JSON object, got a list in line 3'],
    [
      'a value that its column cannot hold',
      '{"repetition":1}\n{"repetition":"two"}',
      'Expected column \'repetition\' to hold a whole number of at most 32 bits, got "two" in line 2',
    ],
    ['a key named __proto__', '{"__proto__":1}', "'__proto__' in line 1"],
  ])('refuses %s, naming the line', (_, text, message) => {
    expect(() => fromJSONL(text)).toThrow(message);
    expect(() => fromJSONL(text)).toThrow(AssayError);
  });
});

test('what is no text is refused', () => {
  for (const read of [fromJSONL, fromJSON, fromCSV])
    expect(() => read(undefined as never)).toThrow(/^Expected (JSON Lines|JSON|CSV) as text, got undefined$/);
});

test('fromJSON refuses what is no array of objects', () => {
  expect(() => fromJSON('{"a":1}')).toThrow('Expected a JSON array of objects');
  expect(() => fromJSON('[{"a":1}, 2]')).toThrow('Expected a JSON object, got 2 in row 2');
  expect(fromJSON('[]').numRows()).toBe(0);
});

test('writes NaN as null, since JSON has none, and keeps the sign of zero', () => {
  expect(toJSONL(table({ n: [Number.NaN, -0] }))).toBe('{"n":null}\n{"n":-0}\n');
});
