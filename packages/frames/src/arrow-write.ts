import { AssayError } from '@assay/core/errors';
import { Column, field, Table, tableToIPC, TimeUnit, timestamp, Type } from '@uwdata/flechette';
import type { ColumnTable } from 'arquero';
import { batchOf } from './arrow-batch.ts';
import { TimeColumn } from './column/time.ts';
import { cutColumn, type ReadyColumn, type ReadyTable, readyTable, rowRanges, type RowRange } from './ready-table.ts';

export interface ArrowOptions {
  /** `stream` (default) is read as it comes; `file` ends with a directory, which a reader may map into memory. */
  readonly format?: 'stream' | 'file' | undefined;
}

/**
 * The table as Arrow IPC bytes, without compression: the rows it shows, in its order.
 *
 * Columns that come from a frame or a file keep their Arrow type; those that a verb made get the type of their name in
 * the schema, or float64, bool, int64, timestamp[ms, UTC] or utf8.
 *
 * @throws AssayError `invalid-config` for another format.
 */
export function toArrowIPC(table: ColumnTable, { format = 'stream' }: ArrowOptions = {}): Uint8Array {
  if (format !== 'stream' && format !== 'file') {
    throw new AssayError(
      'invalid-config',
      `Expected the Arrow format to be 'stream' or 'file', got '${String(format)}'`,
    );
  }
  const ready = readyTable(table);
  return encode(ready, rowRanges(ready), format);
}

/**
 * The table as Arrow IPC streams of at most 131,072 rows and 1 GiB of text a column each, all of one schema, and of
 * types that Parquet has: it counts no time in seconds. `nullable` marks all columns so, for tables that follow others.
 */
export function* toParquetBatches(table: ColumnTable, { nullable = false } = {}): Generator<Uint8Array> {
  const ready = readyTable(table);
  // The writer would not refuse it, but break, and with it every call after.
  if (ready.columns.length === 0)
    throw new AssayError('invalid-input', 'Expected a table with columns for Parquet, got one without any');
  const columns = ready.columns.map((column) => ({
    ...column,
    ...inMilliseconds(column),
    nullable: nullable || column.nullable,
  }));
  for (const range of rowRanges(ready)) yield encode({ ...ready, columns }, [range], 'stream');
}

function inMilliseconds({ column, type }: ReadyColumn): Pick<ReadyColumn, 'column' | 'type'> {
  if (!(column instanceof TimeColumn) || type.typeId !== Type.Timestamp || type.unit !== TimeUnit.SECOND)
    return { column, type };
  const ticks = column.ticks.map((seconds) => seconds * 1000n);
  return { column: new TimeColumn(ticks, column.validity), type: timestamp(TimeUnit.MILLISECOND, type.timezone) };
}

const version5 = 4;
const littleEndian = 0;

function encode(
  { columns, rows, metadata }: ReadyTable,
  ranges: readonly RowRange[],
  format: 'stream' | 'file',
): Uint8Array {
  const arrow = new Table(
    {
      version: version5,
      endianness: littleEndian,
      fields: columns.map(({ name, type, nullable }) => field(name, type, nullable)),
      metadata,
    },
    columns.map(
      ({ column, type }) =>
        new Column(
          ranges.map((range) => batchOf(cutColumn(column, rows, range), type)),
          type,
        ),
    ),
  );
  const bytes = tableToIPC(arrow, { format });
  if (bytes === null) throw new AssayError('unsupported', 'The table gave no Arrow bytes');
  return bytes;
}
