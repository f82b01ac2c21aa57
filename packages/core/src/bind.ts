import type { EvaluateFunction, Evaluator, Fixed } from './evaluator.ts';

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
  if (typeof evaluator === 'function') return { name: evaluator.name, evaluate: (run) => evaluator(read(run)) };
  const { name, kind, direction, retries, timeoutMs, rateLimit } = evaluator;
  return { name, kind, direction, retries, timeoutMs, rateLimit, evaluate: (run) => evaluator.evaluate(read(run)) };
}
