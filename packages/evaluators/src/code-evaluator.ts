import { AssayError, type Direction, type EvaluationResult, type Evaluator, type Verdict } from '@assay/core';
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
  return create(definition, {}, safeRead(definition, {}));
}

function create<Params, Options extends object, Result extends Judged>(
  definition: Definition<Params, Options, Result>,
  fixed: Readonly<Record<string, unknown>>,
  ready: Options | null,
): CodeEvaluator<Params, Options, Result> {
  const { name, direction = 'maximize' } = definition;
  const optionNames = Object.keys(definition.options.shape);
  const judge = (params: Params & Options): Result => {
    const given = optionNames.filter((option) => (params as Readonly<Record<string, unknown>>)[option] !== undefined);
    const more = Object.fromEntries(
      given.map((option) => [option, (params as Readonly<Record<string, unknown>>)[option]]),
    );
    return definition.evaluate(
      params,
      ready !== null && given.length === 0 ? ready : read(definition, { ...fixed, ...more }),
    );
  };
  const fixMore = (options: Options): CodeEvaluator<Params, Loose<Options>, Result> => {
    const all = { ...fixed, ...options };
    return create<Params, Options, Result>(definition, all, read(definition, all)) as unknown as CodeEvaluator<
      Params,
      Loose<Options>,
      Result
    >;
  };
  const evaluator = (params: Params & Options): Result => judge(params);
  // `Object.assign` cannot set a function's own name.
  for (const [key, value] of Object.entries({
    name,
    kind: 'CODE',
    direction,
    evaluate: judge,
    with: fixMore,
    fingerprint: fingerprint(name, fixed),
  })) {
    Object.defineProperty(evaluator, key, { value, enumerable: true });
  }
  return evaluator as unknown as CodeEvaluator<Params, Options, Result>;
}

function read<Options extends object>(definition: Definition<never, Options, Judged>, options: unknown): Options {
  const found = definition.options.safeParse(options);
  if (!found.success)
    throw new AssayError(
      'invalid-config',
      `Expected the options of ${definition.name} to fit: ${z.prettifyError(found.error)}`,
      { cause: found.error },
    );
  const known = found.data as Options;
  definition.check?.(known);
  return known;
}

/** The options when none are given; `null` when some must be. */
function safeRead<Options extends object>(
  definition: Definition<never, Options, Judged>,
  options: unknown,
): Options | null {
  const found = definition.options.safeParse(options);
  return found.success ? (found.data as Options) : null;
}

/** What core compares to warn of an evaluator that has changed since the experiment was started. */
function fingerprint(name: string, options: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(options, (_, value: unknown) =>
    typeof value === 'function' || value instanceof RegExp ? String(value) : value,
  );
  return `${name} ${text}`;
}
