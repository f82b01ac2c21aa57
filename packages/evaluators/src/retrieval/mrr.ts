import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { scored } from '../result.ts';
import {
  type CutOffOptions,
  cutOff,
  idsOf,
  nothingRelevant,
  relevantRanks,
  type RetrievedItem,
} from './ranked-items.ts';

/**
 * The reciprocal rank: 1 ÷ the rank of the first relevant item, 0 when none of the first `k` is. Its mean over an
 * experiment, which the summary gives, is the mean reciprocal rank (Voorhees 1999).
 *
 * Range 0 to 1, higher is better. `metadata.rank` counts from 1, `null` when there is none. Skipped when nothing is relevant.
 *
 * @example
 * ```ts
 * import { mrr } from '@assay/evaluators';
 *
 * console.log(mrr({ output: ['x', 'a', 'b'], expected: ['a', 'b'] }).score); // 0.5
 * ```
 */
export const mrr: CodeEvaluator<
  { readonly output: readonly RetrievedItem[]; readonly expected: readonly RetrievedItem[] | null },
  CutOffOptions
> = defineEvaluator({
  name: 'mrr',
  options: z.strictObject(cutOff),
  evaluate: ({ output, expected }, { k }) => {
    const relevant = new Set(idsOf('expected', expected ?? []));
    if (relevant.size === 0) return nothingRelevant;
    const index = relevantRanks(idsOf('output', output, k), relevant).indexOf(true);
    return scored(index === -1 ? 0 : 1 / (index + 1), { metadata: { rank: index === -1 ? null : index + 1 } });
  },
});
