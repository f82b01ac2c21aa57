import { type Bitmap, bitmapBytes, bitmapOf, isBitSet, setBit, sliceBits } from './bitmap.ts';
import { FrameColumn } from './column.ts';

/** True, false or null, a bit each. */
export class BoolColumn extends FrameColumn<boolean> {
  readonly bits: Bitmap;
  readonly validity: Bitmap | null;

  constructor(bits: Bitmap, validity: Bitmap | null, length: number) {
    super(length);
    this.bits = bits;
    this.validity = validity;
  }

  override at(row: number): boolean | null {
    if (this.validity !== null && !isBitSet(this.validity, row)) return null;
    return isBitSet(this.bits, row);
  }

  override slice(start: number, end: number): BoolColumn {
    const bits = sliceBits(this.bits, start, end) ?? this.bits;
    return new BoolColumn(bits, sliceBits(this.validity, start, end), end - start);
  }

  override take(rows: ArrayLike<number>): BoolColumn {
    return boolColumn(Array.from(rows, (row) => (row < 0 ? null : this.at(row))));
  }
}

/** A column of the given values. */
export function boolColumn(values: readonly (boolean | null)[]): BoolColumn {
  const bits = new Uint8Array(bitmapBytes(values.length));
  values.forEach((value, row) => {
    if (value === true) setBit(bits, row);
  });
  return new BoolColumn(bits, bitmapOf(values.length, (row) => values[row] !== null).validity, values.length);
}
