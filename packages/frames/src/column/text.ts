import { type Bitmap, bitmapOf, isBitSet } from './bitmap.ts';
import { FrameColumn } from './column.ts';

/** Text as Arrow keeps it: row `i` is the UTF-8 of `bytes` from `offsets[i]` to `offsets[i + 1]`. */
export interface SealedText {
  /** One more than rows, counting from `offsets[0]`, which need not be 0. */
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
  readonly validity: Bitmap | null;
}

/** A run of rows: sealed, or still as strings. */
export type TextChunk = SealedText | { readonly texts: readonly (string | null)[] };

/**
 * Text, in chunks.
 *
 * Sealed chunks are decoded when they are read, row by row: UTF-8 outside of the heap takes half of what strings take
 * as soon as one letter is not Latin-1.
 */
export class TextColumn extends FrameColumn<string> {
  readonly chunks: readonly TextChunk[];
  readonly #starts: Int32Array;

  constructor(chunks: readonly TextChunk[]) {
    const starts = new Int32Array(chunks.length + 1);
    chunks.forEach((chunk, index) => {
      starts[index + 1] = (starts[index] ?? 0) + chunkLength(chunk);
    });
    super(starts[chunks.length] ?? 0);
    this.chunks = chunks;
    this.#starts = starts;
  }

  override at(row: number): string | null {
    const index = this.#chunkOf(row);
    const chunk = this.chunks[index];
    return chunk === undefined ? null : textIn(chunk, row - (this.#starts[index] ?? 0));
  }

  override slice(start: number, end: number): TextColumn {
    return new TextColumn(
      this.chunks.flatMap((chunk, index) => {
        const first = this.#starts[index] ?? 0;
        const from = Math.max(start - first, 0);
        const to = Math.min(end - first, chunkLength(chunk));
        return from < to ? [sliceChunk(chunk, from, to)] : [];
      }),
    );
  }

  override take(rows: ArrayLike<number>): TextColumn {
    const chunks: TextChunk[] = [];
    for (let start = 0; start < rows.length; start += rowsPerChunk) {
      const pieces = Array.from({ length: Math.min(rowsPerChunk, rows.length - start) }, (_, index) => this.#raw(rows[start + index] ?? -1));
      chunks.push(pieces.every(isText) ? { texts: pieces } : sealText(pieces));
    }
    return new TextColumn(chunks);
  }

  /** The UTF-8 of a sealed row, so that it is copied without being decoded. */
  #raw(row: number): string | Uint8Array | null {
    const index = this.#chunkOf(row);
    const chunk = this.chunks[index];
    if (chunk === undefined) return null;
    const inChunk = row - (this.#starts[index] ?? 0);
    if ('texts' in chunk) return chunk.texts[inChunk] ?? null;
    if (chunk.validity !== null && !isBitSet(chunk.validity, inChunk)) return null;
    return chunk.bytes.subarray(chunk.offsets[inChunk], chunk.offsets[inChunk + 1]);
  }

  #chunkOf(row: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle + 1] ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return row < 0 ? -1 : low;
  }
}

export function chunkLength(chunk: TextChunk): number {
  return 'texts' in chunk ? chunk.texts.length : chunk.offsets.length - 1;
}

// A byte-order mark is text like any other inside a cell.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textIn(chunk: TextChunk, row: number): string | null {
  if ('texts' in chunk) return chunk.texts[row] ?? null;
  if (chunk.validity !== null && !isBitSet(chunk.validity, row)) return null;
  return decoder.decode(chunk.bytes.subarray(chunk.offsets[row], chunk.offsets[row + 1]));
}

function sliceChunk(chunk: TextChunk, from: number, to: number): TextChunk {
  if ('texts' in chunk) return from === 0 && to === chunk.texts.length ? chunk : { texts: chunk.texts.slice(from, to) };
  if (from === 0 && to === chunkLength(chunk)) return chunk;
  const { validity } = chunk;
  return {
    offsets: chunk.offsets.subarray(from, to + 1),
    bytes: chunk.bytes,
    validity: validity === null ? null : bitmapOf(to - from, (row) => isBitSet(validity, from + row)).validity,
  };
}

/** Rows of one chunk that `take` makes: one with more than 2 GiB of text could not be addressed by 32-bit offsets. */
const rowsPerChunk = 65_536;

function isText(piece: string | Uint8Array | null): piece is string | null {
  return piece === null || typeof piece === 'string';
}

const encoder = new TextEncoder();

/** Text as Arrow keeps it, from strings or from UTF-8. */
export function sealText(texts: readonly (string | Uint8Array | null)[]): SealedText {
  const offsets = new Int32Array(texts.length + 1);
  // A UTF-16 unit takes at most 3 bytes; most text takes one, so the buffer grows only for the rest.
  let bytes = new Uint8Array(texts.reduce((sum, text) => sum + (text?.length ?? 0), 0) + 16);
  let end = 0;
  texts.forEach((text, row) => {
    if (text !== null && text.length > 0) {
      const most = typeof text === 'string' ? text.length * 3 : text.length;
      if (end + most > bytes.length) bytes = grown(bytes, end + most);
      if (typeof text === 'string') end += encoder.encodeInto(text, bytes.subarray(end)).written;
      else {
        bytes.set(text, end);
        end += text.length;
      }
    }
    offsets[row + 1] = end;
  });
  const { validity } = bitmapOf(texts.length, (row) => texts[row] !== null);
  return { offsets, bytes: bytes.length > end * 1.1 + 1024 ? bytes.slice(0, end) : bytes.subarray(0, end), validity };
}

function grown(bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, Math.ceil(bytes.length * 1.5)));
  larger.set(bytes);
  return larger;
}
