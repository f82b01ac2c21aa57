import type { ExpectedOf } from './dataset.ts';
import { AssayError, messageOf } from './errors.ts';
import type { Direction, EvaluatorKind, TaskRun } from './experiment.ts';
import { describe } from './fingerprint.ts';
import { positive, wholeNumber } from './number-checks.ts';
import { checkRateLimit, type RateLimit } from './rate-limit.ts';
import type { TaskParams } from './task.ts';
import type { Verdict } from './verdict.ts';

/** What an evaluator is called with: everything the task got, and what it returned. Each call gets its own copies. */
export interface EvaluatorParams<E, Output> extends TaskParams<E> {
  readonly output: Output;
  /** The same as `expected`, under the name other systems use. */
  readonly reference: ExpectedOf<E>;
  readonly taskRun: TaskRun<Output>;
  /** The trace of the task run; `null` when it was not traced. */
  readonly traceId: string | null;
}

/** Judges task runs. What is left out is taken from the run settings. */
export interface Evaluator<Params> {
  readonly name: string;
  /** Default `CODE`. */
  readonly kind?: EvaluatorKind | undefined;
  /** Default `maximize`. */
  readonly direction?: Direction | undefined;
  readonly evaluate: EvaluateFunction<Params>;
  readonly retries?: number | undefined;
  readonly timeoutMs?: number | null | undefined;
  readonly rateLimit?: RateLimit | undefined;
}

export type EvaluateFunction<Params> = (params: Params) => Verdict | PromiseLike<Verdict>;

/**
 * An evaluator in short: a function (its name counts), an instance or a class with `evaluate`. A function that has
 * `evaluate` is an evaluator too, with the kind, direction and settings it carries.
 */
export type EvaluatorLike<Params> =
  | EvaluateFunction<Params>
  | (Omit<Evaluator<Params>, 'name'> & { readonly name?: string | undefined })
  | (new () => { readonly evaluate: EvaluateFunction<Params> });

/** One evaluator, a list, or a record whose keys are the names. */
export type Evaluators<Params> =
  | EvaluatorLike<Params>
  | readonly EvaluatorLike<Params>[]
  | { readonly [name: string]: EvaluatorLike<Params> };

/** `T`, but never inferred from here. TypeScript 5.4's `NoInfer`, spelled for the 5.0 inside tslab. */
export type Fixed<T> = [T][T extends unknown ? 0 : never];

/** An evaluator with a checked name and nothing left out but what the run settings give. */
export interface NamedEvaluator extends Evaluator<never> {
  readonly kind: EvaluatorKind;
  readonly direction: Direction;
  /** What tells it from another of the same name: source text and options. */
  readonly source: string;
}

/**
 * Reads every form of evaluators as a list with checked names: trimmed, not empty, not anonymous, unique, and none the
 * prefix of another's results.
 *
 * @throws AssayError `invalid-config`.
 */
export function readEvaluators(evaluators: Evaluators<never> | undefined): readonly NamedEvaluator[] {
  const named = listOf(evaluators).map(([name, evaluator], index) => readEvaluator(name, evaluator, index));
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw invalid(`every evaluator to have its own name, got ${JSON.stringify(name)} twice`);
    names.add(name);
  }
  for (const name of names) {
    const owner = [...names].find((other) => name.startsWith(`${other}/`));
    if (owner !== undefined)
      throw invalid(`no evaluator to be named like a result of ${JSON.stringify(owner)}, got ${JSON.stringify(name)}`);
  }
  return named;
}

function listOf(
  evaluators: Evaluators<never> | undefined,
): readonly (readonly [name: string | null, evaluator: unknown])[] {
  if (evaluators === undefined) return [];
  if (Array.isArray(evaluators)) return evaluators.map((evaluator: unknown) => [null, evaluator] as const);
  if (typeof evaluators === 'function') return [[null, evaluators]];
  if (typeof evaluators !== 'object' || evaluators === null)
    throw invalid(`evaluators to be functions or objects with evaluate, got ${String(evaluators)}`);
  if (
    'evaluate' in evaluators &&
    typeof evaluators.evaluate === 'function' &&
    ('name' in evaluators || !isPlain(evaluators))
  )
    return [[null, evaluators]];
  // The entries of a map, a set or a promise are not seen here: nothing would be judged, and nobody told.
  if (Symbol.iterator in evaluators || evaluators instanceof Promise)
    throw invalid(`evaluators to be a list or a record of names, got a ${evaluators.constructor.name}`);
  return Object.entries(evaluators);
}

function readEvaluator(key: string | null, evaluator: unknown, index: number): NamedEvaluator {
  if (isClass(evaluator)) return readEvaluator(key, instanceOf(evaluator), index);
  if (typeof evaluator === 'function' && !('evaluate' in evaluator)) {
    return {
      name: checkedName(key ?? evaluator.name, index),
      kind: 'CODE',
      direction: 'maximize',
      evaluate: evaluator as EvaluateFunction<never>,
      source: describe(evaluator),
    };
  }
  if (
    (typeof evaluator !== 'object' && typeof evaluator !== 'function') ||
    evaluator === null ||
    !('evaluate' in evaluator) ||
    typeof evaluator.evaluate !== 'function'
  ) {
    throw invalid(
      `evaluator ${key ?? index + 1} to be a function or an object with evaluate, got ${evaluator === null ? 'null' : typeof evaluator}`,
    );
  }
  const judge = evaluator as Evaluator<never>;
  const ownName: unknown = judge.name ?? (isPlain(evaluator) ? '' : evaluator.constructor.name);
  const { kind = 'CODE', direction = 'maximize', retries, timeoutMs, rateLimit } = judge;
  const name = checkedName(key ?? ownName, index);
  if (retries !== undefined) wholeNumber(`retries of evaluator ${name}`, retries, 0);
  if (timeoutMs !== undefined && timeoutMs !== null) positive(`timeoutMs of evaluator ${name}`, timeoutMs);
  checkRateLimit(rateLimit);
  oneOf(`kind of evaluator ${name}`, kind, ['CODE', 'LLM', 'HUMAN']);
  oneOf(`direction of evaluator ${name}`, direction, ['maximize', 'minimize', 'neutral']);
  return {
    name,
    kind,
    direction,
    retries,
    timeoutMs,
    rateLimit,
    evaluate: (params) => judge.evaluate(params),
    source: describe(evaluator),
  };
}

function checkedName(name: unknown, index: number): string {
  if (typeof name !== 'string' || name.trim() === '') {
    throw invalid(
      `evaluator ${index + 1} to have a name, got ${name === '' ? 'none' : JSON.stringify(name)}: write { myName: evaluator }, or give the function a name`,
    );
  }
  if (!name.isWellFormed())
    throw invalid(
      `the name of evaluator ${index + 1} to be whole text, got half of a surrogate pair in ${JSON.stringify(name)}`,
    );
  return name.trim();
}

function oneOf(what: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== 'string' || !allowed.includes(value))
    throw invalid(`${what} to be ${allowed.join(', ')}, got ${String(value)}`);
}

function isClass(value: unknown): value is new () => object {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return (
    (typeof prototype === 'object' && prototype !== null && 'evaluate' in prototype) ||
    /^class\b/.test(Function.prototype.toString.call(value))
  );
}

function instanceOf(evaluator: new () => object): object {
  try {
    return new evaluator();
  } catch (cause) {
    throw new AssayError(
      'invalid-config',
      `Could not make an instance of evaluator ${evaluator.name}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function invalid(expectation: string): AssayError {
  return new AssayError('invalid-config', `Expected ${expectation}`);
}
