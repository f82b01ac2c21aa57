import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { listOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';
import { matchCount } from '../tools/match.ts';
import equal from 'fast-deep-equal';

export interface ListF1Options {
  /** How many times recall counts as much as precision. Default 1. */
  readonly beta?: number | undefined;
  /** Which of the three is the score. Default `f`; all are in the metadata. */
  readonly measure?: 'f' | 'precision' | 'recall' | undefined;
  readonly ignoreCase?: boolean | undefined;
}

/**
 * How well a list agrees with the expected one, whatever the order: with m items in common, precision = m ÷ items given,
 * recall = m ÷ items expected, F = (1 + β²)·P·R ÷ (β²·P + R). Items are compared as JSON; one that is there twice must be
 * expected twice.
 *
 * Range 0 to 1, higher is better. Two empty lists agree: 1. One empty list: 0. Agrees with scikit-learn's
 * `precision_recall_fscore_support` on sets. Skipped when nothing is expected (`null`, not an empty list).
 *
 * @example
 * ```ts
 * import { listF1 } from '@assay/evaluators';
 *
 * console.log(listF1({ output: ['a', 'b', 'c'], expected: ['a', 'b'] }).metadata); // precision 0.667, recall 1, f 0.8
 * ```
 */
export const listF1: CodeEvaluator<
  { readonly output: readonly unknown[]; readonly expected: readonly unknown[] | null },
  ListF1Options
> = defineEvaluator({
  name: 'listF1',
  options: z.strictObject({
    beta: z.number().positive().optional(),
    measure: z.enum(['f', 'precision', 'recall']).optional(),
    ignoreCase: z.boolean().optional(),
  }),
  evaluate: ({ output, expected }, { beta = 1, measure = 'f', ignoreCase = false }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const fold = (item: unknown): unknown => (ignoreCase && typeof item === 'string' ? item.toLowerCase() : item);
    const [given, wanted] = [listOf('output', output).map(fold), listOf('expected', expected).map(fold)];
    const scores = fScores(matchCount(given, wanted, equal), given.length, wanted.length, beta);
    return scored(scores[measure], { metadata: { ...scores } });
  },
});

/** Precision, recall and F of `common` items. */
export function fScores(
  common: number,
  given: number,
  expected: number,
  beta = 1,
): { readonly f: number; readonly precision: number; readonly recall: number } {
  if (given === 0 && expected === 0) return { f: 1, precision: 1, recall: 1 };
  const precision = given === 0 ? 0 : common / given;
  const recall = expected === 0 ? 0 : common / expected;
  const weight = beta ** 2;
  return {
    precision,
    recall,
    f: common === 0 ? 0 : ((1 + weight) * precision * recall) / (weight * precision + recall),
  };
}
