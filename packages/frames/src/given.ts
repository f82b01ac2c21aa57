import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';

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

/**
 * Gives back settings, of which fields are to be read.
 *
 * @param expected - Names them in the message, with the fields they must have.
 * @throws AssayError `invalid-config` for what is no object, such as nothing at all.
 */
export function needSettings<T>(expected: string, given: T): T & object {
  if (typeof given === 'object' && given !== null) return given;
  throw new AssayError(
    'invalid-config',
    `Expected ${expected}, got ${given === undefined ? 'nothing' : kindOf(given)}`,
  );
}

/** Gives back what is to be gone through. @throws AssayError `invalid-config` for what cannot be. */
export function needIterable<T>(expected: string, given: Iterable<T>): Iterable<T> {
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) return given;
  throw new AssayError('invalid-config', `Expected ${expected}, got ${kindOf(given)}`);
}

/** Gives back a table. @throws AssayError `invalid-config` for what is none, such as a promise that was not awaited. */
export function needTable(given: ColumnTable): ColumnTable {
  if (typeof given === 'object' && given !== null && typeof given.columnNames === 'function') return given;
  const got = kindOf(given);
  throw new AssayError(
    'invalid-config',
    `Expected a table of Arquero, got ${got === 'Promise' ? 'a Promise: await it first' : got}`,
  );
}

function kindOf(given: unknown): string {
  if (typeof given !== 'object' || given === null) return given === null ? 'null' : typeof given;
  return Object.prototype.toString.call(given).slice('[object '.length, -1);
}
