import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { isBitSet } from './column/bitmap.ts';
import { CodedColumn, Coder } from './column/coded.ts';
import { NumberColumn } from './column/number.ts';
import { evaluatorOf } from './columns.ts';
import { needTable } from './given.ts';

/** Text as codes: `dictionary[codes[row]]`, and -1 where there is none. */
export interface Codes {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/**
 * The numbers of a column, in the order of the table's rows (filtered and sorted as it is); NaN where there is none.
 *
 * Do not write to it: it may be the column itself.
 *
 * @throws AssayError `invalid-input` when the table has no such column, or a value in it is not a number.
 */
export function numbersOf(table: ColumnTable, name: string): Float64Array {
  const column = columnOf(table, name);
  const rows = rowsOf(table);
  if (rows === null && column instanceof NumberColumn && column.values instanceof Float64Array) return column.values;
  if (rows === null && column instanceof NumberColumn) return doublesOf(column);
  const numbers = new Float64Array(table.numRows());
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = numberOf(column.at(rows === null ? index : (rows[index] ?? -1)), name, index);
  }
  return numbers;
}

function doublesOf({ values, validity }: NumberColumn): Float64Array {
  const numbers = Float64Array.from(values);
  if (validity === null) return numbers;
  for (let row = 0; row < numbers.length; row++) if (!isBitSet(validity, row)) numbers[row] = Number.NaN;
  return numbers;
}

const codesByColumn = new WeakMap<object, Codes>();

/**
 * The values of a column as codes, in the order of the table's rows (filtered and sorted as it is).
 *
 * Values that are not text are coded by their text. Do not write to it: it may be the column itself. A dictionary may
 * hold texts that no row has.
 *
 * @throws AssayError `invalid-input` when the table has no such column.
 */
export function codesOf(table: ColumnTable, name: string): Codes {
  const whole = codesOfColumn(columnOf(table, name));
  const rows = rowsOf(table);
  if (rows === null) return whole;
  return { codes: Int32Array.from(rows, (row) => whole.codes[row] ?? -1), dictionary: whole.dictionary };
}

/** The names of the evaluators that a runs frame has columns of, in order. */
export function evaluatorNames(table: ColumnTable): string[] {
  return [
    ...new Set(
      needTable(table)
        .columnNames()
        .flatMap((name) => evaluatorOf(name)?.evaluator ?? []),
    ),
  ];
}

/** The rows of the columns that the table shows, in its order; `null` when it shows all as they stand. */
export function rowsOf(table: ColumnTable): Uint32Array | null {
  return table.isFiltered() || table.isOrdered() ? Uint32Array.from(table.indices()) : null;
}

interface ReadableColumn {
  readonly length: number;
  at(row: number): unknown;
}

/** The column of that name. @throws AssayError `invalid-input` when there is none. */
export function columnOf(table: ColumnTable, name: string): ReadableColumn {
  const names = needTable(table).columnNames();
  const column = names.includes(name) ? table.column(name) : undefined;
  if (column === undefined) {
    const known = names.map((other) => `'${other}'`).join(', ');
    throw new AssayError(
      'invalid-input',
      `Expected a column '${name}', got ${known === '' ? 'a table without columns' : known}`,
    );
  }
  return column;
}

function codesOfColumn(column: ReadableColumn): Codes {
  if (column instanceof CodedColumn) return column;
  const known = codesByColumn.get(column);
  if (known !== undefined) return known;
  const coder = new Coder();
  const codes = new Int32Array(column.length);
  for (let row = 0; row < column.length; row++) codes[row] = coder.code(textOf(column.at(row)));
  const made = { codes, dictionary: coder.dictionary };
  codesByColumn.set(column, made);
  return made;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function numberOf(value: unknown, name: string, index: number): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  throw new AssayError(
    'invalid-input',
    `Expected column '${name}' to hold numbers, got ${JSON.stringify(value)} in row ${index + 1}`,
  );
}
