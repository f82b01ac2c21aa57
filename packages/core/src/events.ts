import type { HaltedError } from './errors.ts';
import type { EvaluationRun, Experiment, TaskRun } from './experiment.ts';
import type { ExperimentSummary } from './summary.ts';

/**
 * What happened, in order. Every `-saved` event follows its record's durable write, so whoever has seen the event will
 * find the record in the store.
 */
export type RunEvent<Output = unknown> =
  | {
      readonly type: 'started';
      readonly experiment: Experiment;
      /** Task runs to be done now: examples × repetitions at first, what is missing on a resume. */
      readonly plannedRuns: number;
      /** Evaluations to be done now, if every task run succeeds: those of the evaluators given that are missing. */
      readonly plannedEvaluations: number;
    }
  | { readonly type: 'task-run-saved'; readonly run: TaskRun<Output> }
  | { readonly type: 'evaluation-run-saved'; readonly run: EvaluationRun }
  /** Calls of this limiter wait until then, in milliseconds since 1970. */
  | { readonly type: 'waiting'; readonly key: string; readonly untilMs: number }
  /** The provider has failed too often in a row. What is in flight ends and is saved, and then the run rejects with this. */
  | { readonly type: 'halting'; readonly error: HaltedError }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'finished'; readonly reason: 'completed' | 'stopped'; readonly summary: ExperimentSummary };
