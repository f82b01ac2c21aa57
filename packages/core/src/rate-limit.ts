import { AdaptiveBucket } from './bucket.ts';
import { AssayError } from './errors.ts';
import { isRateLimitError, retryAfterMs } from './failure.ts';
import { needObject } from './given.ts';
import { ofType } from './kind-checks.ts';

/**
 * Decides when a call may start. It bounds how often calls start, not how many are open.
 *
 * Share one between experiments to share the limit: `rateLimit: createRateLimiter({ requestsPerMinute: 600 })`. It is a
 * port: what shares a limit between processes implements it too.
 */
export interface RateLimiter {
  /** What is limited, such as a provider and model. Calls of one key share one limiter. */
  readonly key: string;
  /** Takes a permit and returns 0, or returns how many milliseconds to wait before asking again. */
  take(): number;
  /** A call that started at `startedAt`, on the clock of `performance.now()`, was let in by the provider. */
  accepted(startedAt: number): void;
  /** It was refused. `retryAfterMs`: what the provider asked for, or `null`. */
  refused(startedAt: number, retryAfterMs: number | null): void;
  /** Whether an error means "slow down". */
  isRateLimitError(error: unknown): boolean;
  /** How long the provider asks to wait, in milliseconds; `null` when it does not say. */
  retryAfterMs(error: unknown): number | null;
}

export interface RateLimitOptions {
  /** The ceiling, when it is known. Without it the limiter sleeps until the first refusal, then finds the rate itself. */
  readonly requestsPerMinute?: number | undefined;
  /** What is limited. Tasks and evaluators with the same key share one limiter. */
  readonly key?: string | undefined;
  /** Error classes that mean "slow down". */
  readonly errors?: ErrorClass | readonly ErrorClass[] | undefined;
  /** Whether an error means "slow down". Default: status 429 or 529, or a name or code with `ratelimit` or `throttl`. */
  readonly isRateLimitError?: ((error: unknown) => boolean) | undefined;
  /** How long to wait, in milliseconds. Default: the `retry-after-ms` or `retry-after` header of the error. */
  readonly retryAfterMs?: ((error: unknown) => number | null) | undefined;
}

/** A limit as options, or a limiter to share. */
export type RateLimit = RateLimitOptions | RateLimiter;

type ErrorClass = abstract new (...parameters: never[]) => Error;

/**
 * Makes a limiter that paces calls to a known rate, or finds an unknown one from the refusals.
 *
 * @throws AssayError `invalid-config`.
 *
 * @example
 * ```ts
 * import { createRateLimiter } from '@assay/core';
 *
 * const shared = createRateLimiter({ requestsPerMinute: 600, key: 'openai/gpt-5' });
 * ```
 */
export function createRateLimiter(options: RateLimitOptions = {}, defaultKey = 'default'): RateLimiter {
  const {
    requestsPerMinute,
    key = defaultKey,
    errors,
  } = needObject('the options of a rate limiter as an object', options, 'invalid-config');
  if (requestsPerMinute !== undefined && !(typeof requestsPerMinute === 'number' && requestsPerMinute > 0)) {
    throw new AssayError(
      'invalid-config',
      `Expected requestsPerMinute to be above 0, got ${typeof requestsPerMinute === 'string' ? JSON.stringify(requestsPerMinute) : String(requestsPerMinute)}`,
    );
  }
  ofType('rateLimit.key', key, 'string');
  ofType('rateLimit.isRateLimitError', options.isRateLimitError, 'function');
  ofType('rateLimit.retryAfterMs', options.retryAfterMs, 'function');
  const bucket = new AdaptiveBucket(requestsPerMinute === undefined ? Infinity : requestsPerMinute / 60);
  const classes =
    errors === undefined ? [] : Array.isArray(errors) ? (errors as readonly ErrorClass[]) : [errors as ErrorClass];
  for (const type of classes) ofType('each of rateLimit.errors', type, 'function');
  const matches = options.isRateLimitError ?? isRateLimitError;
  return {
    key,
    take: () => bucket.take(performance.now()),
    accepted: (startedAt) => bucket.accepted(startedAt, performance.now()),
    refused: (startedAt, retryAfter) => bucket.refused(startedAt, performance.now(), retryAfter),
    isRateLimitError: (error) => classes.some((type) => error instanceof type) || matches(error),
    retryAfterMs: options.retryAfterMs ?? retryAfterMs,
  };
}

/** Checks a limit before anything is done. @throws AssayError `invalid-config`. */
export function checkRateLimit(limit: RateLimit | undefined): void {
  if (limit === undefined) return;
  if (typeof limit !== 'object' || limit === null)
    throw new AssayError('invalid-config', `Expected rateLimit to be options or a limiter, got ${String(limit)}`);
  limiterOf(limit, 'task');
}

/** Makes the limiter of a setting, or gives back the one that was handed in. */
export function limiterOf(limit: RateLimit | undefined, defaultKey: string): RateLimiter {
  return limit !== undefined && 'take' in limit ? limit : createRateLimiter(limit, defaultKey);
}
