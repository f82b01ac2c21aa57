import { AssayError, messageOf } from '@assay/core/errors';
import { type Batch, type Table, tableFromIPC, Type } from '@uwdata/flechette';
import type { ColumnTable } from 'arquero';
import { readableArrow } from './arrow-framing.ts';
import { columnFromArrow } from './arrow-column.ts';
import { withCodecs } from './codecs.ts';
import { frameInfoFromText, frameInfoKey } from './frame-info.ts';
import { frameTable } from './frame-table.ts';
import { checkBytes } from './given.ts';

/**
 * A table from Arrow IPC bytes, stream or file, bodies compressed by LZ4 or ZSTD or not.
 *
 * Types are kept and written back: timestamps with their unit and zone, integers with their width, dictionaries that
 * differ by batch, lists and structs. Whole numbers beyond 2^53 read as bigint; a column of smaller ones as numbers.
 *
 * @throws AssayError `invalid-input` when the bytes are cut off or not Arrow, `unsupported` for big-endian ones.
 */
export function fromArrowIPC(bytes: Uint8Array): ColumnTable {
  checkBytes('Arrow IPC', bytes);
  try {
    return tableFromArrow(readArrow(bytes));
  } catch (cause) {
    if (AssayError.is(cause)) throw cause;
    throw new AssayError('invalid-input', `Expected Arrow IPC bytes: ${messageOf(cause)}`, { cause });
  }
}

/** flechette's table of the bytes, with integers, timestamps and decimals as bigint so that nothing is rounded. */
export function readArrow(bytes: Uint8Array): Table {
  // 64-bit values are read in place, which needs bytes that start at a multiple of 8: those of a Node Buffer need not.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return withCodecs(() =>
    tableFromIPC(readableArrow(aligned), { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true }),
  );
}

/** Our columns over the data of flechette's table. */
export function tableFromArrow(arrow: Table): ColumnTable {
  if (arrow.schema.endianness === 1)
    throw new AssayError('unsupported', 'Expected little-endian Arrow data, got big-endian');
  checkLengths(arrow);
  const info = arrow.schema.metadata?.get(frameInfoKey);
  return frameTable(
    // A name that is left out is the empty one.
    arrow.schema.fields.map(({ name, type }, index) => [name ?? '', columnFromArrow(arrow.getChildAt(index), type)]),
    info === undefined ? null : frameInfoFromText(info),
  );
}

/** Broken bytes may tell of more rows than they hold; flechette would give `undefined` for them, and take its time. */
function checkLengths({ children }: Table): void {
  const lengths = children[0]?.data.map(({ length }) => length) ?? [];
  for (const column of children) {
    column.data.forEach((batch, index) => {
      if (batch.length !== lengths[index] || batch.length > rowsIn(batch)) {
        throw new AssayError(
          'invalid-input',
          `Expected Arrow IPC bytes: a batch tells of ${batch.length} rows that it does not hold`,
        );
      }
    });
  }
}

/** How many rows the buffers of a batch hold; infinite where its children tell. */
function rowsIn({ type, length, values, offsets }: Batch<unknown>): number {
  if (type.typeId === Type.Bool) return values.length * 8;
  // The offsets of no rows may be left out.
  if ('offsets' in type && type.typeId !== Type.Union) return length === 0 ? 0 : (offsets?.length ?? 0) - 1;
  return 'values' in type && type.typeId !== Type.Interval && type.typeId !== Type.Decimal ? values.length : Infinity;
}
