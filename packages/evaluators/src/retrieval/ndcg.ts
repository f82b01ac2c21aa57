import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { wrong } from '../read-params.ts';
import { scored } from '../result.ts';
import {
  type CutOffOptions,
  cutOff,
  idsOf,
  nothingRelevant,
  relevantRanks,
  type RetrievedItem,
} from './ranked-items.ts';

export interface NdcgOptions extends CutOffOptions {
  /** What a grade is worth. Default `linear`: itself, as in scikit-learn. `exponential`: 2^grade − 1 (Burges et al. 2005). */
  readonly gain?: 'linear' | 'exponential' | undefined;
}

/**
 * Normalised discounted cumulative gain: Σ gain ÷ log₂(rank + 1) over the first `k` retrieved, divided by what the best
 * order would have (Järvelin and Kekäläinen 2002). `expected` is a list of relevant items, of grade 1 each, or a record
 * of grades by id.
 *
 * Range 0 to 1, higher is better. Agrees with scikit-learn's `ndcg_score`. An item that is there twice counts once.
 * Skipped when nothing has a grade above 0.
 *
 * @example
 * ```ts
 * import { ndcg } from '@assay/evaluators';
 *
 * console.log(ndcg({ output: ['b', 'a'], expected: { a: 3, b: 1 }, k: 10 }).score); // 0.796…
 * ```
 */
export const ndcg: CodeEvaluator<
  {
    readonly output: readonly RetrievedItem[];
    readonly expected: readonly RetrievedItem[] | Readonly<Record<string, number>> | null;
  },
  NdcgOptions
> = defineEvaluator({
  name: 'ndcg',
  options: z.strictObject({ ...cutOff, gain: z.enum(['linear', 'exponential']).optional() }),
  evaluate: ({ output, expected }, { k = Infinity, gain = 'linear' }) => {
    const gains = gainsOf(expected, gain);
    if (gains.size === 0) return nothingRelevant;
    const ids = idsOf('output', output, k).map((id) => (gains.has(id) ? id : String(id)));
    const counts = relevantRanks(ids, new Set(gains.keys()));
    const best = [...gains.values()].sort((a, b) => b - a).slice(0, k);
    return scored(discounted(ids.map((id, index) => (counts[index] === true ? gains.get(id)! : 0))) / discounted(best));
  },
});

function gainsOf(expected: unknown, gain: 'linear' | 'exponential'): ReadonlyMap<string | number, number> {
  if (expected === null || expected === undefined) return new Map();
  if (Array.isArray(expected)) return new Map(idsOf('expected', expected).map((id) => [id, 1]));
  if (typeof expected !== 'object') throw wrong('expected', 'a list of ids or a record of grades by id', expected);
  const gains = Object.entries(expected).map(([id, grade]: [string, unknown]): [string, number] => {
    if (typeof grade !== 'number' || !Number.isFinite(grade) || grade < 0)
      throw wrong(`the grade of ${JSON.stringify(id)}`, 'a number of at least 0', grade);
    return [id, gain === 'linear' ? grade : 2 ** grade - 1];
  });
  return new Map(gains.filter(([, worth]) => worth > 0));
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, worth, index) => sum + worth / Math.log2(index + 2), 0);
}
