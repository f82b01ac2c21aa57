import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { numberOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';

export interface NumericDifferenceOptions {
  /** Divides by the size of the expected number. Default `false`. */
  readonly relative?: boolean | undefined;
  /** A difference up to this is labelled `within`, a larger one `outside`. */
  readonly tolerance?: number | undefined;
}

/**
 * How far the output is from the expected number: |output − expected|, with `relative: true` divided by |expected|.
 *
 * Range 0 and up; **lower is better**. Takes numbers and their texts (`'42'`, not `'42 km'`). Relative to 0 only 0 has a
 * difference: anything else is a failed evaluation. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { numericDifference } from '@assay/evaluators';
 *
 * console.log(numericDifference({ output: '41', expected: 40, relative: true, tolerance: 0.05 })); // score 0.025, label within
 * ```
 */
export const numericDifference: CodeEvaluator<
  { readonly output: number | string; readonly expected: number | string | null },
  NumericDifferenceOptions
> = defineEvaluator({
  name: 'numericDifference',
  direction: 'minimize',
  options: z.strictObject({ relative: z.boolean().optional(), tolerance: z.number().nonnegative().optional() }),
  evaluate: ({ output, expected }, { relative = false, tolerance }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const to = numberOf('expected', expected);
    const absolute = Math.abs(numberOf('output', output) - to);
    if (relative && to === 0 && absolute > 0)
      throw new EvaluationError('Expected a number other than 0, as no difference is relative to 0, got 0');
    const difference = relative && absolute > 0 ? absolute / Math.abs(to) : absolute;
    return scored(difference, {
      label: tolerance === undefined ? null : difference <= tolerance ? 'within' : 'outside',
    });
  },
});
