import { AssayError } from './errors.ts';

/** @throws AssayError `invalid-config` unless the value is a whole number of at least `least`. */
export function wholeNumber(name: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new AssayError(
      'invalid-config',
      `Expected ${name} to be a whole number of at least ${least}, got ${String(value)}`,
    );
  }
}

/** @throws AssayError `invalid-config` unless the value is a number of milliseconds above 0. */
export function positive(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0))
    throw new AssayError('invalid-config', `Expected ${name} to be above 0 milliseconds, got ${String(value)}`);
}
