import { wholeNumber } from './number-checks.ts';

/** How many calls may be open at once, to be changed while a run goes on. More of it starts calls at once; with less, open ones finish. */
export interface Concurrency {
  /** At least 1. */
  readonly limit: number;
  /** @throws AssayError `invalid-config`. */
  change(limit: number): void;
  /** Hears of every change, until what it returns is called. */
  onChange(listener: () => void): () => void;
}

/**
 * Makes a concurrency that can be changed while a run goes on. Runs that are given the same one each have that many calls open.
 *
 * @throws AssayError `invalid-config`.
 *
 * @example
 * ```ts
 * import { createConcurrency, runExperiment } from '@assay/core';
 *
 * const concurrency = createConcurrency(2);
 * const running = runExperiment({ dataset: [{ input: 1 }], task: ({ input }) => input, concurrency });
 * concurrency.change(20);
 * await running;
 * ```
 */
export function createConcurrency(limit: number): Concurrency {
  wholeNumber('concurrency', limit, 1);
  let current = limit;
  const listeners = new Set<() => void>();
  return {
    get limit() {
      return current;
    },
    change: (next) => {
      wholeNumber('concurrency', next, 1);
      current = next;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A number as a concurrency that stays, or the one that was handed in. @throws AssayError `invalid-config`. */
export function concurrencyOf(given: number | Concurrency): Concurrency {
  return typeof given === 'object' && given !== null && 'onChange' in given ? given : createConcurrency(given);
}
