import type { EvaluatorSummary, ExperimentSummary } from '@assay/core';
import { type AnalysisSource, type EvaluatorColumns, evaluationStatus, type MetricSource, metricSource, type RunMetric, runMetrics } from './metric-source.ts';
import { exampleMeans, type ExampleMeans } from './example-means.ts';
import { type SliceBy, slicesOf } from './slices.ts';
import { quantileOfSorted } from './statistics/describe.ts';
import { meanCi, proportionCi } from './statistics/intervals.ts';
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
 * import { summarize } from '@assay/frames';
 *
 * const { mean, interval, coverage } = summarize(ran).evaluators['exact'];
 * ```
 */
export function summarize(source: AnalysisSource): FrameSummary;
/** The same, with the summary of each slice. */
export function summarize(source: AnalysisSource, options: { readonly slices: readonly SliceBy[] }): FrameSummary & { readonly slices: readonly SliceSummary[] };
export function summarize(
  source: AnalysisSource,
  { slices }: { readonly slices?: readonly SliceBy[] } = {},
): FrameSummary & { readonly slices?: readonly SliceSummary[] } {
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
  const ok = source.isOk.reduce((sum, one) => sum + one, 0);
  const failed = source.isOk.length - ok;
  const latencies = source.runColumn('latency_ms').filter((value, row) => source.isOk[row] === 1 && !Number.isNaN(value)).sort();
  const attempts = total(source.runColumn('attempts')) ?? source.isOk.length;
  const quantileAt = (fraction: number) => (latencies.length === 0 ? null : quantileOfSorted(latencies, fraction));
  return {
    experimentId: source.experimentId ?? '',
    taskRuns: { planned, ok, failed, missing: Math.max(0, planned - ok - failed) },
    evaluators: Object.fromEntries(source.evaluatorNames.map((name) => [name, evaluatorSummary(source, name, planned)])),
    runMetrics: Object.fromEntries(
      runMetrics.flatMap((name) => {
        const means = exampleMeans(source, name);
        return means === null ? [] : [[name, metricMean(means, planned)]];
      }),
    ),
    latencyMs: { p50: quantileAt(0.5), p90: quantileAt(0.9), p99: quantileAt(0.99) },
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
  const count = (status: number) => columns.status.reduce((sum, own) => (own === status ? sum + 1 : sum), 0);
  const [ok, failed, skipped] = [count(evaluationStatus.ok), count(evaluationStatus.failed), count(evaluationStatus.skipped)];
  const unscored = planned - skipped - means.scoredRuns;
  const isUnit = means.range !== null && means.range[0] >= 0 && means.range[1] <= 1;
  const sum = columns.scores.reduce((all, score, row) => (columns.status[row] === evaluationStatus.ok && !Number.isNaN(score) ? all + score : all), 0);
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
    bounds: isUnit && planned > skipped ? [sum / (planned - skipped), (sum + Math.max(0, unscored)) / (planned - skipped)] : null,
  };
}

function metricMean(means: ExampleMeans, planned: number): MetricMean {
  const values = means.means.filter((mean) => !Number.isNaN(mean));
  const expected = planned - means.skippedRuns;
  const coverage = expected <= 0 ? null : Math.min(1, means.scoredRuns / expected);
  const { count, mean, squares } = moments(values);
  if (count < 2) return { mean: count === 0 ? null : mean, standardError: null, interval: null, examples: count, coverage };
  const isOneEach = means.isBinary && means.counts.every((repetitions) => repetitions <= 1);
  const { low, high } = isOneEach ? proportionCi({ successes: Math.round(mean * count), n: count }) : meanCi({ values });
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count), interval: [low!, high!], examples: count, coverage };
}

function labelCounts({ labels, status }: EvaluatorColumns): Readonly<Record<string, number>> {
  const counts = new Float64Array(labels.dictionary.length);
  labels.codes.forEach((code, row) => {
    if (code >= 0 && status[row] === evaluationStatus.ok) counts[code]! += 1;
  });
  return Object.fromEntries(labels.dictionary.flatMap((label, code) => (counts[code]! > 0 ? [[label, counts[code]!]] : [])));
}

function total(values: Float64Array): number | null {
  let sum: number | null = null;
  for (const value of values) if (!Number.isNaN(value)) sum = (sum ?? 0) + value;
  return sum;
}
