import type { Column } from '@uwdata/flechette';
import type { ArrowType } from '../arrow-type.ts';
import { plainValue } from '../plain-value.ts';
import { FrameColumn } from './column.ts';

/**
 * Values of any other Arrow type: lists, structs, decimals, dates, bytes.
 *
 * They read as plain JavaScript (arrays, objects, numbers, `Date`), and are written back from the raw values.
 */
export class NestedColumn extends FrameColumn<unknown> {
  /** Read with bigint integers, timestamps and decimals, so that nothing is rounded. */
  readonly raw: Column<unknown>;
  readonly type: ArrowType;
  /** The row of `raw` for each row; -1: null. Without it: every row in order. */
  readonly rows: Int32Array | null;

  constructor(raw: Column<unknown>, type: ArrowType, rows: Int32Array | null = null) {
    super(rows === null ? raw.length : rows.length);
    this.raw = raw;
    this.type = type;
    this.rows = rows;
  }

  override at(row: number): unknown {
    return plainValue(this.rawAt(row), this.type);
  }

  rawAt(row: number): unknown {
    const index = this.rows === null ? row : (this.rows[row] ?? -1);
    return index < 0 ? null : (this.raw.at(index) ?? null);
  }

  override slice(start: number, end: number): NestedColumn {
    return this.take(Int32Array.from({ length: end - start }, (_, index) => start + index));
  }

  override take(rows: ArrayLike<number>): NestedColumn {
    const own = this.rows;
    return new NestedColumn(
      this.raw,
      this.type,
      Int32Array.from(rows, (row) => (row < 0 ? -1 : own === null ? row : (own[row] ?? -1))),
    );
  }
}
