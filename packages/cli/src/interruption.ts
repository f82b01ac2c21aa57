/** The signals that ask the process to end, with the exit codes that say so. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A second signal within so many milliseconds is the first one told twice: npm passes on what the terminal sends anyway. */
const echoMs = 100;

/**
 * Hears Ctrl-C and `kill`. While nothing is at stake the process ends at once. While an experiment runs, the first signal
 * stops it gracefully and the second ends the process.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #onStop: (() => void) | undefined;
  #exitCode: number | null = null;
  #firstAt = 0;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.#hear(exitCodes[name]));
  }

  /** 130 or 143 when it was asked for, else `null`. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Makes the next signal a graceful stop. @param onStop - Called when it comes. @returns What fires then. */
  guard(onStop: () => void): AbortSignal {
    this.#onStop = onStop;
    return this.#controller.signal;
  }

  /** Nothing is at stake any more. */
  release(): void {
    this.#onStop = undefined;
  }

  #hear(exitCode: number): void {
    const now = performance.now();
    if (this.#exitCode !== null && now - this.#firstAt < echoMs) return;
    if (this.#exitCode !== null || this.#onStop === undefined) process.exit(exitCode);
    this.#exitCode = exitCode;
    this.#firstAt = now;
    this.#controller.abort();
    this.#onStop();
  }
}
