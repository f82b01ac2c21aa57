import { type Experiment, RunCounts, type RunEvent } from '@assay/core';
import type { LiveState } from './live-view.ts';
import { RunningMeans } from './running-means.ts';

const shownMessages = 3;

/** What the events of a run tell, for a display. */
export class LiveProgress {
  readonly #counts = new RunCounts();
  readonly #means = new RunningMeans();
  readonly #failures: string[] = [];
  readonly #warnings: string[] = [];
  #experiment: Experiment | null = null;
  #phase: LiveState['phase'] = 'running';
  #error: string | null = null;
  #isStale = false;
  #isWaiting = false;

  add(event: RunEvent): void {
    this.#isStale = true;
    this.#counts.add(event);
    if (event.type === 'started') this.#experiment = event.experiment;
    if (event.type === 'halting') {
      this.#phase = 'stopping';
      keep(this.#warnings, event.error.message);
    }
    if (event.type === 'warning') keep(this.#warnings, event.message);
    if (event.type === 'task-run-saved' && event.run.error !== null) keep(this.#failures, event.run.error);
    if (event.type !== 'evaluation-run-saved') return;
    this.#means.add(event.run);
    if (event.run.error !== null) keep(this.#failures, `${event.run.name}: ${event.run.error}`);
  }

  /** It was asked to stop. */
  stopping(): void {
    this.#phase = 'stopping';
  }

  /** It ended by an error. */
  ended(error: string): void {
    this.#phase = 'ended';
    this.#error = error;
  }

  /** Whether there is news since it was last drawn; a wait is news at any time. */
  isStale(): boolean {
    return this.#isStale || this.#isWaiting;
  }

  /** @param monotonicMs - Of a clock that never steps. @param wallMs - Milliseconds since 1970. */
  at(monotonicMs: number, wallMs: number): LiveState {
    const counts = this.#counts.at(monotonicMs, wallMs);
    this.#isStale = false;
    this.#isWaiting = counts.waits.length > 0;
    return {
      experiment: this.#experiment,
      counts,
      means: this.#means.now(),
      failures: this.#failures,
      warnings: this.#warnings,
      phase: this.#phase,
      error: this.#error,
    };
  }
}

/** Keeps the last few messages, each once. */
function keep(messages: string[], message: string): void {
  if (messages.includes(message)) return;
  messages.push(message);
  if (messages.length > shownMessages) messages.shift();
}
