import { type Bitmap, isBitSet, sliceBits } from './bitmap.ts';
import { FrameColumn } from './column.ts';
import { takeLongs } from './long.ts';

/** How many ticks a millisecond has, as Arrow counts time units: s, ms, µs, ns. */
const ticksPerMillisecond = [0.001, 1, 1e3, 1e6] as const;

/** Arrow's number for the unit of a timestamp. */
export type TimeUnitCode = 0 | 1 | 2 | 3;

/**
 * Instants as whole ticks since 1970.
 *
 * They read as `Date`, which holds milliseconds; the ticks themselves (microseconds, nanoseconds) are kept, and written
 * back as they came.
 */
export class TimeColumn extends FrameColumn<Date> {
  readonly ticks: BigInt64Array;
  readonly validity: Bitmap | null;
  readonly unit: TimeUnitCode;

  constructor(ticks: BigInt64Array, validity: Bitmap | null = null, unit: TimeUnitCode = 1) {
    super(ticks.length);
    this.ticks = ticks;
    this.validity = validity;
    this.unit = unit;
  }

  override at(row: number): Date | null {
    const milliseconds = this.milliseconds(row);
    return milliseconds === null ? null : new Date(milliseconds);
  }

  /** Milliseconds since 1970, with a fraction where the ticks are finer. */
  milliseconds(row: number): number | null {
    if (this.validity !== null && !isBitSet(this.validity, row)) return null;
    const ticks = this.ticks[row];
    return ticks === undefined ? null : Number(ticks) / ticksPerMillisecond[this.unit];
  }

  override slice(start: number, end: number): TimeColumn {
    return new TimeColumn(this.ticks.subarray(start, end), sliceBits(this.validity, start, end), this.unit);
  }

  override take(rows: ArrayLike<number>): TimeColumn {
    const ticks = new BigInt64Array(rows.length);
    return new TimeColumn(ticks, takeLongs(this.ticks, this.validity, rows, ticks), this.unit);
  }
}
