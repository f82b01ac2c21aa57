import { type Bitmap, bitmapOf, isBitSet, sliceBits } from './bitmap.ts';
import { FrameColumn } from './column.ts';

export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/**
 * Numbers that a double holds exactly, as a typed array, and which of them are there.
 *
 * A null row of a floating-point column holds NaN in `values`, so that a loop over `values` may test that alone.
 */
export class NumberColumn extends FrameColumn<number> {
  readonly values: NumberArray;
  /** `null` when no row is null. */
  readonly validity: Bitmap | null;

  constructor(values: NumberArray, validity: Bitmap | null = null) {
    super(values.length);
    this.values = values;
    this.validity = validity;
  }

  override at(row: number): number | null {
    if (this.validity !== null && !isBitSet(this.validity, row)) return null;
    return this.values[row] ?? null;
  }

  override slice(start: number, end: number): NumberColumn {
    return new NumberColumn(this.values.subarray(start, end), sliceBits(this.validity, start, end));
  }

  override take(rows: ArrayLike<number>): NumberColumn {
    const values = emptyLike(this.values, rows.length);
    const isFloat = values instanceof Float64Array || values instanceof Float32Array;
    const { validity } = bitmapOf(rows.length, (index) => {
      const row = rows[index] ?? -1;
      const isThere = row >= 0 && (this.validity === null || isBitSet(this.validity, row));
      values[index] = isThere ? (this.values[row] ?? 0) : isFloat ? Number.NaN : 0;
      return isThere;
    });
    return new NumberColumn(values, validity);
  }
}

/** A column of doubles in which NaN stands for null. */
export function float64Column(values: Float64Array): NumberColumn {
  return new NumberColumn(values, bitmapOf(values.length, (row) => !Number.isNaN(values[row])).validity);
}

function emptyLike(values: NumberArray, length: number): NumberArray {
  if (values instanceof Float64Array) return new Float64Array(length);
  if (values instanceof Float32Array) return new Float32Array(length);
  if (values instanceof Int32Array) return new Int32Array(length);
  if (values instanceof Int16Array) return new Int16Array(length);
  if (values instanceof Int8Array) return new Int8Array(length);
  if (values instanceof Uint32Array) return new Uint32Array(length);
  if (values instanceof Uint16Array) return new Uint16Array(length);
  return new Uint8Array(length);
}
