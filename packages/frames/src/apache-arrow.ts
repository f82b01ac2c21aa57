import { AssayError } from '@assay/core/errors';
import { Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import type { ColumnTable } from 'arquero';
import { fromArrowIPC } from './arrow-read.ts';
import { toArrowIPC } from './arrow-write.ts';

/**
 * The table as one of `apache-arrow`, for the libraries that take those.
 *
 * It always goes through IPC bytes: handed over as objects, timestamps become numbers and lists cannot be written again.
 *
 * @example
 * ```ts
 * import { fromCSV } from '@assay/frames';
 * import { toApacheArrow } from '@assay/frames/apache-arrow';
 *
 * const arrow = toApacheArrow(fromCSV('question,answer\nCapital of Peru?,Lima\n'));
 * console.log(arrow.schema.toString());
 * ```
 */
export function toApacheArrow(table: ColumnTable): Table {
  return tableFromIPC(toArrowIPC(table));
}

/**
 * A table from one of `apache-arrow`, with its types.
 *
 * @throws AssayError `invalid-input` for anything else.
 */
export function fromApacheArrow(table: Table): ColumnTable {
  if (!(table instanceof Table)) throw new AssayError('invalid-input', 'Expected a Table of apache-arrow');
  return fromArrowIPC(tableToIPC(table, 'stream'));
}

export type { Table } from 'apache-arrow';
