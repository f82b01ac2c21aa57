import type { StopReason } from './summary.ts';

/** Thrown inside the engine to whatever waits when the run stops. Never leaves it. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/**
 * The one switch that ends a run gracefully: nothing new starts, what was started finishes and is saved.
 * The first reason stands.
 */
export class StopSwitch {
  readonly #controller = new AbortController();
  #reason: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(reason: StopReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#controller.abort(new Stopped('The run was stopped'));
  }

  /** Stops when the user's signal fires or the deadline passes. Returns what ends the watch. */
  watch(signal: AbortSignal | undefined, deadlineMs: number | undefined): () => void {
    const onAbort = (): void => this.stop('signal');
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer =
      deadlineMs === undefined
        ? undefined
        : setTimeout(() => this.stop('deadline'), Math.min(deadlineMs, longestTimer));
    return () => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    };
  }
}

/** What `setTimeout` can hold; a longer delay would fire at once. */
export const longestTimer = 2 ** 31 - 1;
