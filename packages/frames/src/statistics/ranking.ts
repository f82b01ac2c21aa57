import { type Categories, type Category, isCategory } from './agreement.ts';
import { invalidInput, sameLength, needInput } from './check.ts';
import { averageRanks, isPresent, type Values } from './values.ts';

/** Truths and the scores they were given, row by row. A truth is 0 or 1, or a class of which `positive` is the one. */
export interface ScoredTruth {
  readonly truth: Categories;
  readonly score: Values;
}

export interface PositiveOption {
  /** The class that a high score stands for. Default 1 (or `true`). */
  readonly positive?: Category | undefined;
}

/**
 * The area under the ROC curve: how often a positive scores above a negative, ties by half. `null` with one class only.
 *
 * Source: Hanley and McNeil (1982), as `sklearn.metrics.roc_auc_score`.
 */
export function rocAuc(input: ScoredTruth, options: PositiveOption = {}): { readonly auc: number | null } {
  const { truth, score, positives } = scored(input, options);
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) return { auc: null };
  const { ranks } = averageRanks(score);
  const rankSum = ranks.reduce((sum, rank, row) => sum + rank * truth[row]!, 0);
  return { auc: (rankSum - (positives * (positives + 1)) / 2) / positives / negatives };
}

/**
 * The area under the precision-recall curve, in steps: Σ (recall gained × precision), scores that tie together. `null`
 * without a positive.
 *
 * Source: `sklearn.metrics.average_precision_score`.
 */
export function averagePrecision(input: ScoredTruth, options: PositiveOption = {}): { readonly ap: number | null } {
  const { truth, score, positives } = scored(input, options);
  if (positives === 0) return { ap: null };
  const order = Uint32Array.from(score, (_, row) => row).sort((x, y) => score[y]! - score[x]!);
  let ap = 0;
  let hits = 0;
  let pending = 0;
  order.forEach((row, at) => {
    pending += truth[row]!;
    if (at + 1 < order.length && score[order[at + 1]!] === score[row]) return;
    hits += pending;
    ap += (pending / positives) * (hits / (at + 1));
    pending = 0;
  });
  return { ap };
}

/** What comes of calling everything positive that scores at least `threshold`. */
export interface ThresholdPoint {
  readonly threshold: number;
  /** How many of the positives are found: the true positive rate. */
  readonly recall: number;
  readonly falsePositiveRate: number;
  readonly precision: number;
}

/**
 * The points of the ROC curve and of the precision-recall curve, from the highest threshold to the lowest, scores that tie
 * together. Empty with one class only.
 *
 * Source: `sklearn.metrics.roc_curve` with `drop_intermediate=False`, and `precision_recall_curve`.
 */
export function thresholdCurve(
  input: ScoredTruth,
  options: PositiveOption = {},
): { readonly points: readonly ThresholdPoint[] } {
  const { truth, score, positives } = scored(input, options);
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) return { points: [] };
  const order = Uint32Array.from(score, (_, row) => row).sort((x, y) => score[y]! - score[x]!);
  const points: ThresholdPoint[] = [];
  let hits = 0;
  order.forEach((row, at) => {
    hits += truth[row]!;
    if (at + 1 < order.length && score[order[at + 1]!] === score[row]) return;
    const called = at + 1;
    points.push({
      threshold: score[row]!,
      recall: hits / positives,
      falsePositiveRate: (called - hits) / negatives,
      precision: hits / called,
    });
  });
  return { points };
}

/** The rows with a truth and a score; truths as 1 and 0. */
export function scored(
  input: ScoredTruth,
  { positive }: PositiveOption,
): { readonly truth: Uint8Array; readonly score: Float64Array; readonly positives: number } {
  const { truth, score } = needInput('truth, score', input);
  sameLength('truth and score', truth, score);
  const rows: number[] = [];
  for (let row = 0; row < truth.length; row += 1) if (isCategory(truth[row]) && isPresent(score[row])) rows.push(row);
  const isPositive = (row: number): boolean => {
    const category = truth[row]!;
    if (positive !== undefined) return category === positive;
    if (category !== 0 && category !== 1 && typeof category !== 'boolean')
      throw invalidInput('a truth without `positive`', '0 or 1', category);
    return Boolean(category);
  };
  const truths = Uint8Array.from(rows, (row) => Number(isPositive(row)));
  return {
    truth: truths,
    score: Float64Array.from(rows, (row) => score[row]!),
    positives: truths.reduce((sum, one) => sum + one, 0),
  };
}
