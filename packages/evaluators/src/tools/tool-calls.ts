import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { nothingExpected, scored } from '../result.ts';
import { fScores } from '../retrieval/list-f1.ts';
import { matchCount } from './match.ts';
import { type ArgumentMatch, fits, toolCallsOf, type ToolCallsLike } from './tool-call.ts';

export interface ToolCallsOptions {
  /** Default `exact`. A call that is expected without arguments is compared by its name. */
  readonly arguments?: ArgumentMatch | undefined;
  /** Which of the three is the score. Default `f`; all are in the metadata. */
  readonly measure?: 'f' | 'precision' | 'recall' | undefined;
}

/**
 * How well the tools that were called agree with those expected, whatever the order: with m calls that fit, precision =
 * m ÷ calls made, recall = m ÷ calls expected, and their F1. Each call fits one expectation at most.
 *
 * Range 0 to 1, higher is better. No call made and none expected: 1. Skipped when nothing is expected (`null`, not an
 * empty list). For the order see `trajectory`.
 *
 * @example
 * ```ts
 * import { toolCalls } from '@assay/evaluators';
 *
 * const { score } = toolCalls({
 *   output: [{ toolName: 'weather', input: { city: 'Lima' } }, { toolName: 'clock', input: {} }],
 *   expected: [{ name: 'weather', arguments: { city: 'Lima' } }],
 * });
 * console.log(score); // 0.667: one call too many
 * ```
 */
export const toolCalls: CodeEvaluator<
  { readonly output: ToolCallsLike; readonly expected: ToolCallsLike | null },
  ToolCallsOptions
> = defineEvaluator({
  name: 'toolCalls',
  options: z.strictObject({
    arguments: z.enum(['exact', 'subset', 'ignore']).optional(),
    measure: z.enum(['f', 'precision', 'recall']).optional(),
  }),
  evaluate: ({ output, expected }, { arguments: match = 'exact', measure = 'f' }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const [given, wanted] = [toolCallsOf('output', output), toolCallsOf('expected', expected)];
    const scores = fScores(
      matchCount(given, wanted, (call, one) => fits(call, one, match)),
      given.length,
      wanted.length,
    );
    return scored(scores[measure], { metadata: { ...scores } });
  },
});
