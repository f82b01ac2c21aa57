import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { declined, passed } from '../result.ts';

export interface CostBelowOptions {
  /** US dollars per run. */
  readonly maxUsd: number;
}

/**
 * 1 when the task run cost less than `maxUsd` US dollars, all its attempts together, else 0.
 *
 * Range 0 or 1, higher is better. Labels `within`, `over`. Skipped when the cost is not known: unknown is not free.
 *
 * @example
 * ```ts
 * import { costBelow } from '@assay/evaluators';
 *
 * const cheap = costBelow.with({ maxUsd: 0.01 });
 * console.log(cheap({ taskRun: { usage: { costUsd: 0.004 } } }).label); // within
 * ```
 */
export const costBelow: CodeEvaluator<
  { readonly taskRun: { readonly usage: { readonly costUsd: number | null } | null } },
  CostBelowOptions
> = defineEvaluator({
  name: 'costBelow',
  options: z.strictObject({ maxUsd: z.number().positive() }),
  evaluate: ({ taskRun: { usage } }, { maxUsd }) => {
    const costUsd = usage?.costUsd ?? null;
    return costUsd === null
      ? declined('The cost is not known')
      : passed(costUsd < maxUsd, ['within', 'over'], { metadata: { costUsd } });
  },
});
