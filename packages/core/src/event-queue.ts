/** Hands events from the run to its reader, in order. Putting never waits: whoever starts new work looks at `length`. */
export class EventQueue<Event> {
  readonly #events: Event[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** Events that nobody has taken yet. */
  get length(): number {
    return this.#events.length;
  }

  put(event: Event): void {
    this.#events.push(event);
    this.#wake?.();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The next event, at once when there is one; `undefined` when there is none now. */
  take(): Event | undefined {
    return this.#events.shift();
  }

  /** Resolves once there is something to take, or nothing more comes: `false`. */
  async ready(): Promise<boolean> {
    while (this.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return this.length > 0;
  }
}
