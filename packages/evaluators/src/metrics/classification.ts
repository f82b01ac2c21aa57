import { AssayError, needObject } from '@assay/core';
import { fScores } from '../retrieval/list-f1.ts';
import type { MetricValue } from './experiment-metrics.ts';

export interface ClassificationMetricOptions<Run> {
  /** The class that was given. A run without one (`null`) is left out. */
  readonly given: (run: Run) => string | number | boolean | null;
  /** The class that was expected. A run without one is left out. */
  readonly expected: (run: Run) => string | number | boolean | null;
  /** The one class that the figure is about. Without it the figures of all classes are averaged. */
  readonly positive?: string | number | boolean | undefined;
  /** Default `macro`: every class counts alike. `weighted`: by how often it is expected. `micro`: every run counts alike. */
  readonly average?: 'macro' | 'micro' | 'weighted' | undefined;
}

type Metric<Run> = (runs: readonly Run[]) => MetricValue;

/**
 * Of the runs given a class, the share of which it was expected: TP ÷ (TP + FP). As in scikit-learn's `precision_score`;
 * with `positive` it is `null` when no run was given that class, and in an average a class without a figure counts 0.
 */
export function precision<Run>(options: ClassificationMetricOptions<Run>): Metric<Run> {
  return classificationMetric(options, 1, 'precision');
}

/**
 * Of the runs of which a class was expected, the share that was given it: TP ÷ (TP + FN). As in scikit-learn's
 * `recall_score`; with `positive` it is `null` when that class was expected of no run.
 */
export function recall<Run>(options: ClassificationMetricOptions<Run>): Metric<Run> {
  return classificationMetric(options, 1, 'recall');
}

/**
 * (1 + β²)·P·R ÷ (β²·P + R), for each class, then averaged. As in scikit-learn's `fbeta_score`. Default β = 1.
 *
 * @throws AssayError `invalid-config` for a `beta` that is not above 0.
 */
export function fScore<Run>(
  options: ClassificationMetricOptions<Run> & { readonly beta?: number | undefined },
): Metric<Run> {
  const { beta = 1 } = needObject(expectedOptions, options, 'invalid-config');
  if (!(beta > 0) || !Number.isFinite(beta))
    throw new AssayError('invalid-config', `Expected beta to be a number above 0, got ${beta}`);
  return classificationMetric(options, beta, 'f');
}

const expectedOptions = 'a metric as { given, expected }';

interface Counts {
  hits: number;
  given: number;
  expected: number;
}

function classificationMetric<Run>(
  options: ClassificationMetricOptions<Run>,
  beta: number,
  part: 'precision' | 'recall' | 'f',
): Metric<Run> {
  const { given, expected, positive, average = 'macro' } = needObject(expectedOptions, options, 'invalid-config');
  if (typeof given !== 'function' || typeof expected !== 'function')
    throw new AssayError(
      'invalid-config',
      'Expected given and expected to be functions that each read a class of a run',
    );
  return (runs) => {
    const pairs = runs.flatMap((run) => {
      const [one, other] = [given(run), expected(run)];
      return one === null || one === undefined || other === null || other === undefined
        ? []
        : [[String(one), String(other)] as const];
    });
    const counts = countByClass(pairs);
    const value =
      positive === undefined ? averaged(counts, average, beta, part) : ofOne(counts.get(String(positive)), beta, part);
    return { value: pairs.length === 0 ? null : value, n: pairs.length, of: runs.length };
  };
}

function countByClass(pairs: readonly (readonly [given: string, expected: string])[]): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const of = (name: string): Counts => {
    const known = counts.get(name) ?? { hits: 0, given: 0, expected: 0 };
    counts.set(name, known);
    return known;
  };
  for (const [given, expected] of pairs) {
    of(given).given += 1;
    of(expected).expected += 1;
    if (given === expected) of(given).hits += 1;
  }
  return counts;
}

function ofOne(counts: Counts | undefined, beta: number, part: 'precision' | 'recall' | 'f'): number | null {
  const { hits, given, expected } = counts ?? { hits: 0, given: 0, expected: 0 };
  const known = { precision: given > 0, recall: expected > 0, f: given + expected > 0 };
  return known[part] ? fScores(hits, given, expected, beta)[part] : null;
}

function averaged(
  counts: ReadonlyMap<string, Counts>,
  average: 'macro' | 'micro' | 'weighted',
  beta: number,
  part: 'precision' | 'recall' | 'f',
): number {
  const classes = [...counts.values()];
  const total = (field: keyof Counts): number => classes.reduce((sum, one) => sum + one[field], 0);
  if (average === 'micro') return fScores(total('hits'), total('given'), total('expected'), beta)[part];
  const weightOf = (one: Counts): number =>
    average === 'macro' ? 1 / classes.length : one.expected / total('expected');
  return classes.reduce((sum, one) => sum + weightOf(one) * (ofOne(one, beta, part) ?? 0), 0);
}
