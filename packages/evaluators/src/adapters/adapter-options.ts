import type { Direction, EvaluatorKind, RateLimit } from '@assay/core';

/** What an adapted evaluator does not say of itself, or what is to be said instead. */
export interface AdapterOptions {
  readonly name?: string | undefined;
  readonly kind?: EvaluatorKind | undefined;
  readonly direction?: Direction | undefined;
  readonly retries?: number | undefined;
  readonly timeoutMs?: number | null | undefined;
  readonly rateLimit?: RateLimit | undefined;
}

/** Other libraries write "nothing expected" by leaving it out. */
export function withoutNull<Params>(params: Params): Params {
  const isNull = typeof params === 'object' && params !== null && 'expected' in params && params.expected === null;
  return isNull ? { ...params, expected: undefined } : params;
}
