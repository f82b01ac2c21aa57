import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { declined, passed } from '../result.ts';

export interface LatencyBelowOptions {
  /** Milliseconds. */
  readonly maxMs: number;
}

/**
 * 1 when the task's final attempt took less than `maxMs` milliseconds, else 0. Waiting for a limit or in a back-off is
 * not latency.
 *
 * Range 0 or 1, higher is better. Labels `within`, `over`. Skipped when the latency is not known.
 *
 * @example
 * ```ts
 * import { latencyBelow } from '@assay/evaluators';
 *
 * const quick = latencyBelow.with({ maxMs: 500 });
 * console.log(quick({ taskRun: { latencyMs: 320 } }).label); // within
 * ```
 */
export const latencyBelow: CodeEvaluator<
  { readonly taskRun: { readonly latencyMs: number | null } },
  LatencyBelowOptions
> = defineEvaluator({
  name: 'latencyBelow',
  options: z.strictObject({ maxMs: z.number().positive() }),
  evaluate: ({ taskRun: { latencyMs } }, { maxMs }) =>
    latencyMs === null
      ? declined('The latency is not known')
      : passed(latencyMs < maxMs, ['within', 'over'], { metadata: { latencyMs } }),
});
