import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { parseCell } from './cell-parse.ts';
import { base64, jsonText } from './cell-text.ts';
import { columnOf, rowsOf } from './read-column.ts';

/** The cells of one column, read as what they have to be. Rows count from 0 here and from 1 in messages. */
export class ColumnCells {
  readonly name: string;
  readonly #at: (row: number) => unknown;

  /** @throws AssayError `invalid-input` when the table has no such column. */
  constructor(table: ColumnTable, name: string) {
    const column = columnOf(table, name);
    const rows = rowsOf(table);
    this.name = name;
    this.#at = (row) => column.at(rows === null ? row : (rows[row] ?? -1)) ?? null;
  }

  /** The value as JSON has it: times as ISO 8601, bytes as base64, integers beyond 2^53 as their digits. */
  value(row: number): unknown {
    return jsonValue(this.#at(row));
  }

  /** The value; text that is a JSON object or list is taken for that. */
  parsedValue(row: number): unknown {
    const value = this.value(row);
    return typeof value === 'string' ? (parsedObject(value) ?? value) : value;
  }

  /** A text, or the digits of a number. */
  id(row: number): string | null {
    const value = this.#at(row);
    if (value === null) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return String(value);
    throw this.#wrong('a text or a whole number', row);
  }

  text(row: number): string | null {
    const value = this.#at(row);
    if (value === null || typeof value === 'string') return value;
    throw this.#wrong('text', row);
  }

  /** A finite number, or the text of one; `true` is 1 and `false` is 0. */
  number(row: number): number | null {
    const value = this.#at(row);
    if (value === null) return null;
    const number =
      typeof value === 'string'
        ? parseCell(value.trim(), 'float')
        : typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
          ? Number(value)
          : undefined;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.#wrong('a finite number', row);
  }

  /** A number of at least 0: a time, an amount of money. */
  amount(row: number): number | null {
    const number = this.number(row);
    if (number === null || number >= 0) return number;
    throw this.#wrong('a number of at least 0', row);
  }

  /** A whole number of at least `least`. */
  count(row: number, least: number): number | null {
    const number = this.number(row);
    if (number === null || (Number.isSafeInteger(number) && number >= least)) return number;
    throw this.#wrong(`a whole number of at least ${least}`, row);
  }

  time(row: number): Date | null {
    const value = this.#at(row);
    if (value === null) return null;
    const time = typeof value === 'string' ? parseCell(value.trim(), 'time') : value;
    if (time instanceof Date && !Number.isNaN(time.getTime())) return time;
    throw this.#wrong('a time in ISO 8601', row);
  }

  /** An object, or the JSON text of one. */
  object(row: number): Record<string, unknown> | null {
    const value = this.parsedValue(row);
    if (value === null) return null;
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    throw this.#wrong('a JSON object', row);
  }

  /** A list of texts, the JSON text of one, or a single text. */
  texts(row: number): readonly string[] {
    const value = this.parsedValue(row);
    if (value === null || value === '') return [];
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
    throw this.#wrong('a name or a list of names', row);
  }

  #wrong(expected: string, row: number): AssayError {
    return new AssayError(
      'invalid-input',
      `Expected column '${this.name}' to hold ${expected}, got ${jsonText(this.#at(row))} in row ${row + 1}`,
    );
  }
}

function parsedObject(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonValue(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (ArrayBuffer.isView(value) && Symbol.iterator in value)
    return Array.from(value as Iterable<unknown> & ArrayBufferView, jsonValue);
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, jsonValue(part)]));
  return value;
}
