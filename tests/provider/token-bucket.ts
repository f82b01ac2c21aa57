import type { Limit } from './behaviour.ts';

/** Lets calls in up to a limit; fills evenly, and begins full. */
export class TokenBucket {
  readonly limit: Limit;
  #tokens: number;
  #filledAtMs: number;

  constructor(limit: Limit, nowMs: number) {
    this.limit = limit;
    this.#tokens = limit.burst;
    this.#filledAtMs = nowMs;
  }

  /** Takes a token. @returns 0, or without a token how long to wait for the next, in milliseconds. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return ((1 - this.#tokens) / perSecond) * 1000;
    this.#tokens -= 1;
    return 0;
  }
}
