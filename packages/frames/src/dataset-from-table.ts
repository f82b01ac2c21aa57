import type { ExampleDraft } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { needSettings, needTable } from './given.ts';
import { ColumnCells } from './table-cell.ts';

/** A column, whose cells are the values; or several, which become an object with their names as keys. */
export type FieldColumns = string | readonly string[];

/** Which columns an example is made of. What is left out is taken from the column of that name, where there is one. */
export interface DatasetMapping {
  /** Default: `input`. */
  readonly input?: FieldColumns | undefined;
  /** The reference answer. Default: `expected`. */
  readonly expected?: FieldColumns | undefined;
  /** One column of objects (or their JSON text), or several columns. Default: `metadata`. */
  readonly metadata?: FieldColumns | undefined;
  /** A column with the name of a split, or with a list of names. Default: `splits` or `split`. */
  readonly split?: string | undefined;
  /** Default: `example_id` or `id`. */
  readonly id?: string | undefined;
  /** Takes text that is a JSON object or list for that, as in frames that were written to CSV. Default false: text stays text. */
  readonly json?: boolean | undefined;
}

/**
 * The examples in a table, a row each, to run or to save as a dataset.
 *
 * @example
 * ```ts
 * import { datasetFromTable, fromCSV } from '@assay/frames';
 *
 * const table = fromCSV('question,answer,topic\nCapital of Peru?,Lima,geography\n');
 * const examples = datasetFromTable(table, { input: 'question', expected: 'answer', metadata: ['topic'] });
 * ```
 *
 * @throws AssayError `invalid-input` with the row and the column: a column that is not there, a row without input, an id
 * that is empty or there twice, metadata that is no object.
 */
export function datasetFromTable(table: ColumnTable, mapping: DatasetMapping = {}): ExampleDraft[] {
  needTable(table);
  const json = needSettings('how to read the table as { input, expected, … }', mapping).json === true;
  const input = readField(table, mapping.input ?? 'input', json);
  const expected = optionalField(table, mapping.expected, 'expected', json);
  const metadata = readMetadata(table, mapping.metadata);
  const splits = optionalCells(table, mapping.split, ['splits', 'split']);
  const ids = optionalCells(table, mapping.id, ['example_id', 'id']);
  const rowById = new Map<string, number>();

  return Array.from({ length: table.numRows() }, (_, row) => {
    const value = input.read(row);
    if (value === null)
      throw new AssayError('invalid-input', `Expected ${input.name} to hold an input, got nothing in row ${row + 1}`);
    const id = ids === null ? null : checkedId(ids, row, rowById);
    return {
      ...(id === null ? {} : { id }),
      input: value,
      expected: expected?.read(row) ?? null,
      metadata: metadata(row),
      splits: splits?.texts(row) ?? [],
    };
  });
}

interface FieldReader {
  /** For messages. */
  readonly name: string;
  read(row: number): unknown;
}

function readField(table: ColumnTable, columns: FieldColumns, json: boolean): FieldReader {
  if (typeof columns === 'string') {
    const cells = new ColumnCells(table, columns);
    return { name: `column '${columns}'`, read: (row) => (json ? cells.parsedValue(row) : cells.value(row)) };
  }
  const all = columns.map((name) => new ColumnCells(table, name));
  if (all.length === 0)
    throw new AssayError('invalid-config', 'Expected at least one column for a field, got an empty list');
  return {
    name: columns.map((name) => `'${name}'`).join(', '),
    read: (row) =>
      Object.fromEntries(all.map((cells) => [cells.name, json ? cells.parsedValue(row) : cells.value(row)])),
  };
}

function optionalField(
  table: ColumnTable,
  columns: FieldColumns | undefined,
  name: string,
  json: boolean,
): FieldReader | null {
  if (columns !== undefined) return readField(table, columns, json);
  return table.columnNames().includes(name) ? readField(table, name, json) : null;
}

function readMetadata(table: ColumnTable, columns: FieldColumns | undefined): (row: number) => Record<string, unknown> {
  if (columns !== undefined && typeof columns !== 'string') {
    const field = readField(table, columns, false);
    return (row) => ({ ...(field.read(row) as Record<string, unknown>) });
  }
  const cells = optionalCells(table, columns, ['metadata']);
  return (row) => cells?.object(row) ?? {};
}

function optionalCells(table: ColumnTable, column: string | undefined, names: readonly string[]): ColumnCells | null {
  const name = column ?? names.find((known) => table.columnNames().includes(known));
  return name === undefined ? null : new ColumnCells(table, name);
}

function checkedId(cells: ColumnCells, row: number, rowById: Map<string, number>): string | null {
  const id = cells.id(row);
  if (id === null) return null;
  if (id === '')
    throw new AssayError(
      'invalid-input',
      `Expected column '${cells.name}' to hold an id, got the empty text in row ${row + 1}`,
    );
  const first = rowById.get(id);
  if (first !== undefined) {
    throw new AssayError(
      'invalid-input',
      `Expected ids to be unique, got '${id}' in rows ${first + 1} and ${row + 1} of column '${cells.name}'`,
    );
  }
  rowById.set(id, row);
  return id;
}
