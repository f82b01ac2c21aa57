import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '@assay/core';
import { CompressionType, getCompressionCodec, setCompressionCodec, tableFromIPC, Type } from '@uwdata/flechette';
import { op, table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromArrowIPC } from '../src/arrow-read.ts';
import { toArrowIPC } from '../src/arrow-write.ts';
import { withType } from '../src/arrow-type.ts';
import { frameInfo } from '../src/frame-info.ts';
import { readyTable, rowRanges } from '../src/ready-table.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from './fixtures/capitals.ts';

const frame = runsFrame(records);

/** Written by the library of that name (test-python/foreign.py). */
function foreign(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, 'fixtures/foreign', name));
}

function typesIn(bytes: Uint8Array): Record<string, unknown> {
  return Object.fromEntries(tableFromIPC(bytes).schema.fields.map(({ name, type }) => [name, type.typeId]));
}

describe('toArrowIPC', () => {
  test.each(['stream', 'file'] as const)('is read back the same, with the experiment, as a %s', (format) => {
    const copy = fromArrowIPC(toArrowIPC(frame, { format }));
    expect(copy.columnNames()).toEqual(frame.columnNames());
    expect(copy.objects()).toEqual(frame.objects());
    expect(frameInfo(copy)).toEqual(frameInfo(frame));
  });

  test('has the types of the contract, and marks what is never null', () => {
    const fields = new Map(tableFromIPC(toArrowIPC(frame)).schema.fields.map((field) => [field.name, field]));
    expect(fields.get('start_time')?.type).toMatchObject({ typeId: Type.Timestamp, unit: 1, timezone: 'UTC' });
    expect(fields.get('repetition')?.type).toMatchObject({ typeId: Type.Int, bitWidth: 32, signed: true });
    expect(fields.get('prompt_tokens')?.type).toMatchObject({ typeId: Type.Int, bitWidth: 32 });
    expect(fields.get('status')?.type).toMatchObject({ typeId: Type.Dictionary, indices: { bitWidth: 32 } });
    expect(fields.get('example_id')?.type).toMatchObject({ typeId: Type.Utf8 });
    expect(fields.get('eval.exact.score')?.type).toMatchObject({ typeId: Type.Float, precision: 2 });
    expect(fields.get('error')?.type).toMatchObject({ typeId: Type.Utf8 });
    expect([fields.get('run_id')?.nullable, fields.get('attempts')?.nullable, fields.get('error')?.nullable]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('keeps types where Arquero would guess others: through its verbs, and by name after slice and join', () => {
    const verbs = frame
      .filter((row: { repetition: number }) => row.repetition === 1)
      .orderby('example_id')
      .rename({ prompt_tokens: 'tokens' });
    expect(typesIn(toArrowIPC(verbs))).toMatchObject({
      tokens: Type.Int,
      start_time: Type.Timestamp,
      status: Type.Dictionary,
    });
    const sliced = frame.slice(0, 1);
    expect(typesIn(toArrowIPC(sliced))).toMatchObject({
      prompt_tokens: Type.Int,
      start_time: Type.Timestamp,
      status: Type.Dictionary,
      error: Type.Utf8,
    });
    expect(fromArrowIPC(toArrowIPC(verbs)).objects()).toEqual(verbs.objects());
    expect(fromArrowIPC(toArrowIPC(sliced)).objects()).toEqual(sliced.objects());
  });

  test('guesses wide types for columns without one', () => {
    const made = table({
      small: [1, 2, null],
      flag: [true, null, false],
      mixed: [1, 'a', null],
      nothing: [null, null, null],
      big: [1n, 2n ** 60n, null],
      when: [new Date(5), null, null],
      list: [[1], null, null],
    });
    expect(typesIn(toArrowIPC(made))).toEqual({
      small: Type.Float,
      flag: Type.Bool,
      mixed: Type.Utf8,
      nothing: Type.Utf8,
      big: Type.Int,
      when: Type.Timestamp,
      list: Type.Utf8,
    });
    expect(fromArrowIPC(toArrowIPC(made)).objects()).toEqual([
      { small: 1, flag: true, mixed: '1', nothing: null, big: 1n, when: new Date(5), list: '[1]' },
      { small: 2, flag: null, mixed: 'a', nothing: null, big: 2n ** 60n, when: null, list: null },
      { small: null, flag: false, mixed: null, nothing: null, big: null, when: null, list: null },
    ]);
  });

  test('keeps columns whose names look like numbers in their order, and refuses __proto__', () => {
    const made = table({ b: [1], '1': [2] }, ['b', '1']);
    expect(fromArrowIPC(toArrowIPC(made)).columnNames()).toEqual(['b', '1']);
    const bad = table(Object.fromEntries([['__proto__', [1]]]), ['__proto__']);
    expect(() => toArrowIPC(bad)).toThrow("Expected a column name other than '__proto__'");
  });

  test('writes a table without rows with all its types', () => {
    const empty = fromArrowIPC(toArrowIPC(runsFrame({ ...records, taskRuns: [] })));
    expect([empty.numRows(), empty.numCols()]).toEqual([0, 19]);
  });

  test('splits what has more text than 32-bit offsets reach', () => {
    const long = table({ text: Array.from({ length: 8 }, () => 'x'.repeat(100)) });
    expect(rowRanges(readyTable(long), 600)).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
      [6, 8],
    ]);
    expect(rowRanges(readyTable(table({ number: Array.from({ length: 300_000 }, () => 1) })))).toEqual([
      [0, 131_072],
      [131_072, 262_144],
      [262_144, 300_000],
    ]);
  });

  test('gives two coded columns each their own dictionary', () => {
    const made = runsFrame(records).select('status', 'eval.exact.label', 'eval.exact.status');
    expect(fromArrowIPC(toArrowIPC(made)).objects()).toEqual(made.objects());
  });
});

describe('fromArrowIPC', () => {
  test('unifies dictionaries that differ by batch, also by deltas', () => {
    expect(fromArrowIPC(foreign('dictionaries.arrows')).array('label')).toEqual(['x', 'y', 'z', 'x', null]);
    expect(fromArrowIPC(foreign('deltas.arrows')).array('label')).toEqual(['x', 'y', 'z', 'x', null]);
  });

  test('reads 256 values and a null in codes of one byte', () => {
    const copy = fromArrowIPC(foreign('full-byte.arrows'));
    expect(copy.array('label').slice(255)).toEqual(['v255', null, 'v0']);
    expect(copy.groupby('label').count().numRows()).toBe(257);
  });

  test('reads LZ4 whose blocks refer to earlier ones, as polars writes it, and ZSTD', () => {
    for (const name of ['polars-lz4.arrow', 'pyarrow-zstd.arrow']) {
      const copy = fromArrowIPC(foreign(name));
      for (const row of [0, 1])
        expect(copy.get('text', row)).toBe(
          Array.from({ length: 9000 }, (_, line) => `line ${line} of ${row}, `).join(''),
        );
      expect(copy.array('number')).toEqual([2n ** 60n + 1n, null]);
    }
  });

  test('leaves the codecs that somebody else has set for flechette', () => {
    const codec = { decode: (bytes: Uint8Array) => bytes, encode: (bytes: Uint8Array) => bytes };
    setCompressionCodec(CompressionType.ZSTD, codec);
    fromArrowIPC(foreign('pyarrow-zstd.arrow'));
    expect(getCompressionCodec(CompressionType.ZSTD)).toBe(codec);
  });

  test('finds dictionaries behind their batch, where polars puts them', () => {
    expect(fromArrowIPC(foreign('polars-categorical.arrow')).array('label')).toEqual(['x', 'y', null]);
  });

  test('reads lists as arrays and never rounds an integer or a timestamp', () => {
    const copy = fromArrowIPC(foreign('nested.arrows'));
    expect(copy.object(0)).toEqual({
      time: new Date(1767607200123),
      numbers: [1.5, null],
      big: 2n ** 60n + 1n,
      struct: { a: 1 },
    });
    const again = tableFromIPC(toArrowIPC(copy), { useBigIntTimestamp: true });
    expect(again.getChild('time')?.at(0)).toBe(1767607200123456n);
    expect(again.getChild('time')?.type).toMatchObject({ unit: 2, timezone: 'UTC' });
  });

  test('reads integers as numbers when all are safe, so that a mean can be taken', () => {
    const longs = table({ n: BigInt64Array.of(1n, 2n ** 40n) });
    const copy = fromArrowIPC(toArrowIPC(longs));
    expect(copy.array('n')).toEqual([1, 2 ** 40]);
    expect(copy.rollup({ mean: op.mean('n') }).get('mean', 0)).toBe((1 + 2 ** 40) / 2);
  });

  test('keeps null, NaN, the empty text and a byte-order mark apart', () => {
    const made = table({ number: [Number.NaN, null, -0], text: ['', null, '\ufeffmark'] });
    const copy = fromArrowIPC(toArrowIPC(made));
    expect(copy.array('number')).toEqual([Number.NaN, null, -0]);
    expect(copy.array('text')).toEqual(['', null, '\ufeffmark']);
  });

  test('reads bytes that do not begin at a multiple of eight', () => {
    const bytes = toArrowIPC(frame);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(fromArrowIPC(shifted).objects()).toEqual(frame.objects());
  });

  test.each(['stream', 'file'] as const)('refuses a %s that was cut off anywhere', (format) => {
    const bytes = toArrowIPC(frame, { format });
    for (let length = 0; length < bytes.length - 8; length += 8) {
      expect(() => fromArrowIPC(bytes.subarray(0, length)), `${length} of ${bytes.length}`).toThrow(AssayError);
    }
  });

  test('refuses what is no bytes', () => {
    for (const [given, kind] of [
      [new ArrayBuffer(8), 'ArrayBuffer'],
      ['ARROW1', 'string'],
      [null, 'null'],
    ])
      expect(() => fromArrowIPC(given as never)).toThrow(`Expected Arrow IPC as a Uint8Array, got ${String(kind)}`);
  });

  test('refuses what is no Arrow', () => {
    for (const text of ['', 'a,b\n1,2\n', 'ARROW1', 'FEA1xxxxFEA1', '\0'.repeat(64), '{"a":1}'.repeat(100)]) {
      expect(() => fromArrowIPC(new TextEncoder().encode(text)), text.slice(0, 10)).toThrow(AssayError);
    }
  });

  test('keeps a type that was set for a column', () => {
    const typed = withType(['a', null], { typeId: Type.Utf8, offsets: Int32Array });
    expect(typesIn(toArrowIPC(table({ status: typed })))).toEqual({ status: Type.Dictionary });
  });
});
