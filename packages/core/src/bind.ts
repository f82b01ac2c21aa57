import { AssayError } from './errors.ts';
import type { EvaluateFunction, Evaluator, Fixed } from './evaluator.ts';
import { shown } from './kind-checks.ts';

/**
 * Adapts an evaluator written for other field names to the runs of this experiment.
 *
 * @param evaluator - An evaluator, or a named function, whose parameters are named by its author.
 * @param read - Reads those parameters from a run. A plain function, so the compiler checks every field.
 * @returns An evaluator of the same name, kind and direction that judges a run.
 *
 * @example
 * ```ts
 * import { bindEvaluator, type EvaluatorParams } from '@assay/core';
 *
 * type Question = { input: { question: string }; metadata: { passages: string[] } };
 * const faithful = ({ context, answer }: { context: string; answer: string }) => context.includes(answer);
 *
 * const grounded = bindEvaluator(faithful, ({ metadata, output }: EvaluatorParams<Question, string>) => ({
 *   context: metadata.passages.join('\n'),
 *   answer: output,
 * }));
 * ```
 */
export function bindEvaluator<Params, Run>(
  evaluator: Evaluator<Params> | EvaluateFunction<Params>,
  read: (run: Run) => Fixed<Params>,
): Evaluator<Run> {
  checkBinding(evaluator, read);
  if (!isEvaluator(evaluator)) return { name: evaluator.name, evaluate: (run) => evaluator(withCall(read(run), run)) };
  const { name, kind, direction, retries, timeoutMs, rateLimit } = evaluator;
  return {
    name,
    kind,
    direction,
    retries,
    timeoutMs,
    rateLimit,
    evaluate: (run) => evaluator.evaluate(withCall(read(run), run)),
  };
}

/**
 * What belongs to the call goes along with the chosen fields, so that a bound judge, too, ends at its time-out and
 * reports what it used.
 */
function withCall<Params>(params: Params, run: unknown): Params {
  if (typeof params !== 'object' || params === null || Object.getPrototypeOf(params) !== Object.prototype)
    return params;
  if (typeof run !== 'object' || run === null) return params;
  const missing = callFields.filter((name) => name in run && !(name in params));
  // Read when asked for, as a run makes its signal only then; and not listed, as `read` chose what there is to judge.
  return Object.defineProperties(
    { ...params },
    Object.fromEntries(missing.map((name) => [name, { get: () => (run as Readonly<Record<string, unknown>>)[name] }])),
  );
}

/** @throws AssayError `invalid-config`, rather than a failure of every evaluation. */
function checkBinding(evaluator: unknown, read: unknown): void {
  const judges = typeof evaluator === 'object' && evaluator !== null && 'evaluate' in evaluator;
  if (!judges && typeof evaluator !== 'function')
    throw new AssayError('invalid-config', `Expected an evaluator to bind, got ${shown(evaluator)}`);
  if (typeof read !== 'function')
    throw new AssayError(
      'invalid-config',
      `Expected a function that reads a run for the evaluator, got ${shown(read)}`,
    );
}

function isEvaluator<Params>(evaluator: Evaluator<Params> | EvaluateFunction<Params>): evaluator is Evaluator<Params> {
  return 'evaluate' in evaluator;
}

const callFields = ['experiment', 'example', 'repetition', 'attempt', 'signal', 'reportUsage'] as const;
