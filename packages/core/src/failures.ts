import type { CallWatch, Outcome } from './attempt.ts';
import { HaltedError, RunFailedError } from './errors.ts';
import type { HaltAfter, Streak } from './halt-after.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { StopSwitch } from './stop.ts';
import type { ExperimentStore } from './store.ts';

/** Looks at outcomes, and stops a run that must not go on: after provider failures in a row, or at the first failure. */
export class Failures {
  readonly #of: { readonly experimentId: string; readonly store: ExperimentStore };
  readonly #settings: { readonly haltAfter: HaltAfter; readonly exitOnError: boolean };
  readonly #stop: StopSwitch;
  readonly #onHalt: (error: HaltedError) => void;
  #first: unknown;

  constructor(
    of: { readonly experimentId: string; readonly store: ExperimentStore },
    settings: { readonly haltAfter: HaltAfter; readonly exitOnError: boolean },
    stop: StopSwitch,
    onHalt: (error: HaltedError) => void,
  ) {
    this.#of = of;
    this.#settings = settings;
    this.#stop = stop;
    this.#onHalt = onHalt;
  }

  /** What the run must reject with; `undefined` when it need not. */
  get first(): unknown {
    return this.#first;
  }

  /** Looks at the final outcome of a call. @param who - `The task`, `Evaluator exact`. */
  heed(limiter: RateLimiter, outcome: Outcome<unknown>, who: string, exampleId: string): void {
    const streak = this.#settings.haltAfter.streakOf(limiter);
    if (outcome.ok) return streak.succeeded();
    if (outcome.providerWide) {
      streak.failed(outcome.countedIn);
      this.#mayHalt(streak, outcome.cause);
    }
    this.failed(who, exampleId, outcome.message, outcome.cause);
  }

  /** Looks at the calls of a limiter as they go on: a provider that never answers is not waited for until their retries end. */
  watch(limiter: RateLimiter): CallWatch {
    const streak = this.#settings.haltAfter.streakOf(limiter);
    return {
      began: () => streak.began(),
      timedOut: (error) => {
        // There is nothing to be stopped any more, and a run that was stopped need not reject.
        if (this.#stop.reason !== null) return 0;
        const countedIn = streak.timedOut(error.timeoutMs);
        if (countedIn !== 0) this.#mayHalt(streak, error);
        return countedIn;
      },
    };
  }

  /** Hears of a failed record. */
  failed(who: string, exampleId: string, message: string, cause?: unknown): void {
    if (!this.#settings.exitOnError) return;
    this.end(new RunFailedError(this.#of, `${who} failed on example ${exampleId}: ${message}`, cause));
  }

  /** Ends the run with an error; the first one stands. */
  end(error: unknown): void {
    const isFirst = this.#first === undefined;
    this.#first ??= error;
    this.#stop.stop('error');
    if (isFirst && error instanceof HaltedError) this.#onHalt(error);
  }

  #mayHalt({ length }: Streak, cause: unknown): void {
    if (length >= this.#settings.haltAfter.failures) this.end(new HaltedError(this.#of, length, cause));
  }
}
