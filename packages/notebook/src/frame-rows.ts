import type { ColumnTable } from 'arquero';
import { cutAt, size } from './figures.ts';
import { preview } from './json-view.ts';

/** A cell as it goes into the page: a number, text, or `null` where there is nothing. */
export type Cell = number | string | null;

/** What is shown of a column. */
export interface ShownColumn {
  readonly name: string;
  readonly type: 'number' | 'text' | 'time' | 'yes or no' | 'JSON' | 'empty';
  /** Places behind the point, for numbers. */
  readonly digits: number;
}

/** The first rows of a frame, and how many there are. */
export interface ShownRows {
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: number;
  readonly hiddenColumns: number;
}

/** Rows that are sorted and filtered in place. More would make notebooks heavy. */
const mostRows = 1000;
const mostColumns = 60;
/** Characters of all cells together, as they are written in the script: with them the display stays below 500 kB. */
const mostCharacters = 300_000;
const mostInCell = 240;

/** Reads the first rows of a frame, in the order of the frame: as many as stay light. */
export function firstRows(table: ColumnTable): ShownRows {
  const names = table.columnNames();
  const shown = names.slice(0, mostColumns);
  const columns = shown.map((name) => table.column(name)!);
  const values: unknown[][] = [];
  let room = mostCharacters;
  const rows: Cell[][] = [];
  table.scan(
    (row, _data, stop) => {
      const raw = columns.map((column) => column.at(row!) as unknown);
      const cells = raw.map(cellOf);
      room -= scriptText(cells).length;
      if (room < 0 && rows.length > 0) return stop!();
      values.push(raw);
      rows.push(cells);
    },
    true,
    mostRows,
  );
  return {
    columns: shown.map((name, index) => describeColumn(name, values, index)),
    rows,
    total: table.numRows(),
    hiddenColumns: names.length - shown.length,
  };
}

/** A value as JSON that may stand in a script: no text in it can end the script. */
export function scriptText(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? null : Number.isFinite(value) ? value : String(value);
    case 'string':
      return value.length <= mostInCell ? value : `${cutAt(value, mostInCell)}… (${size(value.length)})`;
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : timeText(value);
  return preview(value, mostInCell);
}

/** To the millisecond where there are any, in UTC. */
function timeText(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');
}

function describeColumn(name: string, rows: readonly (readonly unknown[])[], index: number): ShownColumn {
  const values = rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined);
  const first = values[0];
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  return { name, type: typeOf(first), digits: digitsOf(numbers) };
}

function typeOf(value: unknown): ShownColumn['type'] {
  if (value === undefined) return 'empty';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'yes or no';
  if (value instanceof Date) return 'time';
  return typeof value === 'string' ? 'text' : 'JSON';
}

/** As many places as four digits that count need, at most four, so that the points of a column stand in line. */
function digitsOf(numbers: readonly number[]): number {
  return numbers.reduce((most, value) => {
    if (most === 4 || Number.isInteger(value)) return most;
    const places = String(Number(value.toPrecision(4))).split('.')[1]?.length ?? 0;
    return Math.max(most, Math.min(4, places));
  }, 0);
}
