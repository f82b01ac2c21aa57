import { AssayError } from '@assay/core/errors';
import type { FrameColumn } from './column.ts';
import { type Bitmap, bitmapBytes, setBit } from './bitmap.ts';
import { CodedColumn, Coder } from './coded.ts';
import { float64Column, NumberColumn } from './number.ts';
import { sealText, TextColumn, type TextChunk } from './text.ts';
import { TimeColumn } from './time.ts';

/** Grows a column at its end; `column()` may be called at any time and does not change later. */
export interface ColumnBuilder<Value> {
  readonly length: number;
  push(value: Value | null): void;
  column(): FrameColumn<unknown>;
}

/** Up to so many rows, text stays strings, which read fastest. */
const rowsAsStrings = 65_536;
/** Beyond, it is sealed after so many rows or UTF-16 units, so that few strings are on the heap. */
const rowsPerSeal = 8192;
const lettersPerSeal = 8 * 1024 * 1024;
/** Text of this length is sealed however few rows it has. */
const lettersAsStrings = 64 * 1024 * 1024;

export class TextBuilder implements ColumnBuilder<string> {
  readonly #sealed: TextChunk[] = [];
  #open: (string | null)[] = [];
  #letters = 0;
  #sealedRows = 0;

  get length(): number {
    return this.#sealedRows + this.#open.length;
  }

  push(text: string | null): void {
    this.#open.push(text);
    this.#letters += text?.length ?? 0;
    const isFirst = this.#sealedRows === 0;
    if (
      this.#open.length < (isFirst ? rowsAsStrings : rowsPerSeal) &&
      this.#letters < (isFirst ? lettersAsStrings : lettersPerSeal)
    )
      return;
    this.#sealed.push(sealText(this.#open));
    this.#sealedRows += this.#open.length;
    this.#open = [];
    this.#letters = 0;
  }

  column(): TextColumn {
    return new TextColumn([...this.#sealed, { texts: this.#open.slice() }]);
  }
}

export class CodedBuilder implements ColumnBuilder<string> {
  readonly #coder = new Coder();
  readonly #codes = new Growing(Int32Array);

  get length(): number {
    return this.#codes.length;
  }

  push(text: string | null): void {
    this.#codes.push(this.#coder.code(text));
  }

  column(): CodedColumn {
    return new CodedColumn(this.#codes.filled(), this.#coder.dictionary);
  }
}

export class FloatBuilder implements ColumnBuilder<number> {
  readonly #values = new Growing(Float64Array);

  get length(): number {
    return this.#values.length;
  }

  push(value: number | null): void {
    this.#values.push(value ?? Number.NaN);
  }

  column(): NumberColumn {
    return float64Column(this.#values.filled());
  }
}

export class IntegerBuilder implements ColumnBuilder<number> {
  readonly #values = new Growing(Int32Array);
  readonly #validity = new ValidityBuilder();

  get length(): number {
    return this.#values.length;
  }

  /** @throws AssayError `invalid-input` for what 32 bits cannot hold, which a typed array would wrap round. */
  push(value: number | null): void {
    if (value !== null && (value | 0) !== value) {
      throw new AssayError('invalid-input', `Expected a whole number of at most 32 bits, got ${value}`);
    }
    this.#values.push(value ?? 0);
    this.#validity.push(value !== null);
  }

  column(): NumberColumn {
    return new NumberColumn(this.#values.filled(), this.#validity.bitmap());
  }
}

export class TimeBuilder implements ColumnBuilder<Date> {
  readonly #values = new Growing(BigInt64Array);
  readonly #validity = new ValidityBuilder();

  get length(): number {
    return this.#values.length;
  }

  /** An invalid date counts as null. */
  push(time: Date | null): void {
    const milliseconds = time?.getTime() ?? Number.NaN;
    this.#values.push(Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds));
    this.#validity.push(!Number.isNaN(milliseconds));
  }

  column(): TimeColumn {
    return new TimeColumn(this.#values.filled(), this.#validity.bitmap());
  }
}

/** Grows a bitmap at its end. */
export class ValidityBuilder {
  #bits: Bitmap = new Uint8Array(64);
  #length = 0;
  #nulls = 0;

  push(isValid: boolean): void {
    if (bitmapBytes(this.#length + 1) > this.#bits.length) {
      const larger = new Uint8Array(this.#bits.length * 2);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    if (isValid) setBit(this.#bits, this.#length);
    else this.#nulls++;
    this.#length++;
  }

  bitmap(): Bitmap | null {
    return this.#nulls === 0 ? null : this.#bits.slice(0, bitmapBytes(this.#length));
  }
}

type Growable = Int32Array | Float64Array | BigInt64Array;

/** A typed array with room to grow. The room takes no memory until it is written to. */
export class Growing<List extends Growable> {
  #list: List;
  readonly #List: new (length: number) => List;
  length = 0;

  constructor(List: new (length: number) => List) {
    this.#List = List;
    this.#list = new List(64);
  }

  push(value: List[number]): void {
    if (this.length === this.#list.length) this.#grow();
    this.#list[this.length++] = value;
  }

  at(index: number): List[number] | undefined {
    return index < this.length ? this.#list[index] : undefined;
  }

  /** Sets a value, also past the end; the values between are `blank`. */
  set(index: number, value: List[number], blank: List[number]): void {
    while (index >= this.length) this.push(blank);
    this.#list[index] = value;
  }

  /** What was pushed so far, without a copy: pushing more does not change it, `set` does. */
  filled(): List {
    return this.#list.subarray(0, this.length) as List;
  }

  #grow(): void {
    const larger = new this.#List(this.#list.length * 2);
    larger.set(this.#list as never);
    this.#list = larger;
  }
}
