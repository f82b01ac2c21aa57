import { AssayError } from '@assay/core/errors';

/** Which way a difference must lie to count against the null hypothesis. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/** The error for an option that cannot be: *Expected X to be Y, got Z*. */
export function invalidConfig(name: string, expected: string, got: unknown): AssayError {
  return new AssayError('invalid-config', `Expected ${name} to be ${expected}, got ${display(got)}`);
}

/** The error for data that cannot be. */
export function invalidInput(name: string, expected: string, got: unknown): AssayError {
  return new AssayError('invalid-input', `Expected ${name} to be ${expected}, got ${display(got)}`);
}

/** A probability strictly between 0 and 1, such as a confidence level. */
export function fractionOption(name: string, value: number): number {
  if (!(value > 0 && value < 1)) throw invalidConfig(name, 'a number between 0 and 1', value);
  return value;
}

/** A whole number that is at least `least`. */
export function wholeOption(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw invalidConfig(name, `a whole number of at least ${least}`, value);
  return value;
}

/** One of the words that an option knows. */
export function wordOption<Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
  if (!words.includes(value)) throw invalidConfig(name, words.map((word) => `'${word}'`).join(' or '), value);
  return value;
}

/** The alternative of a test, checked. */
export function alternativeOption(value: Alternative = 'two-sided'): Alternative {
  return wordOption('alternative', value, ['two-sided', 'greater', 'less']);
}

/** Two columns that belong together row by row. */
export function sameLength(names: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) throw invalidInput(names, 'of equal length', `${a.length} and ${b.length}`);
}

function display(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
