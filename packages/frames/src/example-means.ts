import type { Direction } from '@assay/core';
import { type EvaluatorColumns, evaluationStatus, isRunMetric, type MetricSource } from './metric-source.ts';

/** One metric of one experiment, brought down to a value per example: the mean over its repetitions. */
export interface ExampleMeans {
  readonly direction: Direction;
  /** By example code; NaN where no repetition has a value. */
  readonly means: Float64Array;
  /** Repetitions with a value, by example code. */
  readonly counts: Int32Array;
  /** By example code: 1 where there is no value and every repetition on record was skipped. */
  readonly skipped: Uint8Array;
  /** How many of examples × repetitions have a value, and how many were skipped. */
  readonly scoredRuns: number;
  readonly skippedRuns: number;
  /** All values added up. */
  readonly scoreSum: number;
  /** Every value is 0 or 1. */
  readonly isBinary: boolean;
  /** The least and the greatest value; `null` without one. */
  readonly range: readonly [low: number, high: number] | null;
}

/**
 * Averages a metric over the repetitions of each example. Missing and failed results are left out, never counted as zero;
 * latency, tokens and cost are those of runs that are ok. `null` when the experiment does not have the metric.
 */
export function exampleMeans(source: MetricSource, metric: string): ExampleMeans | null {
  if (isRunMetric(metric)) {
    const values = source.runColumn(metric);
    if (!hasNumber(values)) return null;
    return averaged(source, values, null, 'minimize');
  }
  const columns = source.evaluator(metric);
  return columns === null ? null : averaged(source, columns.scores, columns, columns.direction);
}

function averaged(
  source: MetricSource,
  values: Float64Array,
  evaluator: EvaluatorColumns | null,
  direction: Direction,
): ExampleMeans {
  const { codes, dictionary } = source.examples;
  const means = new Float64Array(dictionary.length);
  // What each addition rounded away (Neumaier 1974), so that equal scores in another order give the same mean.
  const lost = new Float64Array(dictionary.length);
  const counts = new Int32Array(dictionary.length);
  const skips = new Int32Array(dictionary.length);
  const seen = new Int32Array(dictionary.length);
  let [scoredRuns, skippedRuns, scoreSum, low, high, isBinary] = [0, 0, 0, Infinity, -Infinity, true];
  const status = evaluator?.status ?? null;
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code < 0) continue;
    seen[code]! += 1;
    if (status !== null && status[row] === evaluationStatus.skipped) {
      skips[code]! += 1;
      skippedRuns += 1;
    }
    const counted = status === null ? source.isOk[row] === 1 : status[row] === evaluationStatus.ok;
    const value = values[row]!;
    if (!counted || !Number.isFinite(value)) continue;
    const sum = means[code]! + value;
    lost[code]! += Math.abs(means[code]!) >= Math.abs(value) ? means[code]! - sum + value : value - sum + means[code]!;
    means[code] = sum;
    counts[code]! += 1;
    scoredRuns += 1;
    scoreSum += value;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value !== 0 && value !== 1) isBinary = false;
  }
  const skipped = new Uint8Array(dictionary.length);
  for (let code = 0; code < means.length; code += 1) {
    means[code] = counts[code] === 0 ? NaN : (means[code]! + lost[code]!) / counts[code]!;
    skipped[code] = counts[code] === 0 && skips[code]! > 0 && skips[code] === seen[code] ? 1 : 0;
  }
  return {
    direction,
    means,
    counts,
    skipped,
    scoredRuns,
    skippedRuns,
    scoreSum,
    isBinary,
    range: scoredRuns === 0 ? null : [low, high],
  };
}

/** Scored ÷ (planned − skipped); `null` when everything was skipped. More records than planned count as planned. */
export function coverageOf(
  source: MetricSource,
  { scoredRuns, skippedRuns }: Pick<ExampleMeans, 'scoredRuns' | 'skippedRuns'>,
): number | null {
  const expected = source.plannedExamples * source.repetitions - skippedRuns;
  return expected <= 0 ? null : Math.min(1, scoredRuns / expected);
}

/** Whether any number is there. */
export function hasNumber(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row += 1) if (!Number.isNaN(values[row])) return true;
  return false;
}

/** How many examples have more rows than repetitions: a row must have been given twice. */
export function countOverfull({ examples: { codes, dictionary }, repetitions }: MetricSource): number {
  const rows = new Int32Array(dictionary.length);
  let overfull = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code < 0) continue;
    rows[code]! += 1;
    if (rows[code] === repetitions + 1) overfull += 1;
  }
  return overfull;
}
