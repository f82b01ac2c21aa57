import pRetry from 'p-retry';
import { isProviderFailure, isRetryable, TimeoutError } from './failure.ts';
import { messageOf } from './errors.ts';
import type { Lanes, Urgency } from './lanes.ts';
import type { RateLimiter } from './rate-limit.ts';
import { Stopped } from './stop.ts';
import type { StopSwitch } from './stop.ts';
import type { Usage } from './experiment.ts';
import type { Reservation } from './spending.ts';
import { UsageMeter, type UsageReport } from './usage.ts';
import { isPromiseLike, withTimeout } from './with-timeout.ts';

/** How one task or evaluator is called. */
export interface AttemptPolicy {
  /** Calls after the first that a failure may cost. */
  readonly retries: number;
  /** Per attempt; `null`: none. */
  readonly timeoutMs: number | null;
  readonly limiter: RateLimiter;
  readonly shouldRetry: ((error: unknown) => boolean) | undefined;
  readonly watch?: CallWatch | undefined;
  /** Sets aside what an attempt may cost, where there is a budget. @throws Stopped when it does not fit. */
  readonly reserve?: ((urgency: Urgency) => Reservation | Promise<Reservation>) | undefined;
}

/** Who looks whether the provider stalls. */
export interface CallWatch {
  /** A call begins, or is repeated after a refusal: not after a failure. */
  began(): void;
  /** An attempt of a call timed out, for the first time. Gives back the `countedIn` of the call. */
  timedOut(error: TimeoutError): number;
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
  /** What is set aside for the last attempt, where there is a budget: to be settled once all it used is known. */
  readonly reservation?: Reservation;
} & (
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** Never empty. */
      readonly message: string;
      readonly cause: unknown;
      /** Whether the provider failed rather than this row. */
      readonly providerWide: boolean;
      /** The streak of provider failures in which it has counted since an attempt timed out; 0: in none. */
      readonly countedIn: number;
      /** Set when it would have been tried again, had the run not been stopped. */
      readonly isCutShort?: true;
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
  const attempts = new Attempts(work, policy, lanes, urgency);
  const first = await attempts.once();
  if (first.ok || policy.retries === 0 || !attempts.mayRetry(first)) return first;
  return retry(attempts, first, stop, policy.retries);
}

/** Settles with the budget, where there is one. A time-out ends the waiting, and most likely not the work. */
export function settle(outcome: Outcome<unknown>): void {
  const hasTimedOut = !outcome.ok && outcome.cause instanceof TimeoutError;
  outcome.reservation?.settle(outcome.ok ? 'ok' : hasTimedOut ? 'timed-out' : 'failed');
}

/** The attempts of one call so far. */
class Attempts<T> {
  readonly #work: (call: Call) => T | PromiseLike<T>;
  readonly #policy: AttemptPolicy;
  readonly #lanes: Lanes;
  readonly #urgency: Urgency;
  readonly #meter = new UsageMeter();
  readonly #reportUsage = (usage: UsageReport): void => this.#meter.report(usage);
  #count = 0;
  #waitMs = 0;
  #refusedSince: number | null = null;
  #hasFailed = false;
  /** `null` as long as no attempt has timed out. */
  #countedIn: number | null = null;

  constructor(work: (call: Call) => T | PromiseLike<T>, policy: AttemptPolicy, lanes: Lanes, urgency: Urgency) {
    this.#work = work;
    this.#policy = policy;
    this.#lanes = lanes;
    this.#urgency = urgency;
  }

  /** Makes one attempt, within the budget where there is one. */
  once(): Promise<Outcome<T>> {
    const { reserve } = this.#policy;
    return reserve === undefined ? this.#call(this.#reportUsage) : this.#budgeted(reserve);
  }

  async #budgeted(reserve: NonNullable<AttemptPolicy['reserve']>): Promise<Outcome<T>> {
    const since = performance.now();
    const reserved = reserve(this.#count === 0 ? this.#urgency : 'again');
    const reservation = reserved instanceof Promise ? await reserved : reserved;
    if (reserved instanceof Promise) this.#waitMs += performance.now() - since;
    try {
      const outcome = await this.#call((usage) => {
        this.#meter.report(usage);
        reservation.report(usage);
      });
      return { ...outcome, reservation };
    } catch (error) {
      reservation.settle('failed');
      throw error;
    }
  }

  /** Makes one attempt, and repeats it while the provider refuses it. */
  async #call(reportUsage: Call['reportUsage']): Promise<Outcome<T>> {
    const { limiter, timeoutMs, watch } = this.#policy;
    for (;;) {
      const limitedMs = this.#lanes.enter(limiter, this.#count === 0 ? this.#urgency : 'again');
      this.#waitMs += typeof limitedMs === 'number' ? limitedMs : await limitedMs;
      if (!this.#hasFailed) watch?.began();
      this.#count += 1;
      const startedAt = new Date();
      const started = performance.now();
      try {
        const controller = new AbortController();
        const returned = this.#work({
          attempt: this.#count,
          signal: controller.signal,
          reportUsage,
        });
        const value = !isPromiseLike(returned)
          ? returned
          : await (timeoutMs === null ? returned : withTimeout(returned, controller, timeoutMs));
        const outcome: Outcome<T> = { ok: true, value, ...this.#timing(startedAt, started) };
        limiter.accepted(started);
        return outcome;
      } catch (cause) {
        if (cause instanceof TimeoutError) this.#countedIn ??= watch?.timedOut(cause) ?? 0;
        const failed = (providerWide: boolean): Outcome<T> => {
          this.#hasFailed = true;
          const countedIn = this.#countedIn ?? 0;
          const timing = this.#timing(startedAt, started);
          return { ok: false, message: messageOf(cause), cause, providerWide, countedIn, ...timing };
        };
        if (!limiter.isRateLimitError(cause)) return failed(isProviderFailure(cause));
        const retryAfter = limiter.retryAfterMs(cause);
        // A wait that is too long to obey fails this call, and must not hold up the others.
        limiter.refused(started, retryAfter !== null && retryAfter > longestRefusalMs ? null : retryAfter);
        this.#refusedSince ??= started;
        if (performance.now() - this.#refusedSince + (retryAfter ?? 0) > longestRefusalMs) return failed(true);
        this.#lanes.leave();
      }
    }
  }

  mayRetry(outcome: Outcome<T>): boolean {
    const { shouldRetry = isRetryable, limiter } = this.#policy;
    return !outcome.ok && shouldRetry(outcome.cause) && !limiter.isRateLimitError(outcome.cause);
  }

  /** Whether an outcome must go on record although it could have been tried again: a budget counts what is on record. */
  mustBeKept(outcome: Outcome<T>): boolean {
    return this.#policy.reserve !== undefined && outcome.usage !== null;
  }

  /** Ends a back-off without another attempt. */
  endPause(): void {
    this.#lanes.hold();
  }

  /** Gives the slot and the money back for the time of a back-off. */
  pause(outcome: Outcome<T>): void {
    settle(outcome);
    this.#lanes.leave();
  }

  waited(ms: number): void {
    this.#waitMs += ms;
  }

  #timing(startedAt: Date, started: number) {
    const latencyMs = performance.now() - started;
    // Not the clock again: it may have stepped back, and a run that ends before it starts is refused by some stores.
    const endedAt = new Date(startedAt.getTime() + latencyMs);
    return { attempts: this.#count, waitMs: this.#waitMs, startedAt, endedAt, latencyMs, usage: this.#meter.total() };
  }
}

/** How long a call is repeated that the provider refuses, and the longest `Retry-After` that is obeyed. */
const longestRefusalMs = 10 * 60_000;

/**
 * Repeats a failed call with p-retry's jittered back-off: of 3 retries the first comes after 0.5 to 1 s, the last after 7 s
 * at most, so that a provider that is down is told within 10 s. Only failures come here, so a call that succeeds at once does
 * not pay for p-retry's set-up: its first attempt stands for the one that was made.
 */
async function retry<T>(
  attempts: Attempts<T>,
  first: Outcome<T>,
  stop: StopSwitch,
  retries: number,
): Promise<Outcome<T>> {
  // The stop is not p-retry's own `signal`: that would throw away the result of an attempt that finishes after the stop,
  // and that call has been paid for. This one fires only while no attempt is open.
  const idle = new AbortController();
  let open = false;
  let last = first;
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
          attempts.waited(performance.now() - waitingSince);
          open = true;
          const outcome = await attempts.once();
          open = false;
          last = outcome;
          if (outcome.ok || number > retries || !attempts.mayRetry(outcome)) return outcome;
        }
        attempts.pause(last);
        if (stop.reason !== null) throw new Stopped('The run was stopped');
        waitingSince = performance.now();
        // p-retry gives up at once on a TypeError and on anything that is not an Error. Those are the commonest ways for a
        // user's task to fail, so p-retry never sees what was thrown.
        throw new Again();
      },
      {
        retries,
        randomize: true,
        minTimeout: 500,
        maxTimeout: 30_000,
        signal: idle.signal,
        shouldRetry: ({ error }) => error instanceof Again && stop.reason === null,
      },
    );
  } catch (error) {
    // Every outcome is returned above: what p-retry throws is the stop, unless a function of the settings threw.
    if ((error instanceof Again || error instanceof Stopped) && attempts.mustBeKept(last)) {
      attempts.endPause();
      return { ...last, isCutShort: true } as Outcome<T>;
    }
    throw error instanceof Again ? new Stopped('The run was stopped') : error;
  } finally {
    stop.signal.removeEventListener('abort', onStop);
  }
}

/** Tells p-retry to call again. */
class Again extends Error {
  override readonly name = 'Again';
}
