import { needSettings } from './given.ts';
import type { AnalysisSource } from './metric-source.ts';
import { frameOf, labelsOf, scoresOf } from './read-labels.ts';
import { cohenKappa } from './statistics/agreement.ts';
import { type CalibrationBin, ece } from './statistics/calibration.ts';
import {
  binaryMetrics,
  type BinaryMetrics,
  classificationReport,
  type ClassificationReport,
} from './statistics/classification.ts';
import { averagePrecision, rocAuc, thresholdCurve, type ThresholdPoint } from './statistics/ranking.ts';

export interface ClassificationSettings {
  /** What was predicted: a column such as `output`, or an evaluator's name, whose label it is. */
  readonly label: string;
  /** What is true: a column such as `expected` or `metadata.answer`, or an evaluator's name. */
  readonly expected: string;
  /** The class to find, for the binary numbers. */
  readonly positive?: string | undefined;
  /** How likely the positive class was said to be: a column, or an evaluator's name. Default: the score of `label`, where it is an evaluator. */
  readonly score?: string | undefined;
  /** The classes in order. Default: all that occur, sorted. */
  readonly labels?: readonly string[] | undefined;
}

/** How labels agree with the truth, over task runs; runs without one of both are left out and counted as `missing`. */
export interface Classification extends ClassificationReport {
  readonly missing: number;
  /** Cohen's κ. */
  readonly kappa: number | null;
  /** The numbers of `positive` against all others; `null` without it. */
  readonly binary: BinaryMetrics | null;
  /** Of the score of `positive`; `null` without one. */
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
  /** The points of its ROC and precision-recall curves, at most 200, those at the ends among them; `null` without a score. */
  readonly thresholds: readonly ThresholdPoint[] | null;
  /** The reliability curve and its expected error; `null` unless all scores are probabilities. */
  readonly calibration: {
    readonly ece: number | null;
    readonly mce: number | null;
    readonly curve: readonly CalibrationBin[];
  } | null;
}

/**
 * The confusion matrix of labels against the truth, with precision, recall and F1 per class and on average, accuracy and
 * κ; for one class also ROC AUC, average precision and calibration. What is not defined is `null`.
 *
 * @throws AssayError `invalid-config` when a name is neither a column nor an evaluator.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { classification } from '@assay/frames';
 *
 * declare const ran: RanExperiment;
 *
 * const { matrix, labels, kappa } = classification(ran, { label: 'judge', expected: 'expected' });
 * ```
 */
export function classification(source: AnalysisSource, settings: ClassificationSettings): Classification {
  needSettings('what to compare as { label, expected }', settings);
  const table = frameOf(source);
  const predicted = labelsOf(table, settings.label);
  const truth = labelsOf(table, settings.expected);
  const report = classificationReport({ truth, predicted }, { labels: settings.labels });
  const { kappa } = cohenKappa({ a: truth, b: predicted });
  const base = { ...report, missing: truth.length - report.n, kappa };
  const { positive } = settings;
  if (positive === undefined) return { ...base, binary: null, ...unscored };
  const binary = binaryMetrics({ truth, predicted }, { positive });
  const isEvaluator = table.columnNames().includes(`eval.${settings.label}.score`);
  const scoreName = settings.score ?? (isEvaluator ? settings.label : null);
  if (scoreName === null) return { ...base, binary, ...unscored };
  const scored = { truth, score: scoresOf(table, scoreName) };
  const areProbabilities = scored.score.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1));
  return {
    ...base,
    binary,
    rocAuc: rocAuc(scored, { positive }).auc,
    averagePrecision: averagePrecision(scored, { positive }).ap,
    thresholds: thinned(thresholdCurve(scored, { positive }).points),
    calibration: areProbabilities ? ece(scored, { positive }) : null,
  };
}

const unscored = { rocAuc: null, averagePrecision: null, thresholds: null, calibration: null } as const;

const mostPoints = 200;

/** A curve of a hundred thousand points looks the same with a few. */
function thinned(points: readonly ThresholdPoint[]): readonly ThresholdPoint[] {
  if (points.length <= mostPoints) return points;
  return Array.from(
    { length: mostPoints },
    (_, at) => points[Math.round((at * (points.length - 1)) / (mostPoints - 1))]!,
  );
}
