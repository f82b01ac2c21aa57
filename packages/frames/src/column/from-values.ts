import { cellText } from '../cell-text.ts';
import { type ArrowType, arrowTypes, withType } from '../arrow-type.ts';
import { type ColumnKind, kindByName, typeOfKind } from '../columns.ts';
import { float32, int16, int8, uint16, uint32, uint64, uint8 } from '@uwdata/flechette';
import { bitmapOf } from './bitmap.ts';
import { boolColumn } from './bool.ts';
import { CodedColumn, Coder } from './coded.ts';
import type { FrameColumn } from './column.ts';
import { LongColumn } from './long.ts';
import { type NumberArray, NumberColumn } from './number.ts';
import { TextColumn } from './text.ts';
import { TimeColumn } from './time.ts';

/** Values without a type: what Arquero's verbs and users make. */
export type Values = Iterable<unknown> & { readonly length: number };

/**
 * A column of the values, with its Arrow type: that of the schema when the name is in it and the values fit, otherwise
 * the widest of its sort (float64, bool, int64 for bigint, timestamp, text). What is mixed becomes JSON text.
 */
export function columnFromValues(name: string, values: Values): FrameColumn<unknown> {
  if (isNumberArray(values)) return withType(new NumberColumn(values), numberType(values));
  if (values instanceof BigInt64Array) return withType(new LongColumn(values), arrowTypes.long);
  if (values instanceof BigUint64Array) return withType(new LongColumn(values), uint64());
  const list = Array.from(values, (value) => value ?? null);
  const kind = kindByName(name);
  const fitting =
    kind !== undefined && list.every((value) => value === null || fits(value, kind)) ? kind : guessKind(list);
  return fitting === 'long'
    ? withType(
        new LongColumn(
          BigInt64Array.from(list, (value) => (typeof value === 'bigint' ? value : 0n)),
          validity(list),
        ),
        arrowTypes.long,
      )
    : withType(columnOfKind(list, fitting), typeOfKind(fitting));
}

/** A column of that kind. Every value that is not null has to be of it. */
export function columnOfKind(values: readonly unknown[], kind: ColumnKind): FrameColumn<unknown> {
  switch (kind) {
    case 'text':
      return new TextColumn([{ texts: values.map(cellText) }]);
    case 'coded':
      return codedColumn(values.map(cellText));
    case 'float':
      return new NumberColumn(filled(new Float64Array(values.length), values, Number.NaN), validity(values));
    case 'integer':
      return new NumberColumn(filled(new Int32Array(values.length), values, 0), validity(values));
    case 'boolean':
      return boolColumn(values.map((value) => (typeof value === 'boolean' ? value : null)));
    case 'time':
      return timeColumn(values);
  }
}

/** Gives each text a code. */
export function codedColumn(texts: readonly (string | null)[]): CodedColumn {
  const coder = new Coder();
  const codes = new Int32Array(texts.length);
  for (let row = 0; row < texts.length; row++) codes[row] = coder.code(texts[row] ?? null);
  return new CodedColumn(codes, coder.dictionary);
}

/** Fills the array with the numbers, and `missing` for all else: `TypedArray.from` with a function takes several times longer. */
function filled<Numbers extends Float64Array | Int32Array>(
  array: Numbers,
  values: readonly unknown[],
  missing: number,
): Numbers {
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    array[row] = typeof value === 'number' ? value : missing;
  }
  return array;
}

/** An invalid date is null, as it is in JSON. */
function timeColumn(values: readonly unknown[]): TimeColumn {
  const milliseconds = Float64Array.from(values, (value) => (value instanceof Date ? value.getTime() : Number.NaN));
  const ticks = new BigInt64Array(values.length);
  milliseconds.forEach((value, row) => {
    if (!Number.isNaN(value)) ticks[row] = BigInt(value);
  });
  return new TimeColumn(ticks, bitmapOf(values.length, (row) => !Number.isNaN(milliseconds[row])).validity);
}

function validity(values: readonly unknown[]): Uint8Array | null {
  return bitmapOf(values.length, (row) => values[row] !== null).validity;
}

function fits(value: unknown, kind: ColumnKind): boolean {
  switch (kind) {
    case 'text':
    case 'coded':
      return typeof value === 'string';
    case 'float':
      return typeof value === 'number';
    case 'integer':
      return typeof value === 'number' && (value | 0) === value && !Object.is(value, -0);
    case 'boolean':
      return typeof value === 'boolean';
    case 'time':
      return value instanceof Date;
  }
}

const guesses = ['float', 'boolean', 'text', 'time'] as const;

function guessKind(values: readonly unknown[]): ColumnKind | 'long' {
  const there = values.filter((value) => value !== null);
  if (there.length === 0) return 'text';
  const guess = guesses.find((kind) => there.every((value) => fits(value, kind)));
  if (guess !== undefined) return guess;
  return there.every((value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value) ? 'long' : 'text';
}

function isNumberArray(values: Values): values is NumberArray {
  return (
    ArrayBuffer.isView(values) &&
    !(values instanceof BigInt64Array || values instanceof BigUint64Array || values instanceof DataView)
  );
}

function numberType(values: NumberArray): ArrowType {
  if (values instanceof Float32Array) return float32();
  if (values instanceof Int32Array) return arrowTypes.integer;
  if (values instanceof Int16Array) return int16();
  if (values instanceof Int8Array) return int8();
  if (values instanceof Uint32Array) return uint32();
  if (values instanceof Uint16Array) return uint16();
  if (values instanceof Uint8Array) return uint8();
  return arrowTypes.float;
}
