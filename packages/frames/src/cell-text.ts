import { AssayError, messageOf } from '@assay/core';

/**
 * A value as the text of a cell: a string as it is, anything else as JSON. `null` and what JSON leaves out are null.
 *
 * @throws AssayError `invalid-input` for what JSON cannot hold: a circular object, a bigint.
 */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? null;
  } catch (cause) {
    throw new AssayError('invalid-input', `Expected a value that JSON can hold: ${messageOf(cause)}`, { cause });
  }
}
