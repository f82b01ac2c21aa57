import type { Concurrency } from './concurrency.ts';
import type { RateLimiter } from './rate-limit.ts';
import { longestTimer, Stopped } from './stop.ts';

/** What goes first: a call that was begun before, then judging what is there, then new work. */
export type Urgency = 'again' | 'evaluation' | 'task';

const urgencies: readonly Urgency[] = ['again', 'evaluation', 'task'];

interface Waiting {
  readonly start: (limitedMs: number) => void;
  readonly refuse: (reason: Stopped) => void;
  readonly since: number;
  limited: boolean;
}

interface Lane {
  readonly limiter: RateLimiter;
  readonly queues: Readonly<Record<Urgency, Waiting[]>>;
}

/**
 * The calls open at once: at most `concurrency`, tasks and evaluations together.
 *
 * Each limiter has a lane of its own, so that what waits for one limit holds up nothing else, and a permit is taken
 * only when the call can start at once.
 */
export class Lanes {
  readonly #concurrency: Concurrency;
  /** Whether new calls may start: not while readers or the store are behind. */
  readonly #mayStart: () => boolean;
  readonly #onLimited: (limiter: RateLimiter, waitMs: number) => void;
  /** A waiting call was let go: there is room for one more to wait. */
  readonly #onStart: () => void;
  readonly #lanes = new Map<RateLimiter, Lane>();
  #open = 0;
  #waiting = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakesAt = Infinity;
  #stopped: Stopped | null = null;

  constructor(
    concurrency: Concurrency,
    mayStart: () => boolean,
    onLimited: (limiter: RateLimiter, waitMs: number) => void,
    onStart: () => void,
  ) {
    this.#concurrency = concurrency;
    this.#mayStart = mayStart;
    this.#onLimited = onLimited;
    this.#onStart = onStart;
  }

  /** How many calls are open. */
  get open(): number {
    return this.#open;
  }

  /** How many calls wait in this lane for their first start. */
  waitingTasks(limiter: RateLimiter): number {
    return this.#laneOf(limiter).queues.task.length;
  }

  /** The milliseconds that a call waited for its limit, at once when it may start, else when it may. @throws Stopped. */
  enter(limiter: RateLimiter, urgency: Urgency): number | Promise<number> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    const lane = this.#laneOf(limiter);
    const waitMs =
      this.#waiting === 0 && this.#open < this.#concurrency.limit && this.#mayStart() ? limiter.take() : null;
    if (waitMs === 0) {
      this.#open += 1;
      return 0;
    }
    return new Promise((start, refuse) => {
      const waiting = { start, refuse, since: performance.now(), limited: false };
      this.#waiting += 1;
      lane.queues[urgency].push(waiting);
      if (waitMs === null) this.pump();
      else this.#wait(lane, waiting, waitMs);
    });
  }

  /** Takes a slot that is given back at once: for a call that has ended already. */
  hold(): void {
    this.#open += 1;
  }

  /** Gives the slot back. */
  leave(): void {
    this.#open -= 1;
    this.pump();
  }

  /** Ends every wait with `Stopped`, now and later. */
  stop(): void {
    this.#stopped = new Stopped('The run was stopped');
    clearTimeout(this.#timer);
    this.#waiting = 0;
    for (const { queues } of this.#lanes.values()) {
      for (const urgency of urgencies) for (const { refuse } of queues[urgency].splice(0)) refuse(this.#stopped);
    }
  }

  /** Starts what may start. To be called whenever something that `mayStart` looks at has changed. */
  pump(): void {
    if (this.#stopped !== null) return;
    if (this.#waiting === 0 || this.#open >= this.#concurrency.limit || !this.#mayStart()) return;
    let blocked: Set<Lane> | undefined;
    for (const urgency of urgencies) {
      for (const lane of this.#lanes.values()) {
        const queue = lane.queues[urgency];
        while (queue.length > 0 && blocked?.has(lane) !== true) {
          if (this.#open >= this.#concurrency.limit || !this.#mayStart()) return;
          const wait = lane.limiter.take();
          if (wait > 0) {
            (blocked ??= new Set()).add(lane);
            this.#wait(lane, queue[0]!, wait);
          } else {
            this.#open += 1;
            this.#waiting -= 1;
            const { start, since, limited } = queue.shift()!;
            start(limited ? performance.now() - since : 0);
            this.#onStart();
          }
        }
      }
    }
  }

  #wait(lane: Lane, head: Waiting, waitMs: number): void {
    head.limited = true;
    this.#onLimited(lane.limiter, waitMs);
    const wakesAt = performance.now() + waitMs;
    if (wakesAt >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = wakesAt;
    this.#timer = setTimeout(
      () => {
        this.#wakesAt = Infinity;
        this.pump();
      },
      Math.min(Math.ceil(waitMs), longestTimer),
    );
  }

  #laneOf(limiter: RateLimiter): Lane {
    let lane = this.#lanes.get(limiter);
    if (lane === undefined) {
      lane = { limiter, queues: { again: [], evaluation: [], task: [] } };
      this.#lanes.set(limiter, lane);
    }
    return lane;
  }
}
