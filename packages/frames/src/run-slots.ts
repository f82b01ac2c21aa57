import { Growing } from './column/builder.ts';
import { CodedColumn, Coder } from './column/coded.ts';

/**
 * Gives each (example, repetition) one slot, counting from 0 as they come, and remembers the row that holds it.
 *
 * A run that is saved again takes the slot of the run it replaces.
 */
export class RunSlots {
  readonly #coder = new Coder();
  /** By example: its slot of the highest repetition; each slot tells the one of the next lower. A map of a million keys would take 100 MB. */
  readonly #highest = new Growing(Int32Array);
  readonly #lower = new Growing(Int32Array);
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
    if (code < 0) return -1;
    const slot = this.#slotAtMost(code, repetition).slot;
    return this.#repetitions.at(slot) === repetition ? slot : -1;
  }

  /** Puts a row in its slot. Gives the slot when another row held it before, and -1 otherwise. */
  place(exampleId: string, repetition: number, row: number): number {
    const code = this.#coder.code(exampleId);
    const { slot, higher } = this.#slotAtMost(code, repetition);
    if (this.#repetitions.at(slot) === repetition) {
      this.#rows.set(slot, row, -1);
      return slot;
    }
    const placed = this.length;
    this.#examples.push(code);
    this.#repetitions.push(repetition);
    this.#rows.push(row);
    this.#lower.push(slot);
    if (higher < 0) this.#highest.set(code, placed, -1);
    else this.#lower.set(higher, placed, -1);
    return -1;
  }

  /** The slot of the highest repetition that is no higher, and the slot that leads to it; -1 where there is none. */
  #slotAtMost(code: number, repetition: number): { readonly slot: number; readonly higher: number } {
    let higher = -1;
    let slot = this.#highest.at(code) ?? -1;
    while (slot >= 0 && (this.#repetitions.at(slot) ?? 0) > repetition) {
      higher = slot;
      slot = this.#lower.at(slot) ?? -1;
    }
    return { slot, higher };
  }

  /** The slots by (example, repetition); `null` when that is how they came. */
  order(): Int32Array | null {
    const examples = this.#examples.filled();
    const repetitions = this.#repetitions.filled();
    const compare = (a: number, b: number): number =>
      (examples[a] ?? 0) - (examples[b] ?? 0) || (repetitions[a] ?? 0) - (repetitions[b] ?? 0);
    for (let slot = 1; slot < this.length; slot++) {
      if (compare(slot - 1, slot) > 0)
        return Int32Array.from({ length: this.length }, (_, index) => index).sort(compare);
    }
    return null;
  }

  /** The row in each slot, in the given order; `null` when these are `count` rows as they stand. */
  rows(order: Int32Array | null, count: number): Int32Array | null {
    const rows = this.#rows.filled();
    if (order !== null) return order.map((slot) => rows[slot] ?? -1);
    return rows.length === count && rows.every((row, index) => row === index) ? null : rows.slice();
  }

  /** The id of the example of each slot, in the given order. */
  examples(order: Int32Array | null): CodedColumn {
    const codes = this.#examples.filled();
    return new CodedColumn(order === null ? codes : order.map((slot) => codes[slot] ?? -1), this.#coder.dictionary);
  }
}
