import type { EvaluatorSummary, ExperimentSummary } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import { needSettings } from './given.ts';
import {
  type AnalysisSource,
  type EvaluatorColumns,
  evaluationStatus,
  type MetricSource,
  metricSource,
  type RunMetric,
  runMetrics,
} from './metric-source.ts';
import { exampleMeans, type ExampleMeans } from './example-means.ts';
import { type SliceBy, slicesOf } from './slices.ts';
import { quantileOfSorted } from './statistics/describe.ts';
import { meanCi, proportionCi } from './statistics/intervals.ts';
import { selectPlaces } from './statistics/select.ts';
import { moments } from './statistics/values.ts';
import { within } from './within.ts';

/** The mean of a metric over examples. */
export interface MetricMean {
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Examples with a value. */
  readonly examples: number;
  /** Scored ÷ (planned − skipped); `null` when everything was skipped. */
  readonly coverage: number | null;
}

export interface EvaluatorFrameSummary extends EvaluatorSummary, MetricMean {
  /** Evaluations with a score. */
  readonly scored: number;
  /** The mean if every missing score were 0, and if it were 1; `null` unless all scores lie between. */
  readonly bounds: readonly [lowest: number, highest: number] | null;
}

/** Core's summary, from records or a frame, with what gates and slices need. */
export interface FrameSummary extends ExperimentSummary {
  readonly evaluators: Readonly<Record<string, EvaluatorFrameSummary>>;
  /** Latency, tokens and cost of the runs that are ok; those the source knows. */
  readonly runMetrics: Readonly<Partial<Record<RunMetric, MetricMean>>>;
}

export interface SliceSummary {
  readonly key: string;
  readonly value: string;
  readonly examples: number;
  readonly summary: FrameSummary;
}

/**
 * Counts, means and intervals of an experiment: the numbers of core's `ExperimentSummary`, from records or a runs frame.
 * Usage of evaluators is not in a frame, and is `null` from one; so is why a run stopped.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { summarize } from '@assay/frames';
 *
 * declare const ran: RanExperiment;
 *
 * const exact = summarize(ran).evaluators['exact'];
 * console.log(exact?.mean, exact?.interval, exact?.coverage);
 * ```
 */
export function summarize(source: AnalysisSource): FrameSummary;
/** The same, with the summary of each slice. */
export function summarize(
  source: AnalysisSource,
  options: { readonly slices: readonly SliceBy[] },
): FrameSummary & { readonly slices: readonly SliceSummary[] };
export function summarize(
  source: AnalysisSource,
  options: { readonly slices?: readonly SliceBy[] } = {},
): FrameSummary & { readonly slices?: readonly SliceSummary[] } {
  const { slices } = needSettings('how to summarise as { slices }', options);
  if (slices !== undefined && !Array.isArray(slices))
    throw new AssayError('invalid-config', `Expected slices to be a list, got ${typeof slices}`);
  const columns = metricSource(source);
  const stopped = 'summary' in source ? source.summary.stopped : null;
  const summary = summaryOf(columns, stopped);
  if (slices === undefined) return summary;
  return {
    ...summary,
    slices: slices.flatMap((by) =>
      slicesOf(columns, by).map(({ key, value, has, size }): SliceSummary => ({
        key,
        value,
        examples: size,
        summary: summaryOf(within(columns, has, size), stopped),
      })),
    ),
  };
}

/** The summary of an experiment that has been read as columns. */
export function summaryOf(source: MetricSource, stopped: ExperimentSummary['stopped'] = null): FrameSummary {
  const planned = source.plannedExamples * source.repetitions;
  const { isOk } = source;
  const ok = countOf(isOk, 1);
  const failed = isOk.length - ok;
  const attempts = total(source.runColumn('attempts')) ?? isOk.length;
  const [p50, p90, p99] = quantilesOf(source.runColumn('latency_ms'), isOk, [0.5, 0.9, 0.99]);
  return {
    experimentId: source.experimentId ?? '',
    taskRuns: { planned, ok, failed, missing: Math.max(0, planned - ok - failed) },
    evaluators: Object.fromEntries(
      source.evaluatorNames.map((name) => [name, evaluatorSummary(source, name, planned)]),
    ),
    runMetrics: Object.fromEntries(
      runMetrics.flatMap((name) => {
        const means = exampleMeans(source, name);
        return means === null ? [] : [[name, metricMean(means, planned)]];
      }),
    ),
    latencyMs: { p50: p50!, p90: p90!, p99: p99! },
    waitMs: total(source.runColumn('wait_ms')) ?? 0,
    attempts,
    retries: attempts - ok - failed,
    usage: {
      task: {
        promptTokens: total(source.runColumn('prompt_tokens')),
        completionTokens: total(source.runColumn('completion_tokens')),
        costUsd: total(source.runColumn('cost_usd')),
      },
      evaluators: source.evaluatorUsage,
    },
    stopped,
  };
}

function evaluatorSummary(source: MetricSource, name: string, planned: number): EvaluatorFrameSummary {
  const columns = source.evaluator(name)!;
  const means = exampleMeans(source, name)!;
  const [ok, failed, skipped] = [evaluationStatus.ok, evaluationStatus.failed, evaluationStatus.skipped].map((status) =>
    countOf(columns.status, status),
  ) as [number, number, number];
  const unscored = planned - skipped - means.scoredRuns;
  const isUnit = means.range !== null && means.range[0] >= 0 && means.range[1] <= 1;
  return {
    planned,
    ok,
    failed,
    skipped,
    missing: Math.max(0, planned - ok - failed - skipped),
    ...metricMean(means, planned),
    labels: labelCounts(columns),
    direction: columns.direction,
    scored: means.scoredRuns,
    bounds:
      isUnit && planned > skipped
        ? [means.scoreSum / (planned - skipped), (means.scoreSum + Math.max(0, unscored)) / (planned - skipped)]
        : null,
  };
}

function metricMean(means: ExampleMeans, planned: number): MetricMean {
  const values = means.means.filter((mean) => !Number.isNaN(mean));
  const expected = planned - means.skippedRuns;
  const coverage = expected <= 0 ? null : Math.min(1, means.scoredRuns / expected);
  const { count, mean, squares } = moments(values);
  if (count < 2)
    return { mean: count === 0 ? null : mean, standardError: null, interval: null, examples: count, coverage };
  const isOneEach = means.isBinary && means.counts.every((repetitions) => repetitions <= 1);
  const { low, high } = isOneEach
    ? proportionCi({ successes: Math.round(mean * count), n: count })
    : meanCi({ values });
  return {
    mean,
    standardError: Math.sqrt(squares / (count - 1) / count),
    interval: [low!, high!],
    examples: count,
    coverage,
  };
}

function labelCounts({ labels, status }: EvaluatorColumns): Readonly<Record<string, number>> {
  const counts = new Float64Array(labels.dictionary.length);
  for (let row = 0; row < status.length; row += 1) {
    const code = labels.codes[row]!;
    if (code >= 0 && status[row] === evaluationStatus.ok) counts[code]! += 1;
  }
  return Object.fromEntries(
    labels.dictionary.flatMap((label, code) => (counts[code]! > 0 ? [[label, counts[code]!]] : [])),
  );
}

function total(values: Float64Array): number | null {
  let sum: number | null = null;
  for (let row = 0; row < values.length; row += 1) if (!Number.isNaN(values[row])) sum = (sum ?? 0) + values[row]!;
  return sum;
}

function countOf(values: Uint8Array, wanted: number): number {
  let count = 0;
  for (let row = 0; row < values.length; row += 1) if (values[row] === wanted) count += 1;
  return count;
}

/** Quantiles of the values whose run is ok, without sorting all of them. */
function quantilesOf(values: Float64Array, isOk: Uint8Array, fractions: readonly number[]): readonly (number | null)[] {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1)
    if (isOk[row] === 1 && !Number.isNaN(values[row])) kept[count++] = values[row]!;
  if (count === 0) return fractions.map(() => null);
  const chosen = kept.subarray(0, count);
  const places = fractions.flatMap((fraction) => [
    Math.floor((count - 1) * fraction),
    Math.min(count - 1, Math.floor((count - 1) * fraction) + 1),
  ]);
  selectPlaces(chosen, places);
  return fractions.map((fraction) => quantileOfSorted(chosen, fraction));
}
