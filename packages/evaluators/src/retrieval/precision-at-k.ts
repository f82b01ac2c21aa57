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
 * The share of the first `k` retrieved items that are relevant: hits ÷ k. `output` is what was retrieved, best first;
 * `expected` is what is relevant.
 *
 * Range 0 to 1, higher is better. Fewer than `k` retrieved count as misses, as in trec_eval's `P_k`; an item that is there
 * twice counts once. Without `k` it is the share of all that was retrieved (of nothing: 0). Agrees with scikit-learn's
 * `precision_score` over the first `k`. Skipped when nothing is relevant.
 *
 * @example
 * ```ts
 * import { precisionAtK } from '@assay/evaluators';
 *
 * console.log(precisionAtK({ output: ['a', 'x', 'b'], expected: ['a', 'b'], k: 2 }).score); // 0.5
 * ```
 */
export const precisionAtK: CodeEvaluator<
  { readonly output: readonly RetrievedItem[]; readonly expected: readonly RetrievedItem[] | null },
  CutOffOptions
> = defineEvaluator({
  name: 'precisionAtK',
  options: z.strictObject(cutOff),
  evaluate: ({ output, expected }, { k }) => {
    const relevant = new Set(idsOf('expected', expected ?? []));
    if (relevant.size === 0) return nothingRelevant;
    const ids = idsOf('output', output, k);
    const hits = relevantRanks(ids, relevant).filter(Boolean).length;
    return scored(ids.length === 0 ? 0 : hits / (k ?? ids.length), { metadata: { hits } });
  },
});
