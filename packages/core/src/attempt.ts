import pRetry from 'p-retry';
import { isProviderFailure, isRetryable, TimeoutError } from './failure.ts';
import { messageOf } from './errors.ts';
import type { Lanes, Urgency } from './lanes.ts';
import type { RateLimiter } from './rate-limit.ts';
import { longestTimer, Stopped } from './stop.ts';
import type { StopSwitch } from './stop.ts';
import type { Usage } from './experiment.ts';
import { UsageMeter, type UsageReport } from './usage.ts';

/** How one task or evaluator is called. */
export interface AttemptPolicy {
  /** Calls after the first that a failure may cost. */
  readonly retries: number;
  /** Per attempt; `null`: none. */
  readonly timeoutMs: number | null;
  readonly limiter: RateLimiter;
  readonly shouldRetry: ((error: unknown) => boolean) | undefined;
}

/** What came of all attempts. Durations are milliseconds of the monotonic clock; the times are the final attempt's. */
export type Outcome<T> = {
  readonly attempts: number;
  readonly waitMs: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly latencyMs: number;
  /** What all attempts reported to have used; `null` when none did. */
  readonly usage: Usage | null;
} & (
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** Never empty. */
      readonly message: string;
      readonly cause: unknown;
      /** Whether the provider failed rather than this row. */
      readonly providerWide: boolean;
    }
);

/** One call of a task or evaluator. The signal fires when the attempt times out. */
export interface Call {
  /** Counts from 1. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly reportUsage: (usage: UsageReport) => void;
}

/**
 * Calls `work` until it returns or the policy gives up, each attempt in its turn.
 *
 * A refusal ("slow down") uses up no retry: the call is repeated when its limiter lets it, for at most 10 minutes.
 *
 * @returns The outcome. Its call still has its slot: give it back by `lanes.leave()` as soon as the saving has begun, so
 * that what is in flight is counted at every moment.
 * @throws Stopped when the run is stopped before there is a final outcome. A result that arrives after the stop is
 * given back: it is paid for.
 */
export async function attempt<T>(
  work: (call: Call) => T | PromiseLike<T>,
  policy: AttemptPolicy,
  lanes: Lanes,
  stop: StopSwitch,
  urgency: Urgency,
): Promise<Outcome<T>> {
  const { retries, timeoutMs, limiter } = policy;
  let attempts = 0;
  let waitMs = 0;
  let refusedSince: number | null = null;
  const meter = new UsageMeter();

  const once = async (): Promise<Outcome<T>> => {
    for (;;) {
      waitMs += await lanes.enter(limiter, attempts === 0 ? urgency : 'again');
      attempts += 1;
      const startedAt = new Date();
      const started = performance.now();
      const timing = () => {
        const latencyMs = performance.now() - started;
        // Not the clock again: it may have stepped back, and a run that ends before it starts is refused by some stores.
        return { attempts, waitMs, startedAt, endedAt: new Date(startedAt.getTime() + latencyMs), latencyMs, usage: meter.total() };
      };
      try {
        const value = await withTimeout(work, new LazyCall(attempts, meter.report), timeoutMs);
        const outcome: Outcome<T> = { ok: true, value, ...timing() };
        limiter.accepted(started);
        return outcome;
      } catch (cause) {
        if (!limiter.isRateLimitError(cause)) {
          return { ok: false, message: messageOf(cause), cause, providerWide: isProviderFailure(cause), ...timing() };
        }
        const retryAfter = limiter.retryAfterMs(cause);
        // A wait that is too long to obey fails this call, and must not hold up the others.
        limiter.refused(started, retryAfter !== null && retryAfter > longestRefusalMs ? null : retryAfter);
        refusedSince ??= started;
        if (performance.now() - refusedSince + (retryAfter ?? 0) > longestRefusalMs) {
          return { ok: false, message: messageOf(cause), cause, providerWide: true, ...timing() };
        }
        lanes.leave();
      }
    }
  };

  const mayRetry = (outcome: Outcome<T>): boolean =>
    !outcome.ok && (policy.shouldRetry ?? isRetryable)(outcome.cause) && !limiter.isRateLimitError(outcome.cause);

  const first = await once();
  if (first.ok || retries === 0 || !mayRetry(first)) return first;
  const backOff = { onWait: (ms: number) => void (waitMs += ms), onPause: () => lanes.leave(), retries, mayRetry };
  return retry(once, stop, backOff);
}

/** How long a call is repeated that the provider refuses, and the longest `Retry-After` that is obeyed. */
const longestRefusalMs = 10 * 60_000;

/**
 * Repeats a failed call with p-retry's jittered back-off. Only failures come here, so a call that succeeds at once does
 * not pay for p-retry's set-up: its first attempt stands for the one that was made.
 */
async function retry<T>(
  once: () => Promise<Outcome<T>>,
  stop: StopSwitch,
  policy: {
    readonly retries: number;
    readonly mayRetry: (outcome: Outcome<T>) => boolean;
    readonly onPause: () => void;
    readonly onWait: (ms: number) => void;
  },
): Promise<Outcome<T>> {
  // The stop is not p-retry's own `signal`: that would throw away the result of an attempt that finishes after the stop,
  // and that call has been paid for. This one fires only while no attempt is open.
  const idle = new AbortController();
  let open = false;
  let waitingSince = 0;
  const onStop = (): void => {
    if (!open) idle.abort(new Stopped('The run was stopped'));
  };
  stop.signal.addEventListener('abort', onStop);
  if (stop.reason !== null) onStop();

  try {
    return await pRetry<Outcome<T>>(
      async (number) => {
        if (number > 1) {
          policy.onWait(performance.now() - waitingSince);
          open = true;
          const outcome = await once();
          open = false;
          if (outcome.ok || number > policy.retries || !policy.mayRetry(outcome)) return outcome;
        }
        policy.onPause();
        if (stop.reason !== null) throw new Stopped('The run was stopped');
        waitingSince = performance.now();
        // p-retry gives up at once on a TypeError and on anything that is not an Error. Those are the commonest ways for a
        // user's task to fail, so p-retry never sees what was thrown.
        throw new Again();
      },
      { retries: policy.retries, randomize: true, maxTimeout: 30_000, signal: idle.signal, shouldRetry: ({ error }) => error instanceof Again && stop.reason === null },
    );
  } catch (error) {
    // Every outcome is returned above: what p-retry throws is the stop, unless a function of the settings threw.
    throw error instanceof Again ? new Stopped('The run was stopped') : error;
  } finally {
    stop.signal.removeEventListener('abort', onStop);
  }
}

/** Tells p-retry to call again. */
class Again extends Error {
  override readonly name = 'Again';
}

/** One call, ended by its time-out. What a timed-out call returns later is ignored. */
function withTimeout<T>(work: (call: Call) => T | PromiseLike<T>, call: LazyCall, timeoutMs: number | null): T | PromiseLike<T> {
  const returned = work(call);
  if (timeoutMs === null || !isPromiseLike(returned)) return returned;
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => {
        const error = new TimeoutError(timeoutMs);
        reject(error);
        call.abort(error);
      },
      Math.min(timeoutMs, longestTimer),
    );
    returned.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Makes its signal when it is asked for: most tasks never look at it, and an AbortController costs more than the rest. */
class LazyCall implements Call {
  readonly attempt: number;
  readonly reportUsage: (usage: UsageReport) => void;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(attempt: number, reportUsage: (usage: UsageReport) => void) {
    this.attempt = attempt;
    this.reportUsage = reportUsage;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
