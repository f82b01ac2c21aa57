import { createRateLimiter } from '@assay/core';
import type { RateLimiter, RateLimitOptions } from '@assay/core';
import type { Connection } from './connection.ts';
import type { CallOutcome, PermitGrant } from './operations/limits.ts';

/** What becomes of calls is told after this time at the latest, in milliseconds; refusals are at once. */
const tellAfterMs = 100;
/** A permit that was not used for so long after its time is dropped: permits that pile up would be a burst. */
const staleAfterMs = 100;
/** Until the database is asked again after it could not answer. */
const askAgainAfterMs = 500;
/** Until whoever asks is to ask again, while the database is answering. */
const answerMs = 3;
/** More permits than any batch has. */
const most = 1_000_000;

/** A limit in the database, which everybody with the same key shares, behind core's port. */
export function createSharedLimiter(
  { call }: Pick<Connection, 'call'>,
  options: RateLimitOptions & { readonly key: string },
): RateLimiter {
  const { key, isRateLimitError, retryAfterMs } = createRateLimiter(options);
  const ceiling = options.requestsPerMinute === undefined ? null : options.requestsPerMinute / 60;
  const permits = new Permits();
  /** Times of the clock of `performance.now()`. */
  let outcomes: Outcome[] = [];
  let isAsking = false;
  let mayAskAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells what has become of calls, and fetches the next permits. */
  async function ask(wanted: number): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    timer = undefined;
    const told = outcomes;
    const takenAsleep = permits.takenAsleep;
    outcomes = [];
    permits.takenAsleep = 0;
    const now = performance.now();
    try {
      const grant = await call('exchangePermits', {
        key,
        ceiling,
        takenAsleep,
        outcomes: told.map(({ startedAt, endedAt, ...outcome }) => ({
          startedMsAgo: now - startedAt,
          endedMsAgo: now - endedAt,
          ...outcome,
        })),
        wanted,
      });
      permits.add(grant, performance.now());
    } catch {
      // It is told next time, of calls that are older then. No permits come until then, and no calls start.
      outcomes = [...told, ...outcomes];
      permits.takenAsleep += takenAsleep;
      mayAskAt = performance.now() + askAgainAfterMs;
    } finally {
      isAsking = false;
      if (outcomes.some(({ refused }) => refused !== null)) void ask(0);
      else if (outcomes.length > 0 || permits.takenAsleep > 0) tellLater();
    }
  }

  function tellLater(): void {
    timer ??= setTimeout(() => void ask(0), tellAfterMs);
    timer.unref();
  }

  return {
    key,
    take: () => {
      const now = performance.now();
      const wait = permits.take(now);
      if (wait === 0 && permits.isAsleep) tellLater();
      else if (permits.isLow && now >= mayAskAt) void ask(most);
      if (wait !== null) return wait;
      return Math.max(mayAskAt - now, answerMs);
    },
    accepted: (startedAt) => {
      outcomes.push({ startedAt, endedAt: performance.now(), knew: permits.knownAt(startedAt), refused: null });
      tellLater();
    },
    refused: (startedAt, retryAfter) => {
      const refused = { retryAfterMs: retryAfter };
      outcomes.push({ startedAt, endedAt: performance.now(), knew: permits.knownAt(startedAt), refused });
      permits.clear();
      void ask(0);
    },
    isRateLimitError,
    retryAfterMs,
  };
}

interface Outcome extends Omit<CallOutcome, 'startedMsAgo' | 'endedMsAgo'> {
  /** On the clock of `performance.now()`, as the next. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Permits in hand, and when each may be used. */
class Permits {
  /** Calls that were let through without one. */
  takenAsleep = 0;
  #times: number[] = [];
  #batch = 0;
  #isAsleep = false;
  /** When the limit was lowered, and since when that is known here. The newest comes last. */
  readonly #reductions: { readonly reducedAt: number; readonly since: number }[] = [];

  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  /** Whether it is time to fetch more, so that nobody waits for them. */
  get isLow(): boolean {
    return !this.#isAsleep && this.#times.length <= this.#batch / 2;
  }

  /** 0: taken; else how long to wait; `null` when there is none. */
  take(now: number): number | null {
    if (this.#isAsleep) {
      this.takenAsleep += 1;
      return 0;
    }
    while (this.#times.length > 0 && this.#times[0]! < now - staleAfterMs) this.#times.shift();
    const first = this.#times[0];
    if (first === undefined) return null;
    if (first > now) return first - now;
    this.#times.shift();
    return 0;
  }

  /** When the limit was last lowered, as it was known then. */
  knownAt(time: number): number | null {
    return this.#reductions.findLast(({ since }) => since <= time)?.reducedAt ?? null;
  }

  add({ rate, reducedAt, permits, waitMs }: PermitGrant, now: number): void {
    if (reducedAt !== null && reducedAt !== this.#reductions.at(-1)?.reducedAt) {
      this.#reductions.push({ reducedAt, since: now });
      // Calls last no longer than so many reductions.
      if (this.#reductions.length > 1_000) this.#reductions.shift();
      this.#times = [];
    }
    this.#isAsleep = rate === null;
    if (rate === null || permits === 0) return;
    this.#batch = permits;
    for (let index = 0; index < permits; index += 1) this.#times.push(now + waitMs + (index * 1000) / rate);
  }

  /** The rate has changed, or is about to. */
  clear(): void {
    this.#times = [];
    this.#isAsleep = false;
  }
}
