import { Failure } from './failure.ts';
import { parseJson } from './request-body.ts';
import type { JsonObject } from './schemas.ts';

/** Which columns of a file become what. */
export interface Columns {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly metadata: readonly string[];
  readonly split: string | undefined;
  readonly splits: readonly string[];
  readonly spanId: string | undefined;
  readonly exampleId: string | undefined;
  /** Columns that hold objects, whose keys take their place. */
  readonly flattened: readonly string[];
}

/** A row of a file. A column that it has nothing in may be missing. */
export type Row = ReadonlyMap<string, unknown>;

type Bucket = 'input' | 'output' | 'metadata';

/** The row with the columns that are to be flattened read as objects. @throws Failure 422 when one holds something else. */
export function flatten(row: Row, { flattened }: Columns): Row {
  if (flattened.length === 0) return row;
  const read = new Map(row);
  for (const name of flattened) {
    const cell = row.get(name);
    if (cell === undefined) continue;
    const value = typeof cell === 'string' ? parseJson(cell, ['body', 'file', name]) : cell;
    if (!isObject(value)) throw new Failure(422, `Cannot flatten ${JSON.stringify(name)}: expected an object`);
    read.set(name, value);
  }
  return read;
}

/**
 * What of a row is its input, output or metadata.
 *
 * Columns as a download has them, `input.question.text`, lose the name of the bucket, and their dots are nesting.
 */
export function bucketOf(row: Row, columns: Columns, bucket: Bucket): JsonObject {
  const isDotted =
    columns.flattened.length === 0 &&
    (['input', 'output', 'metadata'] as const).some((kind) =>
      columns[kind].some((name) => name.startsWith(`${kind}.`)),
    );
  const content: Record<string, unknown> = {};
  for (const name of columns[bucket]) {
    if (!row.has(name)) continue;
    const cell = row.get(name);
    if (columns.flattened.includes(name)) addAll(content, cell as JsonObject, name);
    else if (isDotted && name.startsWith(`${bucket}.`))
      nest(content, name.slice(bucket.length + 1).split('.'), read(cell));
    else add(content, name, isDotted ? read(cell) : cell);
  }
  return content;
}

/** The splits that a cell names: one by its name, or several as a JSON list. */
export function splitsOfCell(cell: unknown): readonly string[] {
  const value = typeof cell === 'string' && cell.trim().startsWith('[') ? listOr(cell) : cell;
  const names = Array.isArray(value) ? value : [value];
  return names.flatMap((name) => {
    const text = name === null || name === undefined ? '' : String(name).trim();
    return text === '' || text.toLowerCase() === 'nan' ? [] : [text];
  });
}

function listOr(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

/** A cell that looks like an object or a list is one, if it can be read so. */
function read(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return cell;
  try {
    return parseJson(cell, ['body', 'file']);
  } catch {
    return cell;
  }
}

function nest(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return add(into, key, value);
  const inner = Object.hasOwn(into, key) ? into[key] : {};
  if (!isObject(inner))
    throw new Failure(422, `Expected the column ${JSON.stringify(key)} not to be both a value and an object`);
  const copy = { ...inner };
  nest(copy, rest, value);
  define(into, key, copy);
}

function addAll(into: Record<string, unknown>, values: JsonObject, column: string): void {
  for (const [key, value] of Object.entries(values)) {
    if (Object.hasOwn(into, key))
      throw new Failure(422, `Cannot flatten ${JSON.stringify(column)}: ${JSON.stringify(key)} is there already`);
    define(into, key, value);
  }
}

function add(into: Record<string, unknown>, key: string, value: unknown): void {
  if (Object.hasOwn(into, key)) throw new Failure(422, `Expected the column ${JSON.stringify(key)} to be there once`);
  define(into, key, value);
}

/** Plain assignment would take `__proto__` for something else. */
function define(into: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
