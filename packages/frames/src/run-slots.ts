import { Growing } from './column/builder.ts';
import { CodedColumn, Coder } from './column/coded.ts';

/** More repetitions than this cannot be told apart in one safe integer with the example's code. */
const mostRepetitions = 2 ** 21;

/**
 * Gives each (example, repetition) one slot, counting from 0 as they come, and remembers the row that holds it.
 *
 * A run that is saved again takes the slot of the run it replaces.
 */
export class RunSlots {
  readonly #coder = new Coder();
  readonly #slotByKey = new Map<number, number>();
  readonly #examples = new Growing(Int32Array);
  readonly #repetitions = new Growing(Int32Array);
  readonly #rows = new Growing(Int32Array);

  get length(): number {
    return this.#rows.length;
  }

  /** The place of the example among all, in the order in which they were met. */
  exampleCode(exampleId: string): number {
    return this.#coder.code(exampleId);
  }

  /** The slot; -1 when nothing was placed there. */
  find(exampleId: string, repetition: number): number {
    const code = this.#coder.find(exampleId);
    return code < 0 ? -1 : (this.#slotByKey.get(code * mostRepetitions + repetition) ?? -1);
  }

  /** Puts a row in its slot. Gives the slot when another row held it before, and -1 otherwise. */
  place(exampleId: string, repetition: number, row: number): number {
    const code = this.#coder.code(exampleId);
    const key = code * mostRepetitions + repetition;
    const taken = this.#slotByKey.get(key);
    if (taken !== undefined) {
      this.#rows.set(taken, row, -1);
      return taken;
    }
    this.#slotByKey.set(key, this.#rows.length);
    this.#examples.push(code);
    this.#repetitions.push(repetition);
    this.#rows.push(row);
    return -1;
  }

  /** The slots by (example, repetition); `null` when that is how they came. */
  order(): Int32Array | null {
    const examples = this.#examples.filled();
    const repetitions = this.#repetitions.filled();
    const compare = (a: number, b: number): number =>
      (examples[a] ?? 0) - (examples[b] ?? 0) || (repetitions[a] ?? 0) - (repetitions[b] ?? 0);
    for (let slot = 1; slot < this.length; slot++) {
      if (compare(slot - 1, slot) > 0) return Int32Array.from({ length: this.length }, (_, index) => index).sort(compare);
    }
    return null;
  }

  /** The row in each slot, in the given order; `null` when these are `count` rows as they stand. */
  rows(order: Int32Array | null, count: number): Int32Array | null {
    const rows = this.#rows.filled();
    const ordered = order === null ? rows.slice() : order.map((slot) => rows[slot] ?? -1);
    return ordered.length === count && ordered.every((row, index) => row === index) ? null : ordered;
  }

  /** The id of the example of each slot, in the given order. */
  examples(order: Int32Array | null): CodedColumn {
    const codes = this.#examples.filled();
    return new CodedColumn(order === null ? codes : order.map((slot) => codes[slot] ?? -1), this.#coder.dictionary);
  }
}
