import { AssayError } from './errors.ts';
import { shown } from './kind-checks.ts';

/** @throws AssayError `invalid-config` unless the value is a whole number of at least `least`. */
export function wholeNumber(name: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new AssayError(
      'invalid-config',
      `Expected ${name} to be a whole number of at least ${least}, got ${shown(value)}`,
    );
  }
}

/** @throws AssayError `invalid-config` unless the value is a number of milliseconds above 0. */
export function positive(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0))
    throw new AssayError('invalid-config', `Expected ${name} to be above 0 milliseconds, got ${shown(value)}`);
}

/** @throws AssayError `invalid-config` unless the seed is left out or a whole number: of another value only 0 would count. */
export function checkSeed(seed: unknown): void {
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new AssayError('invalid-config', `Expected seed to be a whole number, got ${shown(seed)}`);
}
