import { AssayError } from '@assay/core/errors';

/** @throws AssayError `invalid-config` for anything but text. */
export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string')
    throw new AssayError('invalid-config', `Expected ${what} as text, got ${kindOf(given)}`);
}

/** @throws AssayError `invalid-config` for anything but bytes: an `ArrayBuffer` has to be wrapped first. */
export function checkBytes(what: string, given: unknown): void {
  // Not `instanceof`: a test runner may have made the bytes in a world of its own.
  if (kindOf(given) !== 'Uint8Array')
    throw new AssayError('invalid-config', `Expected ${what} as a Uint8Array, got ${kindOf(given)}`);
}

function kindOf(given: unknown): string {
  if (typeof given !== 'object' || given === null) return given === null ? 'null' : typeof given;
  return Object.prototype.toString.call(given).slice('[object '.length, -1);
}
