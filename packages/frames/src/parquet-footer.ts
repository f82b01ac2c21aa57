import { parquetModule } from './parquet-module.ts';

/** Bytes from the end of a file that are kept; a footer of a thousand row groups is smaller. */
const kept = 16 * 1024 * 1024;

/** Follows a Parquet file as it is written, for what its footer says in the end. */
export class ParquetFooter {
  #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
    for (let first = this.#parts[0]; first !== undefined && this.#length - first.length >= kept; first = this.#parts[0]) {
      this.#parts.shift();
      this.#length -= first.length;
    }
  }

  /** How many rows the file has. */
  async rows(): Promise<number> {
    const { ParquetFile } = await parquetModule();
    // The footer is at the end and tells its own length, so the end of a file reads like a whole one.
    const file = await ParquetFile.fromFile(new Blob(this.#parts as Uint8Array<ArrayBuffer>[]));
    const rows = file.metadata().fileMetadata().numRows();
    file.free();
    return rows;
  }
}
