import {
  AssayError,
  needObject,
  type Direction,
  type EvaluationResult,
  type Evaluator,
  type Verdict,
} from '@assay/core';
import { z } from 'zod';

/**
 * An evaluator that is a function too. Call it by hand, hand it to `runExperiment` as it is, or fix its options with
 * `with`: what an option is not fixed to may be given with each call.
 *
 * @example
 * ```ts
 * import { exactMatch } from '@assay/evaluators';
 *
 * const { score } = exactMatch({ output: ' Paris', expected: 'paris', trim: true, ignoreCase: true });
 * const lenient = exactMatch.with({ trim: true, ignoreCase: true });
 * console.log(score, lenient.name, lenient({ output: 'PARIS', expected: 'Paris' }).score);
 * ```
 */
export interface CodeEvaluator<
  Params,
  Options extends object,
  Result extends Judged = EvaluationResult,
> extends Evaluator<Params & Options> {
  (params: Params & Options): Result;
  readonly kind: 'CODE';
  readonly direction: Direction;
  readonly evaluate: (params: Params & Options) => Result;
  /** The same evaluator with options fixed. @throws AssayError `invalid-config` for options that it cannot have. */
  readonly with: (options: Options) => CodeEvaluator<Params, Loose<Options>, Result>;
}

/** What an evaluator gives back: core's verdicts. */
type Judged = Verdict | PromiseLike<Verdict>;

/** Options of which none need be given. */
export type Loose<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

interface Definition<Params, Options extends object, Result extends Judged> {
  readonly name: string;
  readonly direction?: Direction;
  readonly options: z.ZodObject;
  readonly evaluate: (params: Params, options: Options) => Result;
  /** Does once what depends on the options alone, and finds fault with them at once. */
  readonly check?: (options: Options) => void;
}

/** Makes an evaluator in the one shape that all code evaluators share. */
export function defineEvaluator<Params, Options extends object, Result extends Judged = EvaluationResult>(
  definition: Definition<Params, Options, Result>,
): CodeEvaluator<Params, Options, Result> {
  // Where an option must be given, it is missed when the evaluator is called without it.
  const ready = definition.options.safeParse({}).success ? readOptions(definition, {}) : null;
  return create(definition, {}, ready);
}

/**
 * @param fixed - The options as they were given.
 * @param ready - The same, checked, so that a call which adds none checks nothing; `null`: some are missing.
 */
function create<Params, Options extends object, Result extends Judged>(
  definition: Definition<Params, Options, Result>,
  fixed: object,
  ready: Options | null,
): CodeEvaluator<Params, Options, Result> {
  const { name, direction = 'maximize' } = definition;
  const optionNames = Object.keys(definition.options.shape);

  const evaluator = (params: Params & Options): Result => {
    const fields = needObject(`what ${name} is to judge as { output, … }`, params) as Readonly<Record<string, unknown>>;
    const given = optionNames.filter((option) => fields[option] !== undefined);
    if (ready !== null && given.length === 0) return definition.evaluate(params, ready);
    const all = { ...fixed, ...Object.fromEntries(given.map((option) => [option, fields[option]])) };
    return definition.evaluate(params, readOptions(definition, all));
  };
  const fields = {
    name,
    kind: 'CODE',
    direction,
    evaluate: evaluator,
    with: (options: Options) => {
      const all = { ...fixed, ...options };
      return create(definition, all, readOptions(definition, all));
    },
    fingerprint: fingerprintOf(name, fixed),
  };
  // Not `Object.assign`, which cannot set a function's own name.
  for (const [key, value] of Object.entries(fields)) Object.defineProperty(evaluator, key, { value, enumerable: true });
  return evaluator as unknown as CodeEvaluator<Params, Options, Result>;
}

function readOptions<Options extends object>(
  { name, options: schema, check }: Definition<never, Options, Judged>,
  options: object,
): Options {
  const read = schema.safeParse(options);
  if (!read.success) {
    const problem = `Expected the options of ${name} to fit: ${z.prettifyError(read.error)}`;
    throw new AssayError('invalid-config', problem, { cause: read.error });
  }
  const known = read.data as Options;
  check?.(known);
  return known;
}

/** What core compares, to warn of an evaluator that has changed since the experiment was started. */
function fingerprintOf(name: string, options: object): string {
  return [name, ...Object.entries(options).map(([option, value]) => `${option}: ${textOf(value)}`)].join('\n');
}

/** Models are known by their names: what else they hold may be a key, or hold itself. */
function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'modelId' in value) return String(value.modelId);
  if (typeof value === 'function' || value instanceof RegExp) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return 'a value that is not JSON';
  }
}
