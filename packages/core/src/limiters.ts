import type { NamedEvaluator } from './evaluator.ts';
import { createRateLimiter, limiterOf, type RateLimit, type RateLimiter } from './rate-limit.ts';

/** Which limiter each call goes through. */
export interface Limiters {
  readonly task: RateLimiter;
  of(evaluator: NamedEvaluator): RateLimiter;
}

/**
 * One limiter per key that is given. An evaluator without a limit of its own shares the task's when it calls a model; when it is code
 * it has one that sleeps until the evaluator is refused, since pacing code by a provider's limit would only slow it.
 */
export function createLimiters(rateLimit: RateLimit | undefined, evaluators: readonly NamedEvaluator[]): Limiters {
  const byKey = new Map<string, RateLimiter>();
  const shared = (limit: RateLimit | undefined, defaultKey: string): RateLimiter => {
    const limiter = limiterOf(limit, defaultKey);
    if (limit?.key === undefined) return limiter;
    const known = byKey.get(limiter.key);
    // A limiter that was handed in is itself, whatever its key; options of one key make one limiter.
    if (known !== undefined && !('take' in limit)) return known;
    byKey.set(limiter.key, limiter);
    return limiter;
  };
  const task = shared(rateLimit, 'task');
  const ofEvaluator = new Map(
    evaluators.map((evaluator) => {
      if (evaluator.rateLimit !== undefined) return [evaluator.name, shared(evaluator.rateLimit, evaluator.name)];
      if (rateLimit !== undefined && evaluator.kind === 'LLM') return [evaluator.name, task];
      return [evaluator.name, createRateLimiter(undefined, evaluator.name)];
    }),
  );
  return { task, of: (evaluator) => ofEvaluator.get(evaluator.name) ?? task };
}
