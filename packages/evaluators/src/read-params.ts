import { EvaluationError } from './evaluation-error.ts';

/** The text of a parameter. @throws EvaluationError for anything else. */
export function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(name, 'text', value);
  return value;
}

/** One text, or several of which any will do. @throws EvaluationError. */
export function textsOf(name: string, value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (texts.length === 0) throw wrong(name, 'text or a list of texts', value);
  return texts.map((text) => textOf(name, text));
}

/** @throws EvaluationError unless the value is a list. */
export function listOf(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(name, 'a list', value);
  return value as readonly unknown[];
}

/** A finite number, or the text of one. @throws EvaluationError. */
export function numberOf(name: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(name, 'a number', value);
  return number;
}

/** *Expected X to be Y, got Z.* */
export function wrong(name: string, expected: string, got: unknown): EvaluationError {
  return new EvaluationError(`Expected ${name} to be ${expected}, got ${shown(got)}`);
}

function shown(value: unknown): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
}
