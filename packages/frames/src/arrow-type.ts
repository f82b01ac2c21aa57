import { bool, type DataType, dictionary, float64, int32, int64, timestamp, TimeUnit, utf8 } from '@uwdata/flechette';

/** The Arrow type of a column, as flechette describes it. */
export type ArrowType = DataType;

/** The types that our own columns have. */
export const arrowTypes = {
  text: utf8(),
  coded: dictionary(utf8(), int32()),
  float: float64(),
  integer: int32(),
  long: int64(),
  boolean: bool(),
  time: timestamp(TimeUnit.MILLISECOND, 'UTC'),
} satisfies Record<string, ArrowType>;

/**
 * The type of each column object that has one.
 *
 * Arquero hands column objects on through select, filter, orderby, derive, rename and assign, so the type goes with
 * them; through slice, join and concat it makes new ones, for which the name has to do (`columns.ts`).
 */
const typesByColumn = new WeakMap<object, ArrowType>();

/** Keeps the type with the column, and gives the column back. */
export function withType<Column extends object>(column: Column, type: ArrowType): Column {
  typesByColumn.set(column, type);
  return column;
}

/** The type kept with the column. */
export function typeOf(column: object): ArrowType | undefined {
  return typesByColumn.get(column);
}
