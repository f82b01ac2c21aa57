import type { ExperimentSummary } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { Comparison, ComparisonRow } from './comparison.ts';
import { checkedRules, type GateRules, type Settings } from './gate-rules.ts';
import { isRunMetric } from './metric-source.ts';
import type { FrameSummary } from './summarize.ts';
import { fewestPairs } from './verdict.ts';

/** One thing that was checked, and why it failed. */
export interface GateCheck {
  readonly rule: 'min' | 'max' | 'no-regression' | 'max-error-rate';
  /** `null` for the error rate. */
  readonly metric: string | null;
  /** The candidate's name; `null` when a summary alone was judged. */
  readonly candidate: string | null;
  readonly passed: boolean;
  /** What was compared with the threshold; `null` when it is not known, and then the check fails. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** One sentence: what was found, and what was asked. */
  readonly reason: string;
}

export interface GateResult {
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
}

/**
 * Decides whether an experiment is good enough. It fails closed: a metric without a score, fewer than 10 pairs, or
 * coverage below `minCoverage` fails, whatever the mean says.
 *
 * @param evidence - A summary for `min`, `max` and `maxErrorRate`; a comparison for these and `noRegression`.
 * @throws AssayError `invalid-config` for rules that ask nothing, thresholds that are not numbers, and `noRegression`
 * without a comparison.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { compare, gate } from '@assay/frames';
 *
 * declare const base: RanExperiment;
 * declare const candidate: RanExperiment;
 *
 * const { passed, checks } = gate(compare(base, candidate), { min: { exact: 0.8 }, noRegression: { exact: 0.02 } });
 * if (!passed) console.error(checks.filter((check) => !check.passed).map(({ reason }) => reason).join('\n'));
 * ```
 */
export function gate(evidence: Summary | Comparison, rules: GateRules): GateResult {
  const settings = checkedRules(rules);
  if (typeof evidence !== 'object' || evidence === null)
    throw new AssayError('invalid-config', `Expected a summary or a comparison to judge, got ${String(evidence)}`);
  if (!('metrics' in evidence) && !('evaluators' in evidence && 'taskRuns' in evidence))
    throw new AssayError('invalid-config', 'Expected a summary or a comparison to judge, got another object');
  const comparison = 'metrics' in evidence ? evidence : null;
  if (comparison === null && settings.noRegression.length > 0) {
    throw new AssayError('invalid-config', 'Expected a comparison for the rule noRegression, got a summary');
  }
  const summaries: readonly (readonly [candidate: string | null, summary: Summary])[] =
    'metrics' in evidence ? Object.entries(evidence.summaries) : [[null, evidence]];
  const checks = summaries.flatMap(([candidate, summary]) => [
    ...settings.min.map(([metric, threshold]) => meanCheck('min', metric, threshold, candidate, summary, settings)),
    ...settings.max.map(([metric, threshold]) => meanCheck('max', metric, threshold, candidate, summary, settings)),
    ...settings.noRegression.map(([metric, margin]) =>
      regressionCheck(metric, margin, candidate ?? '', comparison?.metrics ?? [], settings),
    ),
    ...(settings.maxErrorRate === null ? [] : [errorCheck(settings.maxErrorRate, candidate, summary, settings)]),
  ]);
  return { passed: checks.length > 0 && checks.every((check) => check.passed), checks };
}

/** Core's summary, or the richer one of `summarize`. */
type Summary = ExperimentSummary | FrameSummary;

function meanCheck(
  rule: 'min' | 'max',
  metric: string,
  threshold: number,
  candidate: string | null,
  summary: Summary,
  { bound, minCoverage }: Settings,
): GateCheck {
  const found = meanOf(summary, metric);
  const value = found === null ? null : bound ? (found.interval?.[rule === 'min' ? 0 : 1] ?? null) : found.mean;
  const check = { rule, metric, candidate, value, threshold };
  const what = bound
    ? `the ${rule === 'min' ? 'lower' : 'upper'} end of the 95 % interval of ${metric}`
    : `the mean of ${metric}`;
  if (found === null || found.mean === null) return { ...check, passed: false, reason: `${metric} has no score` };
  if (value === null)
    return { ...check, passed: false, reason: `${what} is not known: fewer than 2 examples have a score` };
  const short = coverageFailure(metric, found.coverage, minCoverage);
  if (short !== null) return { ...check, passed: false, reason: short };
  const passed = rule === 'min' ? value >= threshold : value <= threshold;
  return {
    ...check,
    passed,
    reason: `${what} is ${round(value)}, ${rule === 'min' ? 'at least' : 'at most'} ${threshold} is asked`,
  };
}

function regressionCheck(
  metric: string,
  margin: number | true,
  candidate: string,
  rows: readonly ComparisonRow[],
  { minCoverage }: Settings,
): GateCheck {
  const row = rows.find((one) => one.metric === metric && one.candidate === candidate);
  const bound = row === undefined || margin === true ? null : lowerBound(row);
  const check = {
    rule: 'no-regression' as const,
    metric,
    candidate,
    value: margin === true ? (row?.p_adjusted ?? null) : bound,
    threshold: margin === true ? null : -margin,
  };
  const fail = (reason: string): GateCheck => ({ ...check, passed: false, reason });
  if (row === undefined || row.difference === null) return fail(`${metric} has no pair of scores`);
  if (row.direction === 'neutral') return fail(`${metric} is neutral: neither more nor less of it is a regression`);
  if (row.n_paired < fewestPairs) return fail(`${metric} has ${row.n_paired} pairs, at least ${fewestPairs} are asked`);
  const short =
    coverageFailure(metric, row.candidate_coverage, minCoverage) ??
    coverageFailure(`${metric} of the base`, row.base_coverage, minCoverage);
  if (short !== null) return fail(short);
  if (margin !== true) {
    if (bound === null) return fail(`${metric} has no bound of its difference`);
    return {
      ...check,
      passed: bound > -margin,
      reason: `the one-sided 95 % bound of the difference in ${metric} is ${round(bound)}, above ${-margin} is asked`,
    };
  }
  // Without a p-value every pair is equal: then nothing is worse. Anything else without one is not known.
  if (row.p_adjusted === null)
    return { ...check, passed: row.difference === 0, reason: `${metric} is the same in every pair` };
  const isWorse = row.verdict === 'worse';
  return {
    ...check,
    passed: !isWorse,
    reason: `${metric} is ${isWorse ? '' : 'not '}significantly worse: difference ${round(row.difference)}, adjusted p ${round(row.p_adjusted)}`,
  };
}

/** The end of the 90 % interval on the bad side, turned so that lower is worse: a one-sided 95 % bound. */
function lowerBound(row: ComparisonRow): number | null {
  if (row.direction === 'minimize') return row.ci90_high === null ? null : -row.ci90_high;
  return row.ci90_low;
}

function errorCheck(
  threshold: number,
  candidate: string | null,
  { taskRuns }: Summary,
  { minCoverage }: Settings,
): GateCheck {
  const ended = taskRuns.ok + taskRuns.failed;
  const value = ended === 0 ? null : taskRuns.failed / ended;
  const check = { rule: 'max-error-rate' as const, metric: null, candidate, value, threshold };
  if (value === null) return { ...check, passed: false, reason: 'no task run has ended' };
  const short = coverageFailure('task runs', taskRuns.planned === 0 ? null : ended / taskRuns.planned, minCoverage);
  if (short !== null) return { ...check, passed: false, reason: short };
  return {
    ...check,
    passed: value <= threshold,
    reason: `${taskRuns.failed} of ${ended} task runs failed (${round(value)}), at most ${threshold} is asked`,
  };
}

function coverageFailure(name: string, coverage: number | null, minCoverage: number): string | null {
  if (coverage === null) return `${name}: every result was skipped`;
  return coverage < minCoverage
    ? `${name}: ${round(coverage * 100)} % of the planned results are there, at least ${round(minCoverage * 100)} % are asked`
    : null;
}

interface FoundMean {
  readonly mean: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  readonly coverage: number | null;
}

function meanOf(summary: Summary, metric: string): FoundMean | null {
  if ('runMetrics' in summary) {
    if (Object.hasOwn(summary.evaluators, metric)) return summary.evaluators[metric]!;
    return isRunMetric(metric) ? (summary.runMetrics[metric] ?? null) : null;
  }
  if (!Object.hasOwn(summary.evaluators, metric)) return null;
  const { mean, interval, planned, skipped, ok } = summary.evaluators[metric]!;
  // Core's own summary does not count scores apart from results that are ok.
  return { mean, interval, coverage: planned <= skipped ? null : Math.min(1, ok / (planned - skipped)) };
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
