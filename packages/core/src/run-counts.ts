import type { RunEvent } from './events.ts';

/** How far a run has come. */
export interface ProgressCounts {
  /** Task runs saved, and how many there will be. Here and below, of this run: a resume counts what it does itself. */
  readonly runs: number;
  readonly plannedRuns: number;
  readonly failedRuns: number;
  readonly evaluations: number;
  readonly plannedEvaluations: number;
  readonly failedEvaluations: number;
  /** Saved per second lately: task runs, or evaluations where no run is planned. `null` before it can be told. */
  readonly perSecond: number | null;
  /** Records of both kinds saved per second lately, by which the time left is reckoned. */
  readonly recordsPerSecond: number | null;
  /** Limiters whose calls wait, with the seconds that are left of it. */
  readonly waits: readonly { readonly key: string; readonly seconds: number }[];
  /** Whether the run has given up on its provider, and only calls in flight still end. */
  readonly isHalting: boolean;
}

/** Evaluations still to come. Failed runs are not evaluated, so theirs never do. */
export function evaluationsLeft({ plannedRuns, failedRuns, plannedEvaluations, evaluations }: ProgressCounts): number {
  const perRun = plannedRuns === 0 ? 0 : plannedEvaluations / plannedRuns;
  return Math.max(0, Math.round(plannedEvaluations - perRun * failedRuns) - evaluations);
}

/** How far back the rate looks, in milliseconds. */
const rateWindowMs = 10_000;

/** Counts what the events of a run tell: for progress lines, in flat memory. */
export class RunCounts {
  #runs = 0;
  #plannedRuns = 0;
  #failedRuns = 0;
  #evaluations = 0;
  #plannedEvaluations = 0;
  #failedEvaluations = 0;
  readonly #waitingUntil = new Map<string, number>();
  #isHalting = false;
  /** What was saved at some moments of the last ten seconds. */
  #moments: Moment[] = [];

  add(event: RunEvent): void {
    switch (event.type) {
      case 'task-run-saved':
        this.#runs += 1;
        if (event.run.error !== null) this.#failedRuns += 1;
        break;
      case 'evaluation-run-saved':
        this.#evaluations += 1;
        if (event.run.status === 'failed') this.#failedEvaluations += 1;
        break;
      case 'started':
        this.#plannedRuns = event.plannedRuns;
        this.#plannedEvaluations = event.plannedEvaluations;
        break;
      case 'waiting':
        this.#waitingUntil.set(event.key, event.untilMs);
        break;
      case 'halting':
        this.#isHalting = true;
        break;
    }
  }

  /** The counts now. @param monotonicMs - Of a clock that never steps. @param wallMs - Milliseconds since 1970. */
  at(monotonicMs: number, wallMs: number): ProgressCounts {
    for (const [key, untilMs] of this.#waitingUntil) if (untilMs <= wallMs) this.#waitingUntil.delete(key);
    return {
      runs: this.#runs,
      plannedRuns: this.#plannedRuns,
      failedRuns: this.#failedRuns,
      evaluations: this.#evaluations,
      plannedEvaluations: this.#plannedEvaluations,
      failedEvaluations: this.#failedEvaluations,
      ...this.#rates(monotonicMs),
      waits: [...this.#waitingUntil].map(([key, untilMs]) => ({ key, seconds: (untilMs - wallMs) / 1000 })),
      isHalting: this.#isHalting,
    };
  }

  #rates(at: number): Pick<ProgressCounts, 'perSecond' | 'recordsPerSecond'> {
    const now = { at, runs: this.#runs, evaluations: this.#evaluations };
    this.#moments.push(now);
    while (this.#moments.length > 2 && this.#moments[0]!.at < at - rateWindowMs) this.#moments.shift();
    const then = this.#moments[0]!;
    const seconds = (at - then.at) / 1000;
    const runs = now.runs - then.runs;
    const evaluations = now.evaluations - then.evaluations;
    if (seconds < 0.5 || runs + evaluations === 0) return { perSecond: null, recordsPerSecond: null };
    return {
      perSecond: (this.#plannedRuns > 0 ? runs : evaluations) / seconds,
      recordsPerSecond: (runs + evaluations) / seconds,
    };
  }
}

interface Moment {
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  readonly runs: number;
  readonly evaluations: number;
}
