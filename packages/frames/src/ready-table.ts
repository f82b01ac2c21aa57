import { dictionary, int32, Type, utf8 } from '@uwdata/flechette';
import type { ColumnTable } from 'arquero';
import { hasUnion, writtenType } from './arrow-physical.ts';
import { type ArrowType, arrowTypes, typeOf } from './arrow-type.ts';
import { CodedColumn } from './column/coded.ts';
import { FrameColumn } from './column/column.ts';
import { codedColumn, columnFromValues, type Values } from './column/from-values.ts';
import { NestedColumn } from './column/nested.ts';
import { chunkLength, TextColumn } from './column/text.ts';
import { isNullable, kindByName } from './columns.ts';
import { frameInfo, frameInfoKey } from './frame-info.ts';
import { needTable } from './given.ts';
import { checkNames } from './frame-table.ts';
import { rowsOf } from './read-column.ts';

/** A column as one of ours, with the Arrow type under which it is written. */
export interface ReadyColumn {
  readonly name: string;
  readonly column: FrameColumn<unknown>;
  readonly type: ArrowType;
  readonly nullable: boolean;
}

/** A table of which every column has its type. */
export interface ReadyTable {
  readonly columns: readonly ReadyColumn[];
  /** The rows that the table shows, in its order; `null`: all as they stand. */
  readonly rows: Uint32Array | null;
  readonly length: number;
  readonly metadata: Map<string, string> | null;
}

/** Rows `start` up to but not including `end`. */
export type RowRange = readonly [start: number, end: number];

const readyTables = new WeakMap<ColumnTable, ReadyTable>();

/**
 * Settles the type of every column.
 *
 * @throws AssayError `invalid-input` for a column named `__proto__`, `invalid-config` for what is no table.
 */
export function readyTable(table: ColumnTable): ReadyTable {
  const known = readyTables.get(needTable(table));
  if (known !== undefined) return known;
  checkNames(table.columnNames());
  const info = frameInfo(table);
  const made = {
    columns: table.columnNames().map((name) => readyColumn(name, table.column(name) ?? [])),
    rows: rowsOf(table),
    length: table.numRows(),
    metadata: info === null ? null : new Map([[frameInfoKey, JSON.stringify(info)]]),
  };
  readyTables.set(table, made);
  return made;
}

/** The given rows of a column of the table. */
export function cutColumn(
  column: FrameColumn<unknown>,
  rows: Uint32Array | null,
  [start, end]: RowRange,
): FrameColumn<unknown> {
  if (rows !== null) return column.take(rows.subarray(start, end));
  return start === 0 && end === column.length ? column : column.slice(start, end);
}

const rowsPerBatch = 131_072;
/** 32-bit offsets reach 2 GiB of text; half of it leaves room for a reader that joins batches. */
const textPerBatch = 2 ** 30;

/** The rows of each batch: at most 131,072, and at most 1 GiB of text a column. There is at least one, which tells the types. */
export function rowRanges({ columns, rows, length }: ReadyTable, mostText: number = textPerBatch): RowRange[] {
  const split = (start: number, end: number): RowRange[] => {
    const isSmall =
      end - start <= 1 || columns.every(({ column }) => textBytes(cutColumn(column, rows, [start, end])) <= mostText);
    const middle = start + ((end - start) >> 1);
    return isSmall ? [[start, end]] : [...split(start, middle), ...split(middle, end)];
  };
  const count = Math.max(1, Math.ceil(length / rowsPerBatch));
  return Array.from({ length: count }, (_, index) => index * rowsPerBatch).flatMap((start) =>
    split(start, Math.min(start + rowsPerBatch, length)),
  );
}

function readyColumn(name: string, values: Values): ReadyColumn {
  const column = values instanceof FrameColumn ? values : columnFromValues(name, values);
  const type = typeOf(column) ?? arrowTypes.text;
  // A verb of the user's may have put nulls into a column that has none in our frames.
  const nullable = kindByName(name) === undefined || isNullable(name) || hasNull(column);
  if (column instanceof NestedColumn)
    return { name, column, type: hasUnion(type) ? arrowTypes.text : writtenType(type), nullable };
  if (type.typeId !== Type.Dictionary) return { name, column, type, nullable };
  // Each column has a type object of its own, by which flechette finds its dictionary.
  const own = dictionary(utf8(), int32(), type.ordered);
  return { name, column: column instanceof TextColumn ? codedColumn(column.toArray()) : column, type: own, nullable };
}

function hasNull(column: FrameColumn<unknown>): boolean {
  if ('validity' in column) return column.validity !== null;
  if (column instanceof CodedColumn) return column.codes.includes(-1);
  for (let row = 0; row < column.length; row++) {
    if ((column instanceof TextColumn ? column.piece(row) : column.at(row)) === null) return true;
  }
  return false;
}

/** An upper bound of the UTF-8 in a column. */
function textBytes(column: FrameColumn<unknown>): number {
  if (column instanceof CodedColumn) {
    const longest = column.dictionary.reduce((most, text) => Math.max(most, text.length), 0);
    return longest * 3 * column.length;
  }
  if (!(column instanceof TextColumn)) return 0;
  if (column.rows === null) return column.chunks.reduce((sum, chunk) => sum + chunkBytes(chunk), 0);
  let bytes = 0;
  for (let row = 0; row < column.length; row++) bytes += pieceBytes(column.piece(row));
  return bytes;
}

function chunkBytes(chunk: TextColumn['chunks'][number]): number {
  if ('texts' in chunk) return chunk.texts.reduce((sum, text) => sum + pieceBytes(text), 0);
  return (chunk.offsets[chunkLength(chunk)] ?? 0) - (chunk.offsets[0] ?? 0);
}

function pieceBytes(piece: string | Uint8Array | null): number {
  return piece === null ? 0 : typeof piece === 'string' ? piece.length * 3 : piece.length;
}
