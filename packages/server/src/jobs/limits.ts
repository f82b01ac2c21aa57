import { AssayError, type RateLimiter } from '@assay/core';

/** Hands out the limits of a server: one for each key, shared by the tasks and judges of all experiments. */
export interface Limits {
  /** The limiter of a key for one experiment. Experiments that wait for the same key take turns. */
  limiterOf(key: string, experimentId: string): RateLimiter;
}

export type CreateRateLimiter = (options: {
  readonly key: string;
  readonly requestsPerMinute: number | undefined;
}) => RateLimiter;

/**
 * @param rates - Known limits, as `openai/gpt-5=600,anthropic=60`: calls per minute of a model, or of each model of a
 * provider. Without one a limit is found from the refusals.
 * @param createRateLimiter - Makes the limit of a key, as a store does: then servers of one store share it.
 * @throws AssayError `invalid-config`.
 */
export function createLimits(rates: string | undefined, createRateLimiter: CreateRateLimiter): Limits {
  const known = readRates(rates ?? '');
  const queues = new Map<string, FairQueue>();
  return {
    limiterOf: (key, experimentId) => {
      const model = key.slice(0, key.lastIndexOf('#'));
      const requestsPerMinute = known.get(model) ?? known.get(model.split('/')[0]!);
      const queue = queues.get(key) ?? new FairQueue(createRateLimiter({ key, requestsPerMinute }));
      queues.set(key, queue);
      return queue.limiterOf(experimentId);
    },
  };
}

function readRates(text: string): ReadonlyMap<string, number> {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const [, name, rate] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(entry) ?? [];
      if (name !== undefined && Number(rate) > 0) return [name, Number(rate)];
      throw new AssayError(
        'invalid-config',
        `Expected ASSAY_RATE_LIMITS to be as openai/gpt-5=600,anthropic=60 in calls per minute, got ${JSON.stringify(entry)}`,
      );
    }),
  );
}

/** How long a turn is kept for an experiment beyond the moment it was told to come back, in milliseconds. */
const patienceMs = 50;

/** An experiment that has not asked for so long, in milliseconds, is over. */
const forgottenAfterMs = 60_000;

/** One limit for several experiments: of those that wait, the one that was given least goes first. */
class FairQueue {
  readonly #limiter: RateLimiter;
  readonly #members = new Map<string, Member>();

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  limiterOf(experimentId: string): RateLimiter {
    const { key, accepted, refused, isRateLimitError, retryAfterMs } = this.#limiter;
    return {
      key,
      take: () => this.#take(this.#memberOf(experimentId)),
      accepted,
      refused,
      isRateLimitError,
      retryAfterMs,
    };
  }

  #take(member: Member): number {
    const now = performance.now();
    member.askedAt = now;
    for (const other of this.#members.values()) {
      if (other !== member && other.waitsUntil > now && other.given < member.given) {
        member.waitsUntil = now + patienceMs;
        return 2;
      }
    }
    const waitMs = this.#limiter.take();
    if (waitMs > 0) member.waitsUntil = now + waitMs + patienceMs;
    else {
      member.waitsUntil = 0;
      member.given += 1;
    }
    return waitMs;
  }

  /** One that comes later begins where the others are, and does not take all turns until it has caught up. */
  #memberOf(experimentId: string): Member {
    let member = this.#members.get(experimentId);
    if (member === undefined) {
      const now = performance.now();
      for (const [id, { askedAt }] of this.#members) if (askedAt < now - forgottenAfterMs) this.#members.delete(id);
      const least = Math.min(...[...this.#members.values()].map(({ given }) => given));
      this.#members.set(
        experimentId,
        (member = { given: Number.isFinite(least) ? least : 0, waitsUntil: 0, askedAt: now }),
      );
    }
    return member;
  }
}

interface Member {
  /** Permits so far. */
  given: number;
  /** Until when it is taken to be waiting; 0: it does not wait. */
  waitsUntil: number;
  askedAt: number;
}
