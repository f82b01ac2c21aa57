/**
 * A column of a frame, as Arquero reads it: `at`, `length` and iteration.
 *
 * It does not change once it is in a table. A value that is not there is `null`.
 */
export abstract class FrameColumn<Value> {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  abstract at(row: number): Value | null;

  /** Rows `start` up to but not including `end`, without a copy where that can be. */
  abstract slice(start: number, end: number): FrameColumn<Value>;

  /** The given rows, in that order; `-1` gives null. */
  abstract take(rows: ArrayLike<number>): FrameColumn<Value>;

  toArray(): (Value | null)[] {
    return Array.from({ length: this.length }, (_, row) => this.at(row));
  }

  *[Symbol.iterator](): IterableIterator<Value | null> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}
