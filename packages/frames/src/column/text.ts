import { type Bitmap, bitmapBytes, bitmapOf, isBitSet, setBit } from './bitmap.ts';
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
  /** The row in the chunks of each row; -1: null. Without it: every row in order. */
  readonly rows: Int32Array | null;
  readonly #starts: Int32Array;

  constructor(chunks: readonly TextChunk[], rows: Int32Array | null = null) {
    const starts = new Int32Array(chunks.length + 1);
    chunks.forEach((chunk, index) => {
      starts[index + 1] = (starts[index] ?? 0) + chunkLength(chunk);
    });
    super(rows === null ? (starts[chunks.length] ?? 0) : rows.length);
    this.chunks = chunks;
    this.rows = rows;
    this.#starts = starts;
  }

  override at(row: number): string | null {
    const piece = this.piece(row);
    return piece === null || typeof piece === 'string' ? piece : decoder.decode(piece);
  }

  /** A row as it is kept: UTF-8 when it is sealed, so that it can be copied without being decoded. */
  piece(row: number): string | Uint8Array | null {
    const at = this.rows === null ? row : (this.rows[row] ?? -1);
    const index = this.#chunkOf(at);
    const chunk = this.chunks[index];
    return chunk === undefined ? null : pieceOf(chunk, at - (this.#starts[index] ?? 0));
  }

  override slice(start: number, end: number): TextColumn {
    if (this.rows !== null) return new TextColumn(this.chunks, this.rows.subarray(start, end));
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
    const own = this.rows;
    return new TextColumn(
      this.chunks,
      Int32Array.from(rows, (row) => (row < 0 || own === null ? row : (own[row] ?? -1))),
    );
  }

  #chunkOf(row: number): number {
    const starts = this.#starts;
    if (row < 0) return -1;
    if (this.chunks.length === 1) return row < (starts[1] ?? 0) ? 0 : -1;
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle + 1] ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function chunkLength(chunk: TextChunk): number {
  return 'texts' in chunk ? chunk.texts.length : chunk.offsets.length - 1;
}

// A byte-order mark is text like any other inside a cell.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function pieceOf(chunk: TextChunk, row: number): string | Uint8Array | null {
  if ('texts' in chunk) return chunk.texts[row] ?? null;
  if (chunk.validity !== null && !isBitSet(chunk.validity, row)) return null;
  return chunk.bytes.subarray(chunk.offsets[row], chunk.offsets[row + 1]);
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

/** The chunks as one, whose offsets begin at 0 and whose bytes are its own: Arrow readers check for both. */
export function joinSealed(chunks: readonly SealedText[]): SealedText {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined && only.offsets[0] === 0) return { ...only, bytes: bytesIn(only) };
  const parts = chunks.map(bytesIn);
  const rows = chunks.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Int32Array(rows + 1);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  const validity = new Uint8Array(bitmapBytes(rows));
  let row = 0;
  let end = 0;
  chunks.forEach((chunk, index) => {
    const length = chunk.offsets.length - 1;
    const shift = end - (chunk.offsets[0] ?? 0);
    for (let inChunk = 0; inChunk < length; inChunk++) {
      if (chunk.validity === null || isBitSet(chunk.validity, inChunk)) setBit(validity, row + inChunk);
      offsets[row + inChunk + 1] = (chunk.offsets[inChunk + 1] ?? 0) + shift;
    }
    bytes.set(parts[index] ?? [], end);
    row += length;
    end += parts[index]?.length ?? 0;
  });
  return { offsets, bytes, validity: chunks.every((chunk) => chunk.validity === null) ? null : validity };
}

function bytesIn({ offsets, bytes }: SealedText): Uint8Array {
  return bytes.subarray(offsets[0], offsets[offsets.length - 1]);
}
