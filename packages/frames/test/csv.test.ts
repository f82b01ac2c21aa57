import { AssayError } from '@assay/core';
import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromCSV } from '../src/csv-read.ts';
import { toCSV } from '../src/csv-write.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from './fixtures/capitals.ts';

describe('fromCSV', () => {
  test('reads back a frame that toCSV wrote', () => {
    const frame = runsFrame(records);
    const copy = fromCSV(toCSV(frame));
    expect(copy.columnNames()).toEqual(frame.columnNames());
    expect(copy.objects()).toEqual(frame.objects());
  });

  test('takes types by name and leaves all else as text', () => {
    const copy = fromCSV(
      'example_id,repetition,eval.exact.score,code,day,big,flag\n007,2,0.5,007,2026-01-05,9007199254740993,True\n',
    );
    expect(copy.object(0)).toEqual({
      example_id: '007',
      repetition: 2,
      'eval.exact.score': 0.5,
      code: '007',
      day: '2026-01-05',
      big: '9007199254740993',
      flag: 'True',
    });
    expect(fromCSV('flag,n\nTrue,1e3\nFALSE,.5\n', { types: { flag: 'boolean', n: 'float' } }).objects()).toEqual([
      { flag: true, n: 1000 },
      { flag: false, n: 0.5 },
    ]);
  });

  test('refuses a cell that is not what its column holds, naming line and column', () => {
    const text = `example_id,eval.exact.score\n${'a,1\n'.repeat(1500)}a,late\n`;
    expect(() => fromCSV(text)).toThrow("Expected column 'eval.exact.score' to hold a number, got 'late' in line 1502");
    expect(() => fromCSV('output,repetition\n"two\nlines",1\n\n"x\ny",1.5\nz,1\n')).toThrow(
      "Expected column 'repetition' to hold a whole number of at most 32 bits, got '1.5' in line 5",
    );
    expect(() => fromCSV('start_time\nyesterday\n')).toThrow(
      "column 'start_time' to hold a time in ISO 8601, got 'yesterday' in line 2",
    );
    expect(() => fromCSV('latency_ms\n0x10\n')).toThrow(AssayError);
  });

  test('reads every time to the millisecond, as Date does, and refuses days that are none', () => {
    const times = [
      '1970-01-01T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
      '2024-02-29T12:34:56.789Z',
      '1999-12-31T23:59:59.999Z',
      '9999-12-28T23:59:59.001Z',
    ];
    const read = fromCSV(`start_time\n${times.join('\n')}\n`);
    expect(Array.from(read.array('start_time') as Iterable<Date>, (time) => time.toISOString())).toEqual(times);
    for (const bad of [
      '2023-13-01T00:00:00.000Z',
      '2023-00-01T00:00:00.000Z',
      '2023-01-00T00:00:00.000Z',
      '2023-01-01T25:00:00.000Z',
      '2023-01-01T00:60:00.000Z',
      '2023-01-01T00:00:60.000Z',
      '2023-01-01T00:00:00.00xZ',
      '2023-01-01t00:00:00.000Z',
    ]) {
      expect(() => fromCSV(`start_time\n${bad}\n`), bad).toThrow(`got '${bad}' in line 2`);
    }
  });

  test('keeps NaN and null of a number apart', () => {
    const read = fromCSV('latency_ms,cost_usd\nNaN,-0\n,Infinity\n');
    expect(Array.from(read.array('latency_ms') as Iterable<number>)).toEqual([Number.NaN, null]);
    expect(Array.from(read.array('cost_usd') as Iterable<number>)).toEqual([-0, Infinity]);
  });

  test('keeps null and the empty text apart', () => {
    expect(fromCSV('a,b,c\n,"",x\n"",,y\n').objects()).toEqual([
      { a: null, b: '', c: 'x' },
      { a: '', b: null, c: 'y' },
    ]);
    expect(fromCSV('a,b\n"say ""hi""",\n').objects()).toEqual([{ a: 'say "hi"', b: null }]);
    expect(fromCSV('a,b\n"x,"",y",\n').objects()).toEqual([{ a: 'x,",y', b: null }]);
  });

  test('skips a byte-order mark and blank lines, and takes any line ending', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      expect(fromCSV(`\ufeffa,b${end}1,2${end}${end}3,4${end}`).objects()).toEqual([
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ]);
    }
    expect(fromCSV('a,b\n1,2\r\n3,4').objects()).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  test('takes a blank line for a null where there is only one column', () => {
    const single = table({ a: ['x', null, '', null] });
    expect(fromCSV(toCSV(single)).array('a')).toEqual(['x', null, '', null]);
  });

  test.each([
    ['a row that is too short', 'a,b\n1,2\n\n3\n', 'line 4'],
    ['a row that is too long', 'a,b\n1,2,3\n', 'line 2'],
    ['a column twice', 'a,b,a\n1,2,3\n', "'a' twice in line 1"],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', "a quote is never closed in line 2, column 'b'"],
    ['one after lines within cells', 'a,b\n"1\n1",2\n\n3,"4\n5', "a quote is never closed in line 5, column 'b'"],
    ['a quote in the header that is never closed', 'a,"b\n1,2\n', 'a quote is never closed in line 1'],
    ['text after a closing quote', 'a,b\n"1"x,2\n', "a quote stands inside of a cell in line 2, column 'a'"],
    ['a column named __proto__', '__proto__,b\n1,2\n', "'__proto__'"],
    ['no header', '', 'Expected CSV with a header line'],
  ])('refuses %s', (_, text, message) => {
    expect(() => fromCSV(text)).toThrow(message);
    expect(() => fromCSV(text)).toThrow(AssayError);
  });

  test('keeps a header whose names look like numbers in its order', () => {
    expect(fromCSV('b,1,a\nx,y,z\n').columnNames()).toEqual(['b', '1', 'a']);
  });

  test('reads times as pandas and polars write them', () => {
    const copy = fromCSV(
      'start_time\n2026-01-05 10:00:00.123456+00:00\n2026-01-05T10:00:00.123+0100\n2026-01-05\n2026-01-05T10:00:00Z\n',
    );
    expect(copy.objects().map((row) => JSON.parse(JSON.stringify(row)).start_time)).toEqual([
      '2026-01-05T10:00:00.123Z',
      '2026-01-05T09:00:00.123Z',
      '2026-01-05T00:00:00.000Z',
      '2026-01-05T10:00:00.000Z',
    ]);
  });
});

describe('toCSV', () => {
  test('writes the shortest digits, times with milliseconds, nested values as JSON and bytes as base64', () => {
    const made = table({
      n: [0.1 + 0.2, -0],
      time: [new Date(0), null],
      nested: [{ a: [1, 'x'] }, null],
      bytes: [Uint8Array.of(255), null],
      big: [2n ** 60n, null],
    });
    expect(toCSV(made.select('n', 'time', 'nested', 'big'))).toBe(
      'n,time,nested,big\n0.30000000000000004,1970-01-01T00:00:00.000Z,"{""a"":[1,""x""]}",1152921504606846976\n-0,,,\n',
    );
  });

  test('guards formulas only when asked, and never numbers', () => {
    const made = table({ text: ['=1+1', '-x', 'plain'], n: [-1, 2, 3] });
    expect(toCSV(made)).toBe('text,n\n=1+1,-1\n-x,2\nplain,3\n');
    expect(toCSV(made, { formulaGuard: true })).toBe("text,n\n'=1+1,-1\n'-x,2\nplain,3\n");
  });

  test('writes the rows that the table shows, in its order', () => {
    const made = table({ a: ['x', 'y', 'z'] })
      .filter((row: { a: string }) => row.a !== 'y')
      .orderby('a')
      .reify();
    expect(toCSV(made)).toBe('a\nx\nz\n');
  });
});
