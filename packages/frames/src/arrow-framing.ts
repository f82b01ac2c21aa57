import { AssayError } from '@assay/core/errors';
import { verifyFooter, verifyMessage } from './arrow-verify.ts';

const fileMagic = 'ARROW1';

/**
 * Arrow IPC bytes that are whole, and that flechette can read.
 *
 * It takes a stream that was cut off within a message header for its end, and no bytes at all for a table without
 * columns; and of a file it finds no dictionary that lies behind its batch, which is where polars puts them.
 *
 * @throws AssayError `invalid-input` when the bytes are not whole, `unsupported` for Feather version 1.
 */
export function readableArrow(bytes: Uint8Array): Uint8Array {
  if (textAt(bytes, 0, 4) === 'FEA1')
    throw new AssayError('unsupported', 'Expected Arrow IPC, got Feather version 1: write it again as version 2');
  if (textAt(bytes, 0, fileMagic.length) === fileMagic) return readableFile(bytes);
  checkStream(bytes);
  return bytes;
}

function readableFile(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - fileMagic.length;
  if (end < 16 || textAt(bytes, end, fileMagic.length) !== fileMagic) throw cutOff('its footer is missing', bytes);
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const footer = end - 4 - view.getInt32(end - 4, true);
    verifyFooter(headerAt(bytes, footer, end - 4 - footer));
    const dictionaries = blocksOf(view, footer, dictionaryField);
    const batches = blocksOf(view, footer, batchField);
    for (const { offset, length } of [...dictionaries, ...batches]) {
      if (offset < 0 || length < 0 || offset + length > bytes.length)
        throw cutOff('its footer names a message that is not there', bytes);
      verifyMessage(messageHeader(bytes, offset));
    }
    const firstBatch = Math.min(...batches.map(({ offset }) => offset));
    return dictionaries.some(({ offset }) => offset > firstBatch)
      ? withDictionariesFirst(bytes, dictionaries, batches)
      : bytes;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw cutOff('its footer is broken', bytes);
  }
}

/** The header of the message at a place of a file: after its marker and length. */
function messageHeader(bytes: Uint8Array, offset: number): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = offset + (view.getInt32(offset, true) === -1 ? 8 : 4);
  return headerAt(bytes, start, view.getInt32(start - 4, true));
}

/** A message that the footer names. */
interface Block {
  /** Where the footer holds the offset. */
  readonly entry: number;
  readonly offset: number;
  readonly length: number;
}

// Fields of `Footer` (format/File.fbs).
const dictionaryField = 2;
const batchField = 3;

/** A vector of `Block`: offset, length of the header, length of the body, 24 bytes in all. */
function blocksOf(view: DataView, footer: number, field: number): Block[] {
  const table = footer + view.getInt32(footer, true);
  const vtable = table - view.getInt32(table, true);
  const slot = 4 + 2 * field;
  const offset = view.getUint16(vtable, true) > slot ? view.getUint16(vtable + slot, true) : 0;
  if (offset === 0) return [];
  const vector = table + offset + view.getInt32(table + offset, true);
  return Array.from({ length: view.getInt32(vector, true) }, (_, index) => {
    const entry = vector + 4 + index * 24;
    const length = view.getInt32(entry + 8, true) + Number(view.getBigInt64(entry + 16, true));
    return { entry, offset: Number(view.getBigInt64(entry, true)), length };
  });
}

const headLength = 8;

/** The file with its dictionaries once more at the front, and a footer that names those. */
function withDictionariesFirst(
  bytes: Uint8Array,
  dictionaries: readonly Block[],
  batches: readonly Block[],
): Uint8Array {
  const shift = dictionaries.reduce((sum, { length }) => sum + aligned(length), 0);
  const moved = new Uint8Array(bytes.length + shift);
  moved.set(bytes.subarray(0, headLength));
  moved.set(bytes.subarray(headLength), headLength + shift);
  const view = new DataView(moved.buffer);
  let front = headLength;
  for (const { entry, offset, length } of dictionaries) {
    moved.set(bytes.subarray(offset, offset + length), front);
    view.setBigInt64(entry + shift, BigInt(front), true);
    front += aligned(length);
  }
  for (const { entry, offset } of batches) view.setBigInt64(entry + shift, BigInt(offset + shift), true);
  return moved;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/**
 * Messages follow each other (marker, length of the header, header, body) up to a header of length 0. The format lets a
 * stream end without that; but then one that was cut off between two batches would read as a shorter table.
 */
function checkStream(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  for (let messages = 0; ; messages++) {
    if (position + 8 <= bytes.length && view.getInt32(position, true) === -1) position += 4;
    if (position + 4 > bytes.length) throw cutOff('its end is missing', bytes);
    const headerLength = view.getInt32(position, true);
    position += 4;
    if (headerLength === 0 && messages > 0) return;
    if (headerLength <= 0 || position + headerLength > bytes.length)
      throw cutOff('it ends within a message header', bytes);
    position += headerLength + bodyLength(headerAt(bytes, position, headerLength), bytes);
  }
}

/** Reads `bodyLength` of a `Message` (format/Message.fbs): the fourth field of its table. */
function bodyLength(header: DataView, bytes: Uint8Array): number {
  try {
    verifyMessage(header);
    const table = header.getInt32(0, true);
    const vtable = table - header.getInt32(table, true);
    const offset = header.getUint16(vtable, true) > 10 ? header.getUint16(vtable + 10, true) : 0;
    const length = offset === 0 ? 0n : header.getBigInt64(table + offset, true);
    if (length >= 0n && length <= BigInt(bytes.length)) return Number(length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
  }
  throw cutOff('a message header is broken, or it ends within a message body', bytes);
}

function headerAt(bytes: Uint8Array, position: number, length: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + position, length);
}

function cutOff(why: string, bytes: Uint8Array): AssayError {
  return new AssayError('invalid-input', `Expected Arrow IPC bytes: ${why} (${bytes.length} bytes)`);
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
