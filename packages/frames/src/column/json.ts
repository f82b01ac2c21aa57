import { FrameColumn } from './column.ts';

/** Values out of JSON that are not all of one type, or are objects or lists. They are written to Arrow as JSON text. */
export class JsonColumn extends FrameColumn<unknown> {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    super(values.length);
    this.values = values;
  }

  override at(row: number): unknown {
    return this.values[row] ?? null;
  }

  override slice(start: number, end: number): JsonColumn {
    return new JsonColumn(this.values.slice(start, end));
  }

  override take(rows: ArrayLike<number>): JsonColumn {
    return new JsonColumn(Array.from(rows, (row) => (row < 0 ? null : this.at(row))));
  }
}
