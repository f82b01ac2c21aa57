import { AssayError, messageOf } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { withType } from './arrow-type.ts';
import { expectations, parseTime } from './cell-parse.ts';
import { jsonText, numberText } from './cell-text.ts';
import type { FrameColumn } from './column/column.ts';
import { columnFromValues, columnOfKind } from './column/from-values.ts';
import { JsonColumn } from './column/json.ts';
import { TextColumn } from './column/text.ts';
import { type ColumnKind, kindByName, typeOfKind } from './columns.ts';
import { checkNames, frameTable } from './frame-table.ts';
import { checkText } from './given.ts';
import { readyTable } from './ready-table.ts';

export interface JSONLReadOptions {
  /** What columns hold, by name, where the schema does not know it or is to be overruled. */
  readonly types?: Readonly<Record<string, ColumnKind>> | undefined;
}

/**
 * The table as JSON Lines, one object a row with every column: the rows it shows, in its order. Times are ISO 8601, and
 * NaN and the infinities, which JSON does not have, are null.
 */
export function toJSONL(table: ColumnTable): string {
  try {
    return [...jsonlParts(table)].join('');
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AssayError('unsupported', 'The table is too long for one string of JSON: write it by writeTable', {
      cause,
    });
  }
}

/** The table as a JSON array of objects. */
export function toJSON(table: ColumnTable): string {
  return `[${[...jsonlParts(table)].join('').trimEnd().replaceAll('\n', ',\n')}]\n`;
}

const rowsPerPart = 4096;

/** The lines in parts, so that a large table need not be one string. */
export function* jsonlParts(table: ColumnTable): Generator<string> {
  const { columns, rows, length } = readyTable(table);
  const keys = columns.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  for (let start = 0; start < length; start += rowsPerPart) {
    let part = '';
    for (let index = start; index < Math.min(start + rowsPerPart, length); index++) {
      const row = rows === null ? index : (rows[index] ?? -1);
      columns.forEach(({ column }, position) => {
        part += (keys[position] ?? '') + jsonValue(column.at(row));
      });
      part += columns.length === 0 ? '{}\n' : '}\n';
    }
    yield part;
  }
}

function jsonValue(value: unknown): string {
  // `JSON.stringify` with a function, which `jsonText` needs for the rest, takes several times longer.
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : 'null';
  if (value === null) return 'null';
  return jsonText(value) ?? 'null';
}

/**
 * A table from JSON Lines: one object a line, with a column for each key of any line. A byte-order mark and blank lines
 * are skipped.
 *
 * Columns of our frames get their types by name; others are numbers, booleans or text where all values are, and
 * otherwise hold the values as they are. Whole numbers keep all their digits.
 *
 * @throws AssayError `invalid-input` with the line: no JSON, no object, a value that is not what its column holds.
 */
export function fromJSONL(text: string, options: JSONLReadOptions = {}): ColumnTable {
  checkText('JSON Lines', text);
  const rows: JsonObject[] = [];
  const lines: number[] = [];
  let line = 0;
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    line++;
    const content = text.slice(start, stop).trim();
    if (content !== '') {
      rows.push(objectAt(parseJson(content, 'line', line), 'line', line));
      lines.push(line);
    }
    start = stop + 1;
  }
  return tableOfRows(rows, (row) => `line ${lines[row]}`, options);
}

/**
 * A table from a JSON array of objects, with a column for each key of any of them.
 *
 * @throws AssayError `invalid-input` with the row, counting from 1.
 */
export function fromJSON(text: string, options: JSONLReadOptions = {}): ColumnTable {
  checkText('JSON', text);
  const list = parseJson(text.startsWith('\ufeff') ? text.slice(1) : text, 'the text');
  if (!Array.isArray(list)) throw new AssayError('invalid-input', 'Expected a JSON array of objects');
  return tableOfRows(
    list.map((value: unknown, index) => objectAt(value, 'row', index + 1)),
    (row) => `row ${row + 1}`,
    options,
  );
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Tells where a row (from 0) stands in the file, for messages. */
type WhereOf = (row: number) => string;

function tableOfRows(rows: readonly JsonObject[], whereOf: WhereOf, { types = {} }: JSONLReadOptions): ColumnTable {
  const columns = new Map<string, unknown[]>();
  // Rows mostly have the same keys in the same order, and then no key needs to be looked up.
  const inOrder: { readonly key: string; readonly values: unknown[] }[] = [];
  rows.forEach((row, index) => {
    // `Object.entries` would make a pair of each cell.
    const keys = Object.keys(row);
    for (let position = 0; position < keys.length; position++) {
      const key = keys[position]!;
      const expected = inOrder[position];
      let values = expected?.key === key ? expected.values : columns.get(key);
      if (values === undefined) {
        checkNames([key], ` in ${whereOf(index)}`);
        columns.set(key, (values = new Array<unknown>(rows.length).fill(null)));
        inOrder.push({ key, values });
      }
      values[index] = row[key];
    }
  });
  return frameTable(
    [...columns].map(([name, values]) => [name, columnOf(name, values, types[name] ?? kindByName(name), whereOf)]),
  );
}

function columnOf(
  name: string,
  values: readonly unknown[],
  kind: ColumnKind | undefined,
  whereOf: WhereOf,
): FrameColumn<unknown> {
  if (kind === 'text' && values.every(isTextOrNull))
    return withType(new TextColumn([{ texts: values }]), typeOfKind('text'));
  if (kind === undefined) return freeColumn(name, values);
  // Values that are JSON text in our frames: an upload may have the objects themselves.
  if (kind === 'text' && jsonTexts.has(name)) return freeColumn('', values);
  const typed = values.map((value, row) => {
    const fitting = value === null ? null : asKind(value, kind);
    if (fitting !== undefined) return fitting;
    throw new AssayError(
      'invalid-input',
      `Expected column '${name}' to hold ${expectations[kind]}, got ${jsonText(value)} in ${whereOf(row)}`,
    );
  });
  return withType(columnOfKind(typed, kind), typeOfKind(kind));
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}

const jsonTexts = new Set(['input', 'expected', 'output', 'metadata', 'splits']);

function freeColumn(name: string, values: readonly unknown[]): FrameColumn<unknown> {
  const kinds = new Set<string>();
  for (const value of values) if (value !== null) kinds.add(typeof value);
  if (
    kinds.has('bigint') &&
    values.every((value) => value === null || typeof value === 'bigint' || Number.isSafeInteger(value))
  ) {
    return columnFromValues(
      name,
      values.map((value) => (typeof value === 'number' ? BigInt(value) : value)),
    );
  }
  return kinds.size > 1 || kinds.has('object')
    ? withType(new JsonColumn(values), typeOfKind('text'))
    : columnFromValues(name, values);
}

function asKind(value: unknown, kind: ColumnKind): unknown {
  switch (kind) {
    case 'time':
      return typeof value === 'string' ? parseTime(value) : undefined;
    case 'integer':
      return typeof value === 'number' && (value | 0) === value ? value : undefined;
    case 'float':
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    default:
      // An id may be a number in JSON.
      return typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'bigint'
          ? String(value)
          : undefined;
  }
}

function objectAt(value: unknown, unit: 'line' | 'row', number: number): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new AssayError(
    'invalid-input',
    `Expected a JSON object, got ${Array.isArray(value) ? 'a list' : (jsonText(value) ?? 'nothing')} in ${unit} ${number}`,
  );
}

function parseJson(text: string, unit: 'line' | 'the text', number?: number): unknown {
  try {
    // A reviver makes parsing several times slower, so it is there only where digits could be lost.
    return /[:[,]\s*-?\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (cause) {
    throw new AssayError(
      'invalid-input',
      `Expected JSON in ${number === undefined ? unit : `${unit} ${number}`}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Gives an integer that a double would round as a bigint, from its text. */
function keepDigits(_key: string, value: unknown, ...more: readonly unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  const [context] = more;
  const source = typeof context === 'object' && context !== null && 'source' in context ? context.source : undefined;
  return typeof source === 'string' && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
