import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently a request is sent again. */
export interface RetryPolicy {
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds of the first pause; each next one is twice as long, at most 8 s, and all are drawn at random below that. */
  readonly minDelayMs: number;
  /** Milliseconds that a server may ask to wait at most; if it asks for longer, the request fails. */
  readonly maxRetryAfterMs: number;
}

export const defaultRetry: RetryPolicy = { retries: 3, minDelayMs: 250, maxRetryAfterMs: 60_000 };

/** A failed try. */
export interface FailedTry {
  readonly error: unknown;
  /** Whether it is safe, and may help, to try again. */
  readonly again: boolean;
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/** Tries until it succeeds, or trying again is neither safe nor allowed; then throws the last error. */
export async function retrying<T>(
  attempt: (number: number) => Promise<{ readonly value: T } | FailedTry>,
  policy: RetryPolicy,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(number);
    if ('value' in outcome) return outcome.value;
    const { error, again, retryAfterMs } = outcome;
    if (!again || number > policy.retries || (retryAfterMs ?? 0) > policy.maxRetryAfterMs) throw error;
    // A server that says when is obeyed; the jitter then only adds, so that its clients do not all return at once.
    const jitter = Math.random() * Math.min(policy.minDelayMs * 2 ** (number - 1), 8000);
    await sleep((retryAfterMs ?? 0) + jitter);
  }
}

/** Milliseconds that a `retry-after` header asks for: seconds or a date. `null` when there is none. */
export function retryAfterOf(header: string | readonly string[] | undefined, now: number): number | null {
  const text = (typeof header === 'string' ? header : (header?.[0] ?? '')).trim();
  if (text === '') return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
