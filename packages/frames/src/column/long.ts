import { type Bitmap, bitmapOf, isBitSet, sliceBits } from './bitmap.ts';
import { FrameColumn } from './column.ts';

export type LongArray = BigInt64Array | BigUint64Array;

/**
 * 64-bit integers, none of them rounded.
 *
 * They read as numbers when every one is a safe integer, so that sums and means work; otherwise all read as bigint.
 */
export class LongColumn extends FrameColumn<number | bigint> {
  readonly values: LongArray;
  readonly validity: Bitmap | null;
  readonly isSafe: boolean;

  constructor(values: LongArray, validity: Bitmap | null = null, isSafe: boolean = areSafe(values, validity)) {
    super(values.length);
    this.values = values;
    this.validity = validity;
    this.isSafe = isSafe;
  }

  override at(row: number): number | bigint | null {
    if (this.validity !== null && !isBitSet(this.validity, row)) return null;
    const value = this.values[row];
    return value === undefined ? null : this.isSafe ? Number(value) : value;
  }

  override slice(start: number, end: number): LongColumn {
    return new LongColumn(this.values.subarray(start, end), sliceBits(this.validity, start, end), this.isSafe);
  }

  override take(rows: ArrayLike<number>): LongColumn {
    const values =
      this.values instanceof BigInt64Array ? new BigInt64Array(rows.length) : new BigUint64Array(rows.length);
    const validity = takeLongs(this.values, this.validity, rows, values);
    return new LongColumn(values, validity, this.isSafe);
  }
}

/** Copies the given rows into `into`, and gives their bitmap. */
export function takeLongs(
  values: LongArray,
  validity: Bitmap | null,
  rows: ArrayLike<number>,
  into: LongArray,
): Bitmap | null {
  return bitmapOf(rows.length, (index) => {
    const row = rows[index] ?? -1;
    const isThere = row >= 0 && (validity === null || isBitSet(validity, row));
    if (isThere) into[index] = values[row] ?? 0n;
    return isThere;
  }).validity;
}

function areSafe(values: LongArray, validity: Bitmap | null): boolean {
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  return values.every(
    (value: bigint, row: number) =>
      (value <= largest && value >= -largest) || (validity !== null && !isBitSet(validity, row)),
  );
}
