/**
 * Paces calls to a rate that it learns: a generic cell rate algorithm whose rate follows the refusals.
 *
 * - It starts fast: at the ceiling when there is one, else without any pacing until the first refusal.
 * - A refusal of a call that was open at the last reduction is part of the same storm, and reduces nothing.
 * - The first reduction can only guess, as what came before it was the provider's burst: the goodput, or a third of what
 *   was asked for when hardly anything was let in. The rate then climbs quickly until the next refusal (slow start,
 *   Jacobson 1988), which it meets too fast, as a burst hides the limit: it falls far, to between there and the goodput.
 * - From then on the limit is about known. A provider's bucket is empty at a refusal, so what it let in between two
 *   refusals is its own refill rate, as long as it never overflowed in between. That is why a reduction is small (10 %),
 *   and why the rate comes back to the limit quickly. A refusal too soon for a new estimate takes 20 %.
 * - Every accepted call adds to the rate: quickly below the limit; above it so slowly that the provider's bucket takes
 *   some 20 s to run empty, during which nothing is refused; and quickly again where the limit was passed by 8 %
 *   without a refusal, as it must have been raised. The shape is that of CUBIC (Ha, Rhee, Xu 2008).
 *
 * Times are milliseconds of a clock, which is monotonic in one process, rates are calls per second. What it has learnt is
 * its `state`, by which several processes can go on with one bucket.
 */
export class AdaptiveBucket {
  readonly #ceiling: number;
  #rate: number;
  /** What the provider is believed to let in; `null` while there is no estimate worth the name. */
  #limit: number | null = null;
  #nextAt = 0;
  /** Until when permits were given ahead. */
  #reservedUntil = 0;
  #pausedUntil = 0;
  #reducedAt = Number.NEGATIVE_INFINITY;
  #countingSince: number | null = null;
  #grownAt = 0;
  #accepted = 0;
  /** Permits given so far. */
  #taken = 0;
  #latencyMs = 0;

  /** @param ceiling - Infinite when none is known. */
  constructor(ceiling: number, state?: BucketState) {
    this.#ceiling = ceiling;
    this.#rate = Math.min(state?.rate ?? Infinity, ceiling);
    if (state === undefined) return;
    this.#limit = state.limit;
    this.#nextAt = state.nextAt;
    this.#reservedUntil = state.nextAt;
    this.#pausedUntil = state.pausedUntil;
    this.#reducedAt = state.reducedAt ?? Number.NEGATIVE_INFINITY;
    this.#countingSince = state.countingSince;
    this.#grownAt = state.grownAt;
    this.#accepted = state.accepted;
    this.#taken = state.taken;
    this.#latencyMs = state.latencyMs;
  }

  get state(): BucketState {
    return {
      rate: this.#rate === Infinity ? null : this.#rate,
      limit: this.#limit,
      nextAt: this.#nextAt,
      pausedUntil: this.#pausedUntil,
      reducedAt: this.#reducedAt === Number.NEGATIVE_INFINITY ? null : this.#reducedAt,
      countingSince: this.#countingSince,
      grownAt: this.#grownAt,
      accepted: this.#accepted,
      taken: this.#taken,
      latencyMs: this.#latencyMs,
    };
  }

  /** Calls per second at present; infinite while asleep. */
  get rate(): number {
    return this.#rate;
  }

  /** Takes a permit and returns 0, or returns the milliseconds to wait. */
  take(now: number): number {
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    this.#countingSince ??= now;
    if (this.#rate !== Infinity && now < this.#nextAt) return this.#nextAt - now;
    this.#taken += 1;
    if (this.#rate === Infinity) return 0;
    this.#nextAt = Math.max(this.#nextAt, now - lateness) + 1000 / this.#rate;
    return 0;
  }

  /** Takes several permits ahead, and returns the milliseconds to wait for the first. The others follow at the rate. */
  reserve(count: number, now: number): number {
    this.#countingSince ??= now;
    this.#taken += count;
    if (this.#rate === Infinity) return Math.max(this.#pausedUntil - now, 0);
    const first = Math.max(this.#nextAt, this.#pausedUntil, now - lateness);
    this.#nextAt = first + (count * 1000) / this.#rate;
    this.#reservedUntil = this.#nextAt;
    return Math.max(first - now, 0);
  }

  /** Permits that were taken before the first refusal, and are told of after it: the guess was made from too few. */
  tookBefore(count: number): void {
    if (this.#limit !== null || this.#rate === Infinity || this.#taken === 0) return;
    this.#rate = Math.min(this.#rate * (1 + count / this.#taken), this.#ceiling);
    this.#taken += count;
  }

  accepted(startedAt: number, now: number): void {
    if (startedAt <= this.#reducedAt) return;
    this.#accepted += 1;
    this.#grow(now);
    this.#latencyMs += (now - startedAt - this.#latencyMs) / Math.min(this.#accepted, 10);
  }

  refused(startedAt: number, now: number, retryAfterMs: number | null): void {
    if (retryAfterMs !== null) this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    if (startedAt <= this.#reducedAt) return;
    const isFirst = this.#reducedAt === Number.NEGATIVE_INFINITY;
    // Calls of the last latency are still open, so what was accepted is what started before it.
    const counted = now - (this.#countingSince ?? now) - this.#latencyMs;
    const seconds = Math.max(counted, isFirst ? burstWindow : 1) / 1000;
    const goodput = this.#accepted / seconds;
    const isMeasured = !isFirst && this.#accepted >= fewest;
    if (isFirst) this.#guess(Math.max(goodput, this.#taken / seconds / 3));
    else this.#reduce(isMeasured ? goodput : null);
    // Permits that were given ahead are used all the same, by whoever has not heard yet.
    this.#nextAt = Math.max(this.#reservedUntil, now) + 1000 / this.#rate;
    // Where the provider says when to come again, one call comes then, and tells whether it was meant.
    if (retryAfterMs !== null) this.#nextAt = Math.min(this.#nextAt, Math.max(this.#pausedUntil, now + soonest));
    this.#reducedAt = now;
    this.#grownAt = now;
    if (!isFirst && !isMeasured) return; // the count goes on from the refusal before
    this.#countingSince = now;
    this.#accepted = 0;
  }

  #guess(rate: number): void {
    this.#rate = Math.min(Math.max(rate, slowest), this.#ceiling);
  }

  /** @param goodput - Accepted calls per second since the last reduction; `null`: too few to tell. */
  #reduce(goodput: number | null): void {
    const wasFound = this.#limit !== null;
    const least = this.#rate * (wasFound ? 0.9 : 0.4);
    const guess = this.#rate * (wasFound ? 0.8 : 0.5);
    const next = goodput === null ? guess : Math.min(Math.max(goodput, least), this.#rate * 0.95);
    const isExact = wasFound && goodput !== null && goodput >= least;
    const isLost = !wasFound && goodput === null;
    this.#limit = isExact ? next : isLost ? null : (next + this.#rate) / 2;
    this.#rate = Math.min(Math.max(next, slowest), this.#ceiling);
  }

  #grow(now: number): void {
    if (this.#rate >= this.#ceiling) return;
    // A pause in which nobody asked proves nothing.
    const seconds = Math.min(Math.max(now - this.#grownAt, 0) / 1000, 2 / this.#rate);
    this.#grownAt = Math.max(now, this.#grownAt);
    this.#rate = Math.min(this.#rate + this.#step(seconds), this.#ceiling);
  }

  /** How much faster, after an accepted call that came so many seconds after the one before. */
  #step(seconds: number): number {
    if (this.#limit === null) return this.#rate * Math.min(0.03, 0.8 * seconds);
    const above = this.#rate / this.#limit - 1;
    if (above < 0) return this.#limit * Math.min(0.0002 - 0.02 * above, 0.01);
    const slowly = Math.min(0.0035 * seconds, 0.0006);
    return this.#limit * Math.min(slowly + 0.25 * Math.max(above - 0.08, 0) * seconds, 0.01);
  }
}

/** What a bucket has learnt, as JSON. Times are of the clock that it was asked with. */
export interface BucketState {
  /** Calls per second; `null` while asleep. */
  readonly rate: number | null;
  readonly limit: number | null;
  readonly nextAt: number;
  readonly pausedUntil: number;
  /** `null`: never. */
  readonly reducedAt: number | null;
  readonly countingSince: number | null;
  /** When the rate last changed. */
  readonly grownAt: number;
  readonly accepted: number;
  readonly taken: number;
  readonly latencyMs: number;
}

/** A permit taken this late, in milliseconds, does not move the next one: timers wake late, and the rate should hold. */
const lateness = 20;
/** Goodput before the first refusal over less time than this, in milliseconds, would be the provider's burst. */
const burstWindow = 1000;
/** Milliseconds after a refusal before which no call comes again, even when the provider says "at once". */
const soonest = 100;
/** An estimate of the goodput from fewer accepted calls than this is a guess. */
const fewest = 10;
/** One call in 10 s: below this an experiment would seem to hang. */
const slowest = 0.1;
