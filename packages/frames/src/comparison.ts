import type { Direction } from '@assay/core';
import type { PairedTestName } from './paired-test.ts';
import type { FrameSummary } from './summarize.ts';
import type { Change, ComparisonVerdict } from './verdict.ts';

/** One metric of one candidate against the base. Differences are candidate − base; `null` is what cannot be known. */
export interface ComparisonRow {
  readonly metric: string;
  readonly candidate: string;
  readonly direction: Direction;
  /** Examples with a value on both sides. */
  readonly n_paired: number;
  /** Examples that both were to run, without a pair and not skipped. */
  readonly n_missing: number;
  /** Means over the paired examples. */
  readonly base_mean: number | null;
  readonly candidate_mean: number | null;
  readonly difference: number | null;
  /** The interval of the difference at the confidence asked for. */
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly p_value: number | null;
  /** Holm's, over all rows of the call that have a p-value; rows of slices are adjusted among themselves. */
  readonly p_adjusted: number | null;
  readonly test: PairedTestName;
  /** Cohen's d_z: the difference ÷ the standard deviation of the differences. */
  readonly effect_size: number | null;
  /** Examples, by exact comparison; `null` for neutral metrics. */
  readonly improved: number | null;
  readonly regressed: number | null;
  readonly unchanged: number;
  /** The smallest difference that as many examples show with a power of 80 %. */
  readonly minimum_detectable_effect: number | null;
  readonly verdict: ComparisonVerdict | null;
  /** The 90 % interval of the difference: its ends are one-sided 95 % bounds. */
  readonly ci90_low: number | null;
  readonly ci90_high: number | null;
  /** Scored ÷ (planned − skipped), over examples × repetitions. */
  readonly base_coverage: number | null;
  readonly candidate_coverage: number | null;
  /** The difference if every missing score spoke against the candidate, or for it; `null` for scores without bounds. */
  readonly difference_worst: number | null;
  readonly difference_best: number | null;
}

/** A row over the examples of one slice. */
export interface SliceComparisonRow extends ComparisonRow {
  readonly slice_key: string;
  readonly slice_value: string;
}

/** One example of one metric and candidate; `null` where a side has no value. */
export interface ExampleComparisonRow {
  readonly example_id: string;
  readonly metric: string;
  readonly candidate: string;
  readonly base: number | null;
  readonly value: number | null;
  readonly difference: number | null;
  readonly change: Change | null;
}

/** What `compare` found. It is plain data; what is costly is made when it is first read. */
export interface Comparison {
  readonly confidence: number;
  /** A row per metric and candidate. */
  readonly metrics: readonly ComparisonRow[];
  /** A row per example, metric and candidate. */
  readonly examples: readonly ExampleComparisonRow[];
  /** A row per slice, metric and candidate. */
  readonly slices: readonly SliceComparisonRow[];
  /** The summary of each candidate by its name, so that `gate` can judge both. */
  readonly summaries: Readonly<Record<string, FrameSummary>>;
  readonly warnings: readonly string[];
}
