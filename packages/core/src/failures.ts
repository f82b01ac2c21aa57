import type { Outcome } from './attempt.ts';
import { HaltedError, RunFailedError } from './errors.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { StopSwitch } from './stop.ts';
import type { ExperimentStore } from './store.ts';

/** Looks at outcomes, and stops a run that must not go on: after provider failures in a row, or at the first failure. */
export class Failures {
  readonly #of: { readonly experimentId: string; readonly store: ExperimentStore };
  readonly #settings: { readonly haltAfter: number; readonly exitOnError: boolean };
  readonly #stop: StopSwitch;
  readonly #inARow = new Map<RateLimiter, number>();
  #first: unknown;

  constructor(
    of: { readonly experimentId: string; readonly store: ExperimentStore },
    settings: { readonly haltAfter: number; readonly exitOnError: boolean },
    stop: StopSwitch,
  ) {
    this.#of = of;
    this.#settings = settings;
    this.#stop = stop;
  }

  /** What the run must reject with; `undefined` when it need not. */
  get first(): unknown {
    return this.#first;
  }

  /** Looks at the final outcome of a call. @param who - `The task`, `Evaluator exact`. */
  heed(limiter: RateLimiter, outcome: Outcome<unknown>, who: string, exampleId: string): void {
    if (outcome.ok) {
      this.#inARow.set(limiter, 0);
      return;
    }
    if (outcome.providerWide) {
      const count = (this.#inARow.get(limiter) ?? 0) + 1;
      this.#inARow.set(limiter, count);
      if (count >= this.#settings.haltAfter) this.end(new HaltedError(this.#of, count, outcome.cause));
    }
    this.failed(who, exampleId, outcome.message, outcome.cause);
  }

  /** Hears of a failed record. */
  failed(who: string, exampleId: string, message: string, cause?: unknown): void {
    if (!this.#settings.exitOnError) return;
    this.end(new RunFailedError(this.#of, `${who} failed on example ${exampleId}: ${message}`, cause));
  }

  /** Ends the run with an error; the first one stands. */
  end(error: unknown): void {
    this.#first ??= error;
    this.#stop.stop('error');
  }
}
