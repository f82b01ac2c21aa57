import { AssayError } from '@assay/core/errors';

/** Bytes from the end of a file that are kept; a footer of a thousand row groups is smaller. */
const kept = 16 * 1024 * 1024;

/** Follows a Parquet file as it is written, for what its footer says in the end. */
export class ParquetFooter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
    for (
      let first = this.#parts[0];
      first !== undefined && this.#length - first.length >= kept;
      first = this.#parts[0]
    ) {
      this.#parts.shift();
      this.#length -= first.length;
    }
  }

  /** How many rows the file has: the third field of `FileMetaData` (parquet-format, parquet.thrift). */
  rows(): number {
    const tail = new Uint8Array(this.#length);
    let end = 0;
    for (const part of this.#parts) {
      tail.set(part, end);
      end += part.length;
    }
    // The footer is followed by its length and by `PAR1`.
    const view = new DataView(tail.buffer);
    const start = tail.length < 8 ? -1 : tail.length - 8 - view.getUint32(tail.length - 8, true);
    if (start < 0) throw new AssayError('unsupported', 'Parquet could not be written: it has no footer');
    const rows = new CompactReader(tail, start).integerField(3);
    if (rows === null)
      throw new AssayError('unsupported', 'Parquet could not be written: its footer tells no count of rows');
    return rows;
  }
}

// Types of Thrift's compact protocol.
const stop = 0;
const doubleType = 7;
const binaryType = 8;
const listType = 9;
const setType = 10;
const mapType = 11;
const structType = 12;

/** Reads just enough of Thrift's compact protocol to step over fields. */
class CompactReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** The integer under that field of the struct that begins here. */
  integerField(wanted: number): number | null {
    for (let id = 0, header = this.#byte(); header !== stop; header = this.#byte()) {
      id = header >> 4 === 0 ? this.#zigzag() : id + (header >> 4);
      if (id === wanted) return this.#zigzag();
      this.#skip(header & 15, false);
    }
    return null;
  }

  #byte(): number {
    return this.#bytes[this.#position++] ?? 0;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #skip(type: number, isElement: boolean): void {
    if (type === 1 || type === 2) {
      // A boolean field is in its header; an element of a list has a byte.
      if (isElement) this.#position++;
    } else if (type === 3) this.#position++;
    else if (type === doubleType) this.#position += 8;
    else if (type === binaryType) {
      const length = this.#varint();
      this.#position += length;
    } else if (type === listType || type === setType) this.#skipList();
    else if (type === mapType) this.#skipMap();
    else if (type === structType) {
      for (let header = this.#byte(); header !== stop; header = this.#byte()) {
        if (header >> 4 === 0) this.#zigzag();
        this.#skip(header & 15, false);
      }
    } else this.#varint();
  }

  #skipList(): void {
    const header = this.#byte();
    const size = header >> 4 === 15 ? this.#varint() : header >> 4;
    for (let index = 0; index < size; index++) this.#skip(header & 15, true);
  }

  #skipMap(): void {
    const size = this.#varint();
    if (size === 0) return;
    const types = this.#byte();
    for (let index = 0; index < size; index++) {
      this.#skip(types >> 4, true);
      this.#skip(types & 15, true);
    }
  }
}
