/**
 * Paces calls to a rate that it learns: a generic cell rate algorithm whose rate follows the refusals.
 *
 * - It starts fast: at the ceiling when there is one, else without any pacing until the first refusal.
 * - A refusal of a call that was open at the last reduction is part of the same storm, and reduces nothing.
 * - The first reduction can only guess, as what came before it was the provider's burst: the goodput, or a third of what
 *   was asked for when hardly anything was let in. The rate then climbs quickly until the next refusal (slow start,
 *   Jacobson 1988).
 * - From then on a reduction goes to the goodput that was seen since the last one: a provider's bucket is empty at a
 *   refusal, so what it let in between two refusals is its own refill rate. A refusal too soon after that for a new
 *   estimate lowers the rate a little: to halve it would begin the search anew, again and again.
 * - Every accepted call adds to the rate: little around the rate that was refused last, faster away from it, as
 *   CUBIC does (Ha, Rhee, Xu 2008), so that a limit that was raised is found, and one that stands costs few refusals.
 *
 * Times are milliseconds of a clock, which is monotonic in one process, rates are calls per second. What it has learnt is
 * its `state`, by which several processes can go on with one bucket.
 */
export class AdaptiveBucket {
  readonly #ceiling: number;
  #rate: number;
  /** The rate that was refused last; `null` while there is no estimate of it worth the name. */
  #refusedRate: number | null = null;
  #nextAt = 0;
  #pausedUntil = 0;
  #reducedAt = Number.NEGATIVE_INFINITY;
  #countingSince: number | null = null;
  #accepted = 0;
  /** Permits given so far. */
  #taken = 0;
  #latencyMs = 0;

  /** @param ceiling - Infinite when none is known. */
  constructor(ceiling: number, state?: BucketState) {
    this.#ceiling = ceiling;
    this.#rate = Math.min(state?.rate ?? Infinity, ceiling);
    if (state === undefined) return;
    this.#refusedRate = state.refusedRate;
    this.#nextAt = state.nextAt;
    this.#pausedUntil = state.pausedUntil;
    this.#reducedAt = state.reducedAt ?? Number.NEGATIVE_INFINITY;
    this.#countingSince = state.countingSince;
    this.#accepted = state.accepted;
    this.#taken = state.taken;
    this.#latencyMs = state.latencyMs;
  }

  get state(): BucketState {
    return {
      rate: this.#rate === Infinity ? null : this.#rate,
      refusedRate: this.#refusedRate,
      nextAt: this.#nextAt,
      pausedUntil: this.#pausedUntil,
      reducedAt: this.#reducedAt === Number.NEGATIVE_INFINITY ? null : this.#reducedAt,
      countingSince: this.#countingSince,
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
    return Math.max(first - now, 0);
  }

  accepted(startedAt: number, now: number): void {
    if (startedAt <= this.#reducedAt) return;
    this.#accepted += 1;
    this.#grow();
    this.#latencyMs += (now - startedAt - this.#latencyMs) / Math.min(this.#accepted, 10);
  }

  refused(startedAt: number, now: number, retryAfterMs: number | null): void {
    if (retryAfterMs !== null) this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    if (startedAt <= this.#reducedAt) return;
    const first = this.#reducedAt === Number.NEGATIVE_INFINITY;
    // Calls of the last latency are still open, so what was accepted is what started before it.
    const counted = now - (this.#countingSince ?? now) - this.#latencyMs;
    const seconds = Math.max(counted, first ? burstWindow : 1) / 1000;
    const goodput = this.#accepted / seconds;
    const known = !first && this.#accepted >= fewest;
    const close = this.#refusedRate !== null;
    const guess = first ? Math.max(goodput, this.#taken / seconds / 3) : this.#rate * (close ? 0.8 : 0.5);
    const next = known ? Math.min(Math.max(goodput, this.#rate / 2), this.#rate * 0.95) : guess;
    this.#refusedRate = known || close ? next : null;
    this.#rate = Math.min(Math.max(next, slowest), this.#ceiling);
    this.#nextAt = now + 1000 / this.#rate;
    // Where the provider says when to come again, one call comes then, and tells whether it was meant.
    if (retryAfterMs !== null) this.#nextAt = Math.min(this.#nextAt, Math.max(this.#pausedUntil, now + soonest));
    this.#reducedAt = now;
    if (!first && !known) return; // the count goes on from the refusal before
    this.#countingSince = now;
    this.#accepted = 0;
  }

  #grow(): void {
    if (this.#rate >= this.#ceiling) return;
    const step =
      this.#refusedRate === null
        ? 0.03 * this.#rate
        : this.#refusedRate * Math.min(0.0002 + 0.02 * Math.abs(this.#rate / this.#refusedRate - 1), 0.01);
    this.#rate = Math.min(this.#rate + step, this.#ceiling);
  }
}

/** What a bucket has learnt, as JSON. Times are of the clock that it was asked with. */
export interface BucketState {
  /** Calls per second; `null` while asleep. */
  readonly rate: number | null;
  readonly refusedRate: number | null;
  readonly nextAt: number;
  readonly pausedUntil: number;
  /** `null`: never. */
  readonly reducedAt: number | null;
  readonly countingSince: number | null;
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
