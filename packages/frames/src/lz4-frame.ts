import { AssayError } from '@assay/core/errors';

/**
 * Decodes one LZ4 frame (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, version 1.6.4).
 *
 * Blocks may refer back into earlier blocks, as those of polars do: lz4js decodes each on its own and gets other bytes
 * without an error, which is why this is here. Checksums are skipped, not checked.
 *
 * @param length - How many bytes come out.
 * @throws AssayError `invalid-input` when it is cut off or not LZ4.
 */
export function decodeLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== magic) throw broken('no frame header');
  const flags = frame[4] ?? 0;
  const hasBlockChecksums = (flags & 0x10) !== 0;
  let position = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  const output = new Uint8Array(length);
  let written = 0;
  for (;;) {
    if (position + 4 > frame.length) throw broken('it ends within a block');
    const header = view.getUint32(position, true);
    position += 4;
    if (header === 0) break;
    const size = header & 0x7fffffff;
    if (position + size > frame.length) throw broken('it ends within a block');
    const block = frame.subarray(position, position + size);
    const isStored = header >>> 31 === 1;
    written = isStored ? copyStored(block, output, written) : decodeBlock(block, output, written);
    position += size + (hasBlockChecksums ? 4 : 0);
  }
  if (written !== length) throw broken(`it holds ${written} bytes, not ${length}`);
  return output;
}

const magic = 0x184d2204;

function copyStored(block: Uint8Array, output: Uint8Array, written: number): number {
  if (written + block.length > output.length) throw broken('it holds more than it says');
  output.set(block, written);
  return written + block.length;
}

/** Sequences of literals and of matches further back in the output. */
function decodeBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let read = 0;
  let written = start;

  const extended = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let size = nibble;
    for (let byte = 255; byte === 255;) {
      if (read >= block.length) throw broken('it ends within a length');
      byte = block[read++] ?? 0;
      size += byte;
    }
    return size;
  };

  while (read < block.length) {
    const token = block[read++] ?? 0;
    const literals = extended(token >> 4);
    if (read + literals > block.length || written + literals > output.length) throw broken('it ends within literals');
    output.set(block.subarray(read, read + literals), written);
    read += literals;
    written += literals;
    // The last sequence of a block has no match.
    if (read === block.length) break;
    const distance = (block[read] ?? 0) | ((block[read + 1] ?? 0) << 8);
    read += 2;
    const size = extended(token & 15) + 4;
    if (distance === 0 || distance > written || written + size > output.length)
      throw broken('a match lies outside of it');
    copyMatch(output, written, distance, size);
    written += size;
  }
  return written;
}

function copyMatch(output: Uint8Array, at: number, distance: number, size: number): void {
  if (distance >= size) {
    output.copyWithin(at, at - distance, at - distance + size);
    return;
  }
  // The match runs into what it writes, and so repeats it.
  for (let index = 0; index < size; index++) output[at + index] = output[at + index - distance] ?? 0;
}

function broken(why: string): AssayError {
  return new AssayError('invalid-input', `Expected an LZ4 frame: ${why}`);
}
