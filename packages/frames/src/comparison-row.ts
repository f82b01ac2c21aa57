import type { ComparisonRow } from './comparison.ts';
import { coverageOf, type ExampleMeans } from './example-means.ts';
import { isRunMetric, type MetricSource } from './metric-source.ts';
import { type Pairing, type Pairs, pairValues } from './pairing.ts';
import { pairedTest, type PairedTestName } from './paired-test.ts';
import { minimumDetectableEffect } from './statistics/power.ts';
import { moments } from './statistics/values.ts';
import { changeOf } from './verdict.ts';

export interface CandidateColumns {
  readonly name: string;
  readonly source: MetricSource;
  readonly pairing: Pairing;
}

/** What all rows of a call have in common. */
export interface RowSettings {
  readonly confidence: number;
  readonly seed: number;
  /** `null`: chosen by the scores. */
  readonly test: PairedTestName | null;
  readonly margin: (metric: string) => number | null;
  readonly range: (metric: string) => readonly [low: number, high: number] | null;
  /** The group of each base code. */
  readonly clusters: readonly (string | null)[] | null;
}

/** One row, before its p-value is adjusted for the others; `within` limits it to some of the base's examples. */
export function comparisonRow(
  metric: string,
  base: MetricSource,
  candidate: CandidateColumns,
  ofBase: ExampleMeans | null,
  ofCandidate: ExampleMeans | null,
  settings: RowSettings,
  within: Uint8Array | null,
): ComparisonRow {
  const direction = ofBase?.direction ?? ofCandidate?.direction ?? 'maximize';
  const isOneRepetition = base.repetitions === 1 && candidate.source.repetitions === 1;
  const isBinary =
    ofBase?.isBinary === true && ofCandidate?.isBinary === true && isOneRepetition && !isRunMetric(metric);
  const pairs =
    ofBase === null || ofCandidate === null ? noPairs : pairValues(ofBase, ofCandidate, candidate.pairing, within);
  const count = pairs.differences.length;
  const comparable = within === null ? candidate.pairing.comparable : countWithin(within, candidate.pairing);
  const missing = Math.max(0, comparable - count - pairs.skipped);
  const clusters = settings.clusters === null ? null : Array.from(pairs.codes, (code) => settings.clusters![code]!);
  const test = pairedTest(settings.test ?? (isBinary ? 'mcnemar' : 'paired-t'), { ...pairs, clusters }, settings.seed);
  const { mean, squares } = moments(pairs.differences);
  const deviation = count < 2 ? null : Math.sqrt(squares / (count - 1));
  const interval = test.interval(settings.confidence);
  const interval90 = test.interval(0.9);
  const changes = countChanges(pairs.differences, direction);
  const range = settings.range(metric) ?? (isRunMetric(metric) ? null : unitRange(ofBase, ofCandidate));
  const extremes = range === null || count + missing === 0 ? null : extremeDifferences(pairs, missing, range);
  const worstIsLow = direction !== 'minimize';
  return {
    metric,
    candidate: candidate.name,
    direction,
    n_paired: count,
    n_missing: missing,
    base_mean: count === 0 ? null : moments(pairs.base).mean,
    candidate_mean: count === 0 ? null : moments(pairs.candidate).mean,
    difference: count === 0 ? null : mean,
    ci_low: interval?.[0] ?? null,
    ci_high: interval?.[1] ?? null,
    p_value: test.p,
    p_adjusted: null,
    test: test.test,
    effect_size: deviation === null || deviation === 0 ? null : mean / deviation,
    ...changes,
    minimum_detectable_effect:
      deviation === null
        ? null
        : minimumDetectableEffect({ n: count, sdDifference: deviation }, { alpha: 1 - settings.confidence }).effect,
    verdict: null,
    ci90_low: interval90?.[0] ?? null,
    ci90_high: interval90?.[1] ?? null,
    base_coverage: ofBase === null ? 0 : coverageOf(base, ofBase),
    candidate_coverage: ofCandidate === null ? 0 : coverageOf(candidate.source, ofCandidate),
    difference_worst: extremes === null ? null : extremes[worstIsLow ? 0 : 1],
    difference_best: extremes === null ? null : extremes[worstIsLow ? 1 : 0],
  };
}

const noPairs: Pairs = {
  base: new Float64Array(0),
  candidate: new Float64Array(0),
  differences: new Float64Array(0),
  codes: new Int32Array(0),
  skipped: 0,
  baseOnly: [],
  candidateOnly: [],
};

function countWithin(within: Uint8Array, { candidateOf }: Pairing): number {
  return candidateOf.reduce((count, code, baseCode) => (code >= 0 && within[baseCode] === 1 ? count + 1 : count), 0);
}

function countChanges(
  differences: Float64Array,
  direction: ComparisonRow['direction'],
): Pick<ComparisonRow, 'improved' | 'regressed' | 'unchanged'> {
  const counts = { improved: 0, regressed: 0, unchanged: 0, changed: 0 };
  for (const difference of differences) counts[changeOf(difference, direction)!] += 1;
  const { improved, regressed, unchanged } = counts;
  return direction === 'neutral' ? { improved: null, regressed: null, unchanged } : { improved, regressed, unchanged };
}

/** 0 to 1, when every score on both sides lies there. */
function unitRange(...means: readonly (ExampleMeans | null)[]): readonly [number, number] | null {
  const isUnit = means.every(
    (side) => side === null || side.range === null || (side.range[0] >= 0 && side.range[1] <= 1),
  );
  return isUnit && means.some((side) => side?.range) ? [0, 1] : null;
}

/** The least and the greatest mean difference that filling the missing scores could give. */
function extremeDifferences(
  pairs: Pairs,
  missing: number,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const known = pairs.differences.reduce((sum, difference) => sum + difference, 0);
  const baseSum = pairs.baseOnly.reduce((sum, value) => sum + value, 0);
  const candidateSum = pairs.candidateOnly.reduce((sum, value) => sum + value, 0);
  const neither = Math.max(0, missing - pairs.baseOnly.length - pairs.candidateOnly.length);
  const total = pairs.differences.length + missing;
  const least =
    known +
    pairs.baseOnly.length * low -
    baseSum +
    candidateSum -
    pairs.candidateOnly.length * high +
    neither * (low - high);
  const greatest =
    known +
    pairs.baseOnly.length * high -
    baseSum +
    candidateSum -
    pairs.candidateOnly.length * low +
    neither * (high - low);
  return [least / total, greatest / total];
}
