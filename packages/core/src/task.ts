import type { ExampleOf, ExpectedOf, InputOf, MetadataOf } from './dataset.ts';
import type { Experiment } from './experiment.ts';
import type { UsageReport } from './usage.ts';

/** What a task is called with. Take what you need: `({ input, signal }) => …`. Each call gets its own copies. */
export interface TaskParams<E> {
  readonly input: InputOf<E>;
  /** The reference answer; `null` when there is none. */
  readonly expected: ExpectedOf<E>;
  readonly metadata: MetadataOf<E>;
  readonly example: ExampleOf<E>;
  /** Which of the planned runs of this example it is. Counts from 1. */
  readonly repetition: number;
  /** Which call within the retries it is. Counts from 1. */
  readonly attempt: number;
  readonly experiment: Pick<Experiment, 'id' | 'name' | 'metadata'>;
  /** Fires when this attempt times out. Hand it to `fetch`, so that the call ends too. */
  readonly signal: AbortSignal;
  /**
   * Puts on record what a call used. Each call adds to what was reported before, also in attempts that failed:
   * `reportUsage({ promptTokens: usage.inputTokens, completionTokens: usage.outputTokens })`.
   */
  readonly reportUsage: (usage: UsageReport) => void;
}

/** The function under test. What it returns must be JSON; what it throws becomes the error of its run. */
export type Task<E, Output> = (params: TaskParams<E>) => Output | PromiseLike<Output>;
