import { wholeNumber } from './number-checks.ts';
import type { RateLimiter } from './rate-limit.ts';

/** After how many provider failures in a row a run halts, and how many there are at each limiter. */
export interface HaltAfter {
  /** At least 1. */
  readonly failures: number;
  /** The failures in a row of calls that go through this limiter. */
  streakOf(limiter: RateLimiter): Streak;
}

/**
 * Makes a count of provider failures in a row that several runs can be given as `haltAfter`, such as runs over parts of one
 * experiment: at a limiter that they share, their failures and successes count together. Each halts at its own next failure.
 *
 * @throws AssayError `invalid-config`.
 */
export function createHaltAfter(failures: number): HaltAfter {
  if (failures !== Infinity) wholeNumber('haltAfter', failures, 1);
  const streaks = new Map<RateLimiter, Streak>();
  return {
    failures,
    streakOf: (limiter) => {
      let streak = streaks.get(limiter);
      if (streak === undefined) streaks.set(limiter, (streak = new Streak()));
      return streak;
    },
  };
}

/** A number as a count of one run, or the count that was handed in. @throws AssayError `invalid-config`. */
export function haltAfterOf(given: number | HaltAfter): HaltAfter {
  return typeof given === 'object' && given !== null && 'streakOf' in given ? given : createHaltAfter(given);
}

/**
 * How many calls have failed in a row, each counted once.
 *
 * Streaks have numbers, and a call knows the one that it counts in: so nothing is kept of the calls here. A success begins a
 * new streak, in which nobody counts yet: a call that counted before it, by a time-out, counts again when it ends in a failure, as
 * any call that ends so after that success.
 */
export class Streak {
  #number = 1;
  #length = 0;
  #succeededAt = -Infinity;
  #hasBegun = false;

  get length(): number {
    return this.#length;
  }

  /** Hears of each call that begins, not of its retries. */
  began(): void {
    this.#hasBegun = true;
  }

  succeeded(): void {
    this.#succeededAt = performance.now();
    this.#hasBegun = false;
    if (this.#length === 0) return;
    this.#length = 0;
    this.#number += 1;
  }

  /** Counts a call that has failed, unless it counts in this streak already. */
  failed(countedIn: number): void {
    if (countedIn !== this.#number) this.#length += 1;
  }

  /**
   * Counts a call whose first attempt timed out, if that tells of a provider that stalls rather than of the row.
   *
   * It does not when another call was answered in the second half of that time: rows that begin together time out together,
   * so that a handful of bad ones would be a streak. (The first half is for answers that were under way when the stall began.)
   * Nor when no call has begun since the last success: then the rest of the work is done, and bad rows are what is left.
   *
   * @returns The number of the streak in which it counts now; 0: in none, and it counts when it ends as any failure.
   */
  timedOut(timeoutMs: number): number {
    if (!this.#hasBegun || performance.now() - this.#succeededAt < timeoutMs / 2) return 0;
    this.#length += 1;
    return this.#number;
  }
}
