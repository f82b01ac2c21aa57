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

/**
 * Gives back the data or the settings of a function.
 *
 * @param fields - What it has, for the message.
 * @throws AssayError `invalid-input` for what is no object, such as nothing at all.
 */
export function needInput<T>(fields: string, input: T): T & object {
  if (typeof input === 'object' && input !== null) return input;
  throw new AssayError(
    'invalid-input',
    `Expected { ${fields} }, got ${input === undefined ? 'nothing' : display(input)}`,
  );
}

/** Gives back a column. @throws AssayError `invalid-input` for what is no list. */
export function needList<List extends ArrayLike<unknown>>(name: string, column: List): List {
  if (typeof column === 'object' && column !== null && typeof column.length === 'number') return column;
  throw invalidInput(name, 'a list', column);
}

/** Two columns that belong together row by row. */
export function sameLength(names: string, a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  if (needList(names, a).length !== needList(names, b).length)
    throw invalidInput(names, 'of equal length', `${a.length} and ${b.length}`);
}

function display(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
