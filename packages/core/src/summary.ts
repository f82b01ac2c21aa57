import type { Direction } from './experiment.ts';

/** Counts, means and intervals of a whole experiment. */
export interface ExperimentSummary {
  readonly experimentId: string;
  /** `missing`: planned, and without any record. */
  readonly taskRuns: {
    readonly planned: number;
    readonly ok: number;
    readonly failed: number;
    readonly missing: number;
  };
  readonly evaluators: Readonly<Record<string, EvaluatorSummary>>;
  /** Quantiles over the runs that are ok, in milliseconds; `null` when no latency is known. */
  readonly latencyMs: { readonly p50: number | null; readonly p90: number | null; readonly p99: number | null };
  /** Milliseconds that task runs spent waiting for a limit or in a back-off, added up. */
  readonly waitMs: number;
  /** Calls of the task, added up over the runs. */
  readonly attempts: number;
  /** Calls of the task beyond the first of each run. */
  readonly retries: number;
  readonly usage: {
    readonly task: UsageTotal;
    readonly evaluators: UsageTotal;
  };
  /** Why it ended early; `null` when it did not. */
  readonly stopped: StopReason | null;
}

/** Why a run ended before everything was done. */
export type StopReason = 'signal' | 'deadline' | 'budget' | 'error';

export interface EvaluatorSummary {
  /** Examples × repetitions. */
  readonly planned: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  /** Planned, and without any record: also the evaluations of failed task runs. */
  readonly missing: number;
  /** The mean of the example means; `null` without a score. */
  readonly mean: number | null;
  /** Of the mean, over examples; `null` below 2 examples with a score. */
  readonly standardError: number | null;
  /** 95 %: Student's t over example means, Wilson's when every example has one score and all are 0 or 1. */
  readonly interval: readonly [low: number, high: number] | null;
  /** How often each label was given. */
  readonly labels: Readonly<Record<string, number>>;
  readonly direction: Direction;
}

/** Sums over the records that know them; `null` when none does. */
export interface UsageTotal {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costUsd: number | null;
  /** The part of `promptTokens` that providers read from their caches; left out where there is none, or it is not known. */
  readonly cachedPromptTokens?: number | undefined;
  /** Answers of models that were replayed; left out when there are none. */
  readonly replayedCalls?: number | undefined;
}
