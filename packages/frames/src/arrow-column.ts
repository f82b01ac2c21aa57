import { type Batch, type Column, dictionary, int32, Type, utf8 } from '@uwdata/flechette';
import { type ArrowType, arrowTypes, withType } from './arrow-type.ts';
import { type Bitmap, bitmapBytes, isBitSet } from './column/bitmap.ts';
import { BoolColumn } from './column/bool.ts';
import { CodedColumn, Coder } from './column/coded.ts';
import type { FrameColumn } from './column/column.ts';
import { type LongArray, LongColumn } from './column/long.ts';
import { NestedColumn } from './column/nested.ts';
import { type NumberArray, NumberColumn } from './column/number.ts';
import { sealText, type TextChunk, TextColumn } from './column/text.ts';
import { TimeColumn } from './column/time.ts';

type Batches = readonly Batch<unknown>[];

/** Our column over the data of flechette's, which was read with bigint values. Text of any width becomes utf8. */
export function columnFromArrow(column: Column<unknown>, type: ArrowType): FrameColumn<unknown> {
  const batches = column.data;
  switch (type.typeId) {
    case Type.Bool:
      return withType(boolColumnOf(batches, column.length), type);
    case Type.Int:
      return withType(
        type.bitWidth === 64
          ? longColumnOf(batches, type.values, column.length)
          : numberColumnOf(batches, type.values, column.length),
        type,
      );
    case Type.Float:
      return type.precision === 0
        ? nested(column, type)
        : withType(numberColumnOf(batches, type.values, column.length), type);
    case Type.Timestamp:
      return withType(
        new TimeColumn(
          concat<BigInt64Array>(batches, BigInt64Array, column.length),
          validityOf(batches, column.length),
          type.unit,
        ),
        type,
      );
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return withType(
        new TextColumn(batches.flatMap((batch) => (batch.length === 0 ? [] : textChunk(batch, type)))),
        arrowTypes.text,
      );
    case Type.Dictionary:
      return isText(type.dictionary)
        ? withType(codedColumnOf(batches, type.dictionary, column.length), dictionary(utf8(), int32(), type.ordered))
        : nested(column, type.dictionary);
    default:
      return nested(column, type);
  }
}

function nested(column: Column<unknown>, type: ArrowType): NestedColumn {
  return withType(new NestedColumn(column, type), type);
}

function isText(type: ArrowType): boolean {
  return type.typeId === Type.Utf8 || type.typeId === Type.LargeUtf8 || type.typeId === Type.Utf8View;
}

function numberColumnOf(batches: Batches, ArrayType: unknown, length: number): NumberColumn {
  const validity = validityOf(batches, length);
  const values = concat<NumberArray>(batches, ArrayType as new (length: number) => NumberArray, length);
  if (validity === null || !(values instanceof Float64Array || values instanceof Float32Array))
    return new NumberColumn(values, validity);
  // What stands in the data of a null row is anything; `NumberColumn` promises NaN.
  return new NumberColumn(
    values.map((value: number, row: number) => (isBitSet(validity, row) ? value : Number.NaN)),
    validity,
  );
}

function longColumnOf(batches: Batches, ArrayType: unknown, length: number): LongColumn {
  return new LongColumn(
    concat<LongArray>(batches, ArrayType as new (length: number) => LongArray, length),
    validityOf(batches, length),
  );
}

/** The values of all batches in one array: that of the batch itself when there is only one. */
function concat<List extends NumberArray | LongArray>(
  batches: Batches,
  ArrayType: new (length: number) => List,
  length: number,
): List {
  const [only] = batches;
  if (batches.length === 1 && only !== undefined) return only.values.subarray(0, length) as List;
  const all = new ArrayType(length);
  let start = 0;
  for (const batch of batches) {
    all.set(batch.values.subarray(0, batch.length) as never, start);
    start += batch.length;
  }
  return all;
}

function validityOf(batches: Batches, length: number): Bitmap | null {
  const [only] = batches;
  if (batches.length === 1 && only !== undefined) return validityOfBatch(only);
  if (batches.every((batch) => validityOfBatch(batch) === null)) return null;
  return joinBits(batches, length, validityOfBatch);
}

function validityOfBatch(batch: Batch<unknown>): Bitmap | null {
  return batch.nullCount === 0 || batch.validity === undefined || batch.validity.length === 0 ? null : batch.validity;
}

function joinBits(batches: Batches, length: number, bitsOf: (batch: Batch<unknown>) => Bitmap | null): Bitmap {
  const bits = new Uint8Array(bitmapBytes(length));
  let row = 0;
  for (const batch of batches) {
    const own = bitsOf(batch);
    for (let index = 0; index < batch.length; index++, row++) {
      if (own === null || isBitSet(own, index)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
    }
  }
  return bits;
}

function boolColumnOf(batches: Batches, length: number): BoolColumn {
  const [only] = batches;
  const bitsOf = (batch: Batch<unknown>): Bitmap => batch.values as Uint8Array;
  const bits = batches.length === 1 && only !== undefined ? bitsOf(only) : joinBits(batches, length, bitsOf);
  return new BoolColumn(bits, validityOf(batches, length), length);
}

const mostBytes = 2 ** 31 - 1;

function textChunk(batch: Batch<unknown>, type: ArrowType): TextChunk[] {
  const validity = validityOfBatch(batch);
  const { offsets } = batch;
  if (type.typeId === Type.Utf8)
    return [
      { offsets: (offsets as Int32Array).subarray(0, batch.length + 1), bytes: batch.values as Uint8Array, validity },
    ];
  if (type.typeId === Type.LargeUtf8 && Number(offsets?.[batch.length] ?? 0) <= mostBytes) {
    const narrow = Int32Array.from((offsets as BigInt64Array).subarray(0, batch.length + 1), Number);
    return [{ offsets: narrow, bytes: batch.values as Uint8Array, validity }];
  }
  return sealedPieces(batch);
}

/** Text that lies in several buffers, or in one that 32-bit offsets do not reach, is copied in parts. */
function sealedPieces(batch: Batch<unknown>): TextChunk[] {
  const chunks: TextChunk[] = [];
  for (let start = 0; start < batch.length; start += 65_536) {
    const rows = Array.from({ length: Math.min(65_536, batch.length - start) }, (_, index) =>
      bytesAt(batch, start + index),
    );
    chunks.push(sealText(rows));
  }
  return chunks;
}

/** The UTF-8 of a row, as flechette's own decoder drops a byte-order mark that is part of the text. */
function bytesAt(batch: Batch<unknown>, row: number): Uint8Array | null {
  const validity = validityOfBatch(batch);
  if (validity !== null && !isBitSet(validity, row)) return null;
  if (isViewBatch(batch)) return batch.view(row);
  return (batch.values as Uint8Array).subarray(Number(batch.offsets?.[row]), Number(batch.offsets?.[row + 1]));
}

function isViewBatch(batch: Batch<unknown>): batch is Batch<unknown> & { view(row: number): Uint8Array } {
  return 'view' in batch && typeof batch.view === 'function';
}

/**
 * One dictionary for all batches. Arquero takes the first batch's for all of them and so reads other texts, and takes
 * the 257th code of a byte for the first.
 */
function codedColumnOf(batches: Batches, textType: ArrowType, length: number): CodedColumn {
  const coder = new Coder();
  const codes = new Int32Array(length).fill(-1);
  let row = 0;
  for (const batch of batches) {
    const texts = columnFromArrow(
      (batch as Batch<unknown> & { readonly dictionary: Column<unknown> }).dictionary,
      textType,
    );
    const translated = Int32Array.from({ length: texts.length }, (_, code) =>
      coder.code(texts.at(code) as string | null),
    );
    const validity = validityOfBatch(batch);
    for (let index = 0; index < batch.length; index++, row++) {
      if (validity === null || isBitSet(validity, index)) codes[row] = translated[Number(batch.values[index])] ?? -1;
    }
  }
  return new CodedColumn(codes, coder.dictionary);
}
