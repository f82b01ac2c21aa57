import { AssayError } from '@assay/core/errors';

/** @throws AssayError `invalid-input` for what does not have these parts. */
export function checkParts(what: string, value: unknown, ...parts: readonly string[]): void {
  if (typeof value === 'object' && value !== null && parts.every((part) => part in value)) return;
  const got = value instanceof Promise ? 'a Promise: await it first' : value === null ? 'null' : typeof value;
  throw new AssayError('invalid-input', `Expected ${what}, got ${got === 'object' ? 'another object' : got}`);
}
