import { AssayError } from './errors.ts';
import { shown } from './kind-checks.ts';

/**
 * Gives back an argument of which fields are to be read. What plain JavaScript hands in instead, nothing above all, is
 * the caller's slip, and is told as one.
 *
 * @param expected - Completes *Expected …, got nothing*.
 * @param code - `invalid-config` for settings, `invalid-input` for records, references and rows.
 * @throws AssayError of that code for anything but an object, and for a promise that was not awaited.
 */
export function needObject<T>(
  expected: string,
  given: T,
  code: 'invalid-input' | 'invalid-config' = 'invalid-input',
): T & object {
  if (typeof given === 'object' && given !== null && !(given instanceof Promise)) return given;
  throw new AssayError(code, `Expected ${expected}, got ${got(given)}`);
}

/** Gives back an argument that must be text. @throws AssayError `invalid-input`. */
export function needText(expected: string, given: unknown): string {
  if (typeof given === 'string') return given;
  throw new AssayError('invalid-input', `Expected ${expected}, got ${got(given)}`);
}

/** Gives back an argument that is to be gone through. @throws AssayError `invalid-input` for what cannot be. */
export function needIterable<T>(expected: string, given: Iterable<T>): Iterable<T> {
  if (Symbol.iterator in needObject(expected, given)) return given;
  throw new AssayError('invalid-input', `Expected ${expected}, got ${got(given)}`);
}

/** Gives back what refers to something. @throws AssayError `invalid-input` for what has neither an id nor a name. */
export function needReference(
  expected: string,
  reference: { readonly id: string } | { readonly name: string },
): { readonly id: string } | { readonly name: string } {
  needObject(expected, reference);
  if ('id' in reference) return { id: needText(`${expected} with an id that is text`, reference.id) };
  return { name: needText(`${expected} with a name that is text`, reference.name) };
}

function got(value: unknown): string {
  if (value instanceof Promise) return 'a Promise: await it first';
  return value === undefined ? 'nothing' : shown(value);
}
