import { AssayError } from '@assay/core/errors';
import { type Batch, batchType, Column, columnFromArray, type DictionaryType, Type } from '@uwdata/flechette';
import { buildingType, hasUnion } from './arrow-physical.ts';
import type { ArrowType } from './arrow-type.ts';
import { type Bitmap, bitmapOf, countUnset } from './column/bitmap.ts';
import { BoolColumn } from './column/bool.ts';
import { CodedColumn } from './column/coded.ts';
import type { FrameColumn } from './column/column.ts';
import { LongColumn } from './column/long.ts';
import { NestedColumn } from './column/nested.ts';
import { NumberColumn } from './column/number.ts';
import { joinSealed, sealText, type SealedText, TextColumn } from './column/text.ts';
import { TimeColumn } from './column/time.ts';
import { cellText, jsonText } from './cell-text.ts';

const noBits = new Uint8Array(0);

/** The rows of a column as one flechette batch of that type. */
export function batchOf(column: FrameColumn<unknown>, type: ArrowType): Batch<unknown> {
  const { length } = column;
  if (column instanceof CodedColumn) {
    return type.typeId === Type.Dictionary ? codedBatch(column, type) : textBatch(expanded(column), type, length);
  }
  if (column instanceof TextColumn) return textBatch(sealed(column), type, length);
  if (column instanceof NumberColumn || column instanceof LongColumn)
    return valueBatch(type, length, column.validity, column.values);
  if (column instanceof TimeColumn) return valueBatch(type, length, column.validity, column.ticks);
  if (column instanceof BoolColumn) return valueBatch(type, length, column.validity, column.bits);
  if (column instanceof NestedColumn) return nestedBatch(column, type);
  return textBatch(sealText(Array.from(column, cellText)), type, length);
}

function valueBatch(type: ArrowType, length: number, validity: Bitmap | null, values: ArrayBufferView): Batch<unknown> {
  const nullCount = countUnset(validity, length);
  return makeBatch(type, {
    length,
    nullCount,
    type,
    validity: nullCount === 0 ? noBits : (validity ?? noBits),
    values,
  });
}

function textBatch({ offsets, bytes, validity }: SealedText, type: ArrowType, length: number): Batch<unknown> {
  const nullCount = countUnset(validity, length);
  return makeBatch(type, {
    length,
    nullCount,
    type,
    validity: nullCount === 0 ? noBits : (validity ?? noBits),
    offsets,
    values: bytes,
  });
}

function codedBatch({ codes, dictionary }: CodedColumn, type: DictionaryType): Batch<unknown> {
  const { validity, nullCount } = bitmapOf(codes.length, (row) => (codes[row] ?? -1) >= 0);
  const values = nullCount === 0 ? codes : codes.map((code) => Math.max(code, 0));
  const batch = makeBatch(type, { length: codes.length, nullCount, type, validity: validity ?? noBits, values });
  return Object.assign(batch, { dictionary: dictionaryColumn(dictionary, type.dictionary) });
}

const columnsByType = new WeakMap<ArrowType, Column<unknown>>();

/** One flechette column for all batches of a table: flechette tells dictionaries apart by the object of their type. */
function dictionaryColumn(dictionary: readonly string[], type: ArrowType): Column<unknown> {
  const known = columnsByType.get(type);
  if (known !== undefined) return known;
  const made = new Column([textBatch(sealText(dictionary), type, dictionary.length)]);
  columnsByType.set(type, made);
  return made;
}

const encoder = new TextEncoder();
const bytesByDictionary = new WeakMap<readonly string[], Uint8Array[]>();

/** The text of every row. Each entry of the dictionary is encoded once for all batches. */
function expanded({ codes, dictionary }: CodedColumn): SealedText {
  const known = bytesByDictionary.get(dictionary) ?? [];
  bytesByDictionary.set(dictionary, known);
  const isRepeating = dictionary.length < codes.length;
  return sealText(
    Array.from(codes, (code) => {
      const text = dictionary[code];
      if (text === undefined) return null;
      return isRepeating ? (known[code] ??= encoder.encode(text)) : text;
    }),
  );
}

/** The column as one piece: chunks that follow each other are joined, rows that were picked are copied one by one. */
function sealed(column: TextColumn): SealedText {
  if (column.rows === null)
    return joinSealed(column.chunks.map((chunk) => ('texts' in chunk ? sealText(chunk.texts) : chunk)));
  return sealText(Array.from({ length: column.length }, (_, row) => column.piece(row)));
}

/** Built value by value from the raw values. */
function nestedBatch(column: NestedColumn, type: ArrowType): Batch<unknown> {
  if (hasUnion(column.type)) return textBatch(sealText(Array.from(column, jsonText)), type, column.length);
  const values = Array.from({ length: column.length }, (_, row) => column.rawAt(row));
  const [batch] = columnFromArray<unknown>(values, buildingType(type)).data;
  return batch ?? emptyBatch(type);
}

/** A batch of no rows: flechette makes none of no values. */
function emptyBatch(type: ArrowType): Batch<unknown> {
  const [batch] = columnFromArray<unknown>([null], buildingType(type)).data;
  if (batch === undefined) throw new AssayError('unsupported', 'An Arrow type without values cannot be written');
  return emptied(batch);
}

function emptied(batch: Batch<unknown>): Batch<unknown> {
  batch.children?.forEach(emptied);
  return Object.assign(batch, { length: 0, nullCount: 0 });
}

function makeBatch(type: ArrowType, parts: Readonly<Record<string, unknown>>): Batch<unknown> {
  const BatchType = batchType(type, { useBigInt: true, useBigIntTimestamp: true }) as new (
    parts: unknown,
  ) => Batch<unknown>;
  return new BatchType(parts);
}
