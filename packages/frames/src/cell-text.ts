import { AssayError, messageOf } from '@assay/core/errors';

/**
 * A value as the text of a cell: a string as it is, anything else as JSON. `null` and what JSON leaves out are null.
 *
 * @throws AssayError `invalid-input` for what JSON cannot hold, such as a circular object.
 */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : jsonText(value);
}

/**
 * JSON text of any value a frame can hold: times as ISO 8601, bytes as base64, whole numbers of any size with all their
 * digits, lists of numbers as lists.
 */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value, jsonReady) ?? null;
  } catch (cause) {
    throw new AssayError('invalid-input', `Expected a value that JSON can hold: ${messageOf(cause)}`, { cause });
  }
}

function jsonReady(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJson(value.toString());
  if (value instanceof Uint8Array) return base64(value);
  return ArrayBuffer.isView(value) && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown> & ArrayBufferView)
    : value;
}

/** The digits as a number of JSON; in quotes where the runtime cannot (before Node 22, Safari 18.4). */
function rawJson(digits: string): unknown {
  return 'rawJSON' in JSON && typeof JSON.rawJSON === 'function' ? JSON.rawJSON(digits) : digits;
}

/** The shortest digits that read back as the same double; the sign of -0 is kept. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The bytes as base64. */
export function base64(bytes: Uint8Array): string {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}
