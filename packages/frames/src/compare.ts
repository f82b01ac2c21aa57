import { AssayError } from '@assay/core/errors';
import type { Comparison, ComparisonRow, ExampleComparisonRow, SliceComparisonRow } from './comparison.ts';
import { type CandidateColumns, comparisonRow, type RowSettings } from './comparison-row.ts';
import { checkDatasets, warnOfDirections, warnOfDoubles, warnOfMissing } from './comparison-warnings.ts';
import { exampleMeans, type ExampleMeans, hasNumber } from './example-means.ts';
import { exampleRows } from './example-rows.ts';
import { needSettings } from './given.ts';
import { type AnalysisSource, evaluationStatus, type MetricSource, metricSource, runMetrics } from './metric-source.ts';
import { pairExamples } from './pairing.ts';
import { type PairedTestName, pairedTestNames } from './paired-test.ts';
import { groupsOf, type SliceBy, slicesOf } from './slices.ts';
import { adjustP } from './statistics/multiplicity.ts';
import { type FrameSummary, summaryOf } from './summarize.ts';
import { verdictOf } from './verdict.ts';

export interface CompareOptions {
  /** Evaluators, and `latency_ms`, `prompt_tokens`, `completion_tokens`, `cost_usd`. Default: all that either side has. */
  readonly metrics?: readonly string[] | undefined;
  /** Default 0.95. A verdict of `better` or `worse` needs an adjusted p-value below 1 − confidence. */
  readonly confidence?: number | undefined;
  /** Differences smaller than this do not matter: for every metric, or by metric. */
  readonly equivalenceMargin?: number | Readonly<Record<string, number>> | undefined;
  /** For `permutation` and `bootstrap`. The same seed gives the same numbers. Default 0. */
  readonly seed?: number | undefined;
  /** Default: exact McNemar for 0/1 scores of one repetition, else paired t. */
  readonly test?: PairedTestName | undefined;
  /** What makes a group for the test `clustered`: examples of one document, one user, one topic. */
  readonly clusterBy?: SliceBy | undefined;
  /** Compares within these slices too. */
  readonly slices?: readonly SliceBy[] | undefined;
  /** The least and greatest score a metric can have, for the bounds of missing results. Default 0 to 1, when all lie there. */
  readonly ranges?: Readonly<Record<string, readonly [low: number, high: number]>> | undefined;
}

/**
 * Compares candidates with a base, example by example: repetitions are averaged inside each example first, and examples
 * are paired by id. Every difference comes with its interval, its p-value (adjusted by Holm over all rows) and a verdict.
 *
 * @throws AssayError `invalid-config` when the datasets differ. Another version of the same dataset is a warning.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { compare } from '@assay/frames';
 *
 * declare const base: RanExperiment;
 * declare const candidate: RanExperiment;
 *
 * const comparison = compare(base, [candidate], { equivalenceMargin: 0.02 });
 * console.log(comparison.metrics.map(({ metric, difference, verdict }) => [metric, difference, verdict]));
 * ```
 */
export function compare(
  base: AnalysisSource,
  candidates: AnalysisSource | readonly AnalysisSource[],
  options: CompareOptions = {},
): Comparison {
  checkOptions(needSettings('how to compare as an object', options));
  const given = isList(candidates) ? candidates : [candidates];
  if (given.length === 0) throw new AssayError('invalid-config', 'Expected at least one candidate, got none');
  const warnings: string[] = [];
  const ofBase = metricSource(base);
  const columns = candidateColumns(ofBase, given.map(metricSource));
  for (const candidate of columns) checkDatasets(ofBase, candidate, warnings);
  warnOfDoubles([{ name: 'the base', source: ofBase }, ...columns], warnings);

  const settings = rowSettings(ofBase, options);
  const metrics = metricsOf(options.metrics, [ofBase, ...columns.map(({ source }) => source)]);
  const means = new MeansOf();
  const eachPair = <Row>(row: (metric: string, candidate: CandidateColumns, sides: Sides) => Row): readonly Row[] =>
    metrics.flatMap((metric) =>
      columns.map((candidate) =>
        row(metric, candidate, [means.of(ofBase, metric), means.of(candidate.source, metric)]),
      ),
    );
  const rowsWithin = (within: Uint8Array | null) =>
    eachPair((metric, candidate, sides) => comparisonRow(metric, ofBase, candidate, ...sides, settings, within));
  const rows = adjusted(rowsWithin(null), settings);
  const slices = (options.slices ?? []).flatMap((by) =>
    slicesOf(ofBase, by).flatMap(({ key, value, has }) =>
      rowsWithin(has).map((row): SliceComparisonRow => ({ ...row, slice_key: key, slice_value: value })),
    ),
  );
  eachPair((metric, { name }, sides) => warnOfDirections(metric, name, sides, warnings));
  warnOfMissing(rows, warnings);

  let examples: readonly ExampleComparisonRow[] | undefined;
  let summaries: Readonly<Record<string, FrameSummary>> | undefined;
  return {
    confidence: settings.confidence,
    metrics: rows,
    // A row per example would cost more than the whole comparison, and most readers never look.
    get examples(): readonly ExampleComparisonRow[] {
      return (examples ??= eachPair((metric, candidate, sides) =>
        exampleRows(metric, ofBase, candidate, ...sides),
      ).flat());
    },
    slices: adjusted(slices, settings),
    get summaries(): Readonly<Record<string, FrameSummary>> {
      return (summaries ??= Object.fromEntries(columns.map(({ name, source }) => [name, summaryOf(source)])));
    },
    warnings,
  };
}

/** A metric of the base and of a candidate; `null` where an experiment does not have it. */
type Sides = readonly [ofBase: ExampleMeans | null, ofCandidate: ExampleMeans | null];

function checkOptions({ confidence = 0.95, test, metrics, slices }: CompareOptions): void {
  for (const [name, list] of Object.entries({ metrics, slices })) {
    if (list !== undefined && !Array.isArray(list))
      throw new AssayError('invalid-config', `Expected ${name} to be a list, got ${shown(list)}`);
  }
  if (!(typeof confidence === 'number' && confidence > 0 && confidence < 1)) {
    throw new AssayError('invalid-config', `Expected confidence to be between 0 and 1, got ${shown(confidence)}`);
  }
  if (test !== undefined && !pairedTestNames.includes(test)) {
    const known = pairedTestNames.join(', ');
    throw new AssayError('invalid-config', `Expected test to be one of ${known}, got '${String(test)}'`);
  }
}

function rowSettings(base: MetricSource, options: CompareOptions): RowSettings {
  return {
    confidence: options.confidence ?? 0.95,
    seed: options.seed ?? 0,
    test: options.test ?? null,
    margin: (metric) => marginOf(options.equivalenceMargin, metric),
    range: (metric) => options.ranges?.[metric] ?? null,
    clusters: options.clusterBy === undefined ? null : groupsOf(base, options.clusterBy),
  };
}

function candidateColumns(base: MetricSource, sources: readonly MetricSource[]): readonly CandidateColumns[] {
  const names = namesOf(sources);
  return sources.map((source, at) => ({ name: names[at]!, source, pairing: pairExamples(base, source) }));
}

/** The means of each metric, worked out once per experiment. */
class MeansOf {
  readonly #known = new Map<MetricSource, Map<string, ExampleMeans | null>>();

  of(source: MetricSource, metric: string): ExampleMeans | null {
    const known = this.#known.get(source) ?? new Map<string, ExampleMeans | null>();
    this.#known.set(source, known);
    if (!known.has(metric)) known.set(metric, exampleMeans(source, metric));
    return known.get(metric) ?? null;
  }
}

function isList(candidates: AnalysisSource | readonly AnalysisSource[]): candidates is readonly AnalysisSource[] {
  return Array.isArray(candidates);
}

/** The names of experiments, or their ids where a name is not enough. */
function namesOf(sources: readonly MetricSource[]): readonly string[] {
  const names = sources.map(({ name }) => name);
  return sources.map(({ name, experimentId }, at) => {
    const isUnique = name !== null && names.indexOf(name) === names.lastIndexOf(name);
    return isUnique ? name : (experimentId ?? `candidate ${at + 1}`);
  });
}

function metricsOf(asked: readonly string[] | undefined, sources: readonly MetricSource[]): readonly string[] {
  const measured = runMetrics.filter((name) => sources.some((source) => hasNumber(source.runColumn(name))));
  const named = [...new Set(sources.flatMap((source) => source.evaluatorNames))];
  const isCalled = (name: string) =>
    sources.some((source) => source.evaluator(name)?.status.some((status) => status !== evaluationStatus.missing));
  // Where every run failed, an evaluator of several results stands there by its own name, without a verdict.
  const evaluators = named.filter((whole) => !named.some((name) => name.startsWith(`${whole}/`)) || isCalled(whole));
  const all = [...evaluators, ...measured];
  const unknown = asked?.find((metric) => !all.includes(metric) && !runMetrics.some((name) => name === metric));
  if (unknown !== undefined)
    throw new AssayError(
      'invalid-config',
      `Expected a metric to be one of ${all.map((name) => `'${name}'`).join(', ')}, got '${unknown}'`,
    );
  return asked ?? all;
}

function marginOf(margin: CompareOptions['equivalenceMargin'], metric: string): number | null {
  const value = typeof margin === 'object' ? margin[metric] : margin;
  if (value !== undefined && !(typeof value === 'number' && value > 0))
    throw new AssayError('invalid-config', `Expected equivalenceMargin to be above 0, got ${shown(value)}`);
  return value ?? null;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** The rows with Holm's p-values over all of them, and the verdicts that follow. */
function adjusted<Row extends ComparisonRow>(rows: readonly Row[], settings: RowSettings): readonly Row[] {
  const { adjusted: p } = adjustP({ p: rows.map((row) => row.p_value) }, { method: 'holm' });
  return rows.map((row, at) => ({
    ...row,
    p_adjusted: p[at]!,
    verdict: verdictOf({
      direction: row.direction,
      pairs: row.n_paired,
      difference: row.difference,
      pAdjusted: p[at]!,
      confidence: settings.confidence,
      interval90: row.ci90_low === null || row.ci90_high === null ? null : [row.ci90_low, row.ci90_high],
      margin: settings.margin(row.metric),
    }),
  }));
}
