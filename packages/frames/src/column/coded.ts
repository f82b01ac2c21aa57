import { FrameColumn } from './column.ts';

/** How Arquero groups rows: the group of each row, and one row of each group. */
interface GroupBySpec {
  readonly size: number;
  readonly names: readonly string[];
  readonly get: readonly ((row: number) => string | null)[];
  readonly rows: readonly number[];
  readonly keys: Uint32Array;
}

/**
 * Text that repeats: each row holds a code into a dictionary, and -1 for null.
 *
 * Grouping and joining work on the codes, so no string is hashed for a row.
 */
export class CodedColumn extends FrameColumn<string> {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];

  constructor(codes: Int32Array, dictionary: readonly string[]) {
    super(codes.length);
    this.codes = codes;
    this.dictionary = dictionary;
  }

  override at(row: number): string | null {
    return this.dictionary[this.codes[row] ?? -1] ?? null;
  }

  override slice(start: number, end: number): CodedColumn {
    return new CodedColumn(this.codes.subarray(start, end), this.dictionary);
  }

  override take(rows: ArrayLike<number>): CodedColumn {
    const codes = new Int32Array(rows.length);
    for (let index = 0; index < rows.length; index++) codes[index] = this.codes[rows[index] ?? -1] ?? -1;
    return new CodedColumn(codes, this.dictionary);
  }

  /** Arquero calls this to group by the column alone. A value that no row has gets no group. */
  groups(names: readonly string[]): GroupBySpec {
    const groupOfCode = new Int32Array(this.dictionary.length + 1).fill(-1);
    const keys = new Uint32Array(this.length);
    const rows: number[] = [];
    for (let row = 0; row < this.length; row++) {
      const slot = (this.codes[row] ?? -1) + 1;
      let group = groupOfCode[slot] ?? -1;
      if (group < 0) {
        group = rows.push(row) - 1;
        groupOfCode[slot] = group;
      }
      keys[row] = group;
    }
    return { keys, rows, names, size: rows.length, get: [(row) => this.at(row)] };
  }
}

/** Gives each distinct text the next code, counting from 0. */
export class Coder {
  readonly dictionary: string[] = [];
  readonly #codes = new Map<string, number>();
  /** Repeated text often comes in a row, and comparing it is cheaper than hashing it. */
  #last = '';
  #lastCode = -1;

  /** The code of the text, new when it was not met before; -1 for null. */
  code(text: string | null): number {
    if (text === null) return -1;
    if (this.#lastCode >= 0 && text === this.#last) return this.#lastCode;
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.dictionary.push(text) - 1;
      this.#codes.set(text, code);
    }
    this.#last = text;
    this.#lastCode = code;
    return code;
  }

  /** The code of a text that was met; -1 for any other. */
  find(text: string): number {
    return this.#codes.get(text) ?? -1;
  }
}
