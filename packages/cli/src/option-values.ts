import { InvalidArgumentError } from '@commander-js/extra-typings';
import { messageOf, storedTagName } from '@assay/core';

/** Reads a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Reads a number above 0, in a unit that the message names. */
export function positive(unit: string): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (value > 0 && value < Infinity) return value;
    throw new InvalidArgumentError(`Expected ${unit} above 0.`);
  };
}

/** Reads a share from 0 to 1. */
export function share(text: string): number {
  const value = numberOf(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a share from 0 to 1, such as 0.05.');
}

/** Reads text that is not empty. */
export function nonEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected a value, got an empty one.');
}

/** Reads the name of a tag, so that one that no store takes is refused before a call is paid for. */
export function tagName(text: string): string {
  try {
    return storedTagName(text);
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
}

/** NaN for anything but a decimal number: `Number` would take '', '0x10' and ' 1 ' too. */
function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
