import { AssayError, type Example } from '@assay/core';
import type { WireArizeExample } from '../wire/arize.ts';
import type { Row } from './rows.ts';

/** Where a part of an example is in a row: a column, several columns as an object, or what a function makes of the row. */
export type FieldSource = string | readonly string[] | ((row: Row) => unknown);

/** The type of the input that these fields give: the row, unless they say otherwise. */
export type InputOfFields<Fields> = Fields extends { readonly input: (row: Row) => infer Input }
  ? Input
  : Fields extends { readonly input: string }
    ? unknown
    : Row;

/** How rows of a dataset become examples. */
export interface ExampleFields {
  /** Default: the whole row, without `id`, `created_at` and `updated_at`. */
  readonly input?: FieldSource | undefined;
  /** Default: `attributes.output.value` where it is there, else `null`. */
  readonly expected?: FieldSource | undefined;
  /** Default: `attributes.metadata` where it holds an object, else nothing. */
  readonly metadata?: FieldSource | undefined;
}

/** The example that a row is. @throws AssayError `invalid-input` for a column that is not there, or metadata that is no object. */
export function exampleOfRow(row: WireArizeExample, fields: ExampleFields): Example {
  const { id, created_at: _createdAt, updated_at: _updatedAt, ...columns } = row;
  return {
    id,
    input: fields.input === undefined ? columns : read(row, fields.input),
    expected:
      fields.expected === undefined
        ? (columns['attributes.output.value'] ?? null)
        : (read(row, fields.expected) ?? null),
    metadata:
      fields.metadata === undefined
        ? (objectOf(columns['attributes.metadata']) ?? {})
        : metadataOf(row, fields.metadata),
    splits: [],
  };
}

function read(row: WireArizeExample, source: FieldSource): unknown {
  if (typeof source === 'function') return source(row);
  if (typeof source === 'string') return cell(row, source);
  return Object.fromEntries(source.map((column) => [column, cell(row, column)]));
}

function cell(row: WireArizeExample, column: string): unknown {
  if (column in row) return row[column];
  throw new AssayError(
    'invalid-input',
    `Expected example ${row.id} to have the column ${column}, got ${Object.keys(row).join(', ')}`,
  );
}

function metadataOf(row: WireArizeExample, source: FieldSource): Readonly<Record<string, unknown>> {
  const value = read(row, source);
  if (value === null || value === undefined) return {};
  const metadata = objectOf(value);
  if (metadata === null)
    throw new AssayError(
      'invalid-input',
      `Expected the metadata of example ${row.id} to be an object, got a ${Array.isArray(value) ? 'list' : typeof value}`,
    );
  return metadata;
}

/** An object, or the object that a text holds as JSON, as AX keeps nested values. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value === 'string' && value.trimStart().startsWith('{')) {
    try {
      return objectOf(JSON.parse(value));
    } catch {
      return null;
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
