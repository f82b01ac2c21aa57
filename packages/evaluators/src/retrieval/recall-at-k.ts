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
 * The share of all relevant items that are among the first `k` retrieved: hits ÷ relevant. `output` is what was
 * retrieved, best first; `expected` is what is relevant.
 *
 * Range 0 to 1, higher is better. Agrees with scikit-learn's `recall_score` over the first `k`. Skipped when nothing is
 * relevant.
 *
 * @example
 * ```ts
 * import { recallAtK } from '@assay/evaluators';
 *
 * console.log(recallAtK({ output: [{ id: 'a' }, { id: 'x' }], expected: ['a', 'b'], k: 2 }).score); // 0.5
 * ```
 */
export const recallAtK: CodeEvaluator<
  { readonly output: readonly RetrievedItem[]; readonly expected: readonly RetrievedItem[] | null },
  CutOffOptions
> = defineEvaluator({
  name: 'recallAtK',
  options: z.strictObject(cutOff),
  evaluate: ({ output, expected }, { k }) => {
    const relevant = new Set(idsOf('expected', expected ?? []));
    if (relevant.size === 0) return nothingRelevant;
    const hits = relevantRanks(idsOf('output', output, k), relevant).filter(Boolean).length;
    return scored(hits / relevant.size, { metadata: { hits } });
  },
});
