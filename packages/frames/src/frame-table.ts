import { AssayError } from '@assay/core/errors';
import { type ColumnTable, table } from 'arquero';
import { type ArrowType, arrowTypes, typeOf, withType } from './arrow-type.ts';
import { BoolColumn } from './column/bool.ts';
import { CodedColumn } from './column/coded.ts';
import type { FrameColumn } from './column/column.ts';
import { LongColumn } from './column/long.ts';
import { NumberColumn } from './column/number.ts';
import { TimeColumn } from './column/time.ts';
import { kindByName, typeOfKind } from './columns.ts';
import { type FrameInfo, withFrameInfo } from './frame-info.ts';

/** A column with its name. */
export type NamedColumn = readonly [name: string, column: FrameColumn<unknown>];

/**
 * A table of the columns, in their order.
 *
 * @throws AssayError `invalid-input` for two columns of one name, and for `__proto__`, of which Arquero loses all rows.
 */
export function frameTable(columns: readonly NamedColumn[], info: FrameInfo | null = null): ColumnTable {
  const names = columns.map(([name]) => name);
  checkNames(names);
  for (const [name, column] of columns) {
    if (typeOf(column) === undefined) withType(column, typeForColumn(name, column));
  }
  // The names are given apart, as objects put keys such as '1' before all others.
  return withFrameInfo(table(Object.fromEntries(columns), names), info);
}

/** @throws AssayError `invalid-input` when the names cannot be those of a table. */
export function checkNames(names: readonly string[], where = ''): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '__proto__')
      throw new AssayError('invalid-input', `Expected a column name other than '__proto__'${where}`);
    if (seen.has(name))
      throw new AssayError('invalid-input', `Expected column names to be unique, got '${name}' twice${where}`);
    seen.add(name);
  }
}

function typeForColumn(name: string, column: FrameColumn<unknown>): ArrowType {
  const kind = kindByName(name);
  if (kind !== undefined) return typeOfKind(kind);
  if (column instanceof NumberColumn)
    return column.values instanceof Int32Array ? arrowTypes.integer : arrowTypes.float;
  if (column instanceof CodedColumn) return arrowTypes.coded;
  if (column instanceof TimeColumn) return arrowTypes.time;
  if (column instanceof LongColumn) return arrowTypes.long;
  return column instanceof BoolColumn ? arrowTypes.boolean : arrowTypes.text;
}
