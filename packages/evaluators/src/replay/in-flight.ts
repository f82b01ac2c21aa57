import type { CallCache } from './call-cache.ts';

/** Lets one of several equal calls go at a time: those that wait find its answer, or make the call when it came to nothing. */
export class InFlight {
  static readonly #ofCache = new WeakMap<CallCache, InFlight>();
  readonly #open = new Map<string, Promise<void>>();

  /** All that share a cache share this, too. */
  static of(cache: CallCache): InFlight {
    let inFlight = InFlight.#ofCache.get(cache);
    if (inFlight === undefined) InFlight.#ofCache.set(cache, (inFlight = new InFlight()));
    return inFlight;
  }

  /**
   * Waits until no equal call is open.
   *
   * @param onStopped - Is called when the signal ends the wait.
   * @throws the reason of the signal.
   */
  async turn(
    key: string,
    signal: AbortSignal | undefined,
    onStopped: () => void,
  ): Promise<{ readonly end: () => void }> {
    for (let open = this.#open.get(key); open !== undefined; open = this.#open.get(key)) {
      try {
        await orStopped(open, signal);
      } catch (error) {
        onStopped();
        throw error;
      }
    }
    let resolve = (): void => {};
    const done = new Promise<void>((ended) => {
      resolve = ended;
    });
    this.#open.set(key, done);
    return {
      end: () => {
        if (this.#open.get(key) === done) this.#open.delete(key);
        resolve();
      },
    };
  }
}

/** Waits, unless the signal fires first. */
function orStopped(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return waiting;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void waiting.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
