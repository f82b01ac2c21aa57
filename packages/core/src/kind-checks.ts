import { AssayError } from './errors.ts';

/**
 * @throws AssayError `invalid-config` for what has the wrong type, before it can do harm: a text that stands for `true`, or
 * a `signal` that is only missed when it should stop the run. `undefined` and `null` count as left out.
 */
export function ofType(name: string, value: unknown, type: 'boolean' | 'function' | 'string'): void {
  if (value === undefined || value === null || typeof value === type) return;
  const expected = { boolean: 'true or false', function: 'a function', string: 'text' }[type];
  throw new AssayError('invalid-config', `Expected ${name} to be ${expected}, got ${shown(value)}`);
}

/** @throws AssayError `invalid-config` unless the value is left out or has these methods. */
export function withMethods(name: string, value: unknown, expected: string, methods: readonly string[]): void {
  if (value === undefined || value === null) return;
  if (methods.some((method) => !(method in (Object(value) as object))))
    throw new AssayError('invalid-config', `Expected ${name} to be ${expected}, got ${shown(value)}`);
}

/** @throws AssayError `invalid-config` unless the store is left out or one: a promise of it must be awaited first. */
export function checkStore(store: unknown, name = 'store'): void {
  const hint = store instanceof Promise ? ' (await openStore(…))' : '';
  withMethods(name, store, `a store${hint}`, ['saveDataset', 'createExperiment', 'saveTaskRun', 'listTaskRuns']);
}

/** @throws AssayError `invalid-config` for anything but a store. */
export function needStore(name: string, store: unknown): void {
  if (store === undefined || store === null) throw new AssayError('invalid-config', `Expected ${name}, got none`);
  checkStore(store, name);
}

/** @throws AssayError `invalid-config` unless the value is left out or a plain object. */
export function plainObject(name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object' || Object.prototype.toString.call(value) !== '[object Object]')
    throw new AssayError('invalid-config', `Expected ${name} to be an object, got ${shown(value)}`);
}

/** @throws AssayError `invalid-config` unless the value is left out or a list of text. */
export function listOfText(name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new AssayError('invalid-config', `Expected ${name} to be a list of names, got ${shown(value)}`);
}

/** A value in a message, so that text that looks like a number is told from one. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' || typeof value === 'function' ? nameOf(value) : String(value);
}

function nameOf(value: object): string {
  if (typeof value === 'function') return 'a function';
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'an object';
}
