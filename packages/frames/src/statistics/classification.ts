import { type Categories, type Category, countPairs, isCategory, sortedCategories } from './agreement.ts';
import { invalidConfig, sameLength, needInput } from './check.ts';

/** Precision, recall and their harmonic mean; `null` where nothing was predicted, or nothing was there to find. */
export interface Averages {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** How predictions agree with the truth, class by class; the lists follow `labels`. */
export interface ClassificationReport {
  readonly n: number;
  readonly labels: readonly Category[];
  /** Rows are the truth, columns the predictions. */
  readonly matrix: readonly (readonly number[])[];
  readonly accuracy: number | null;
  readonly precision: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  readonly f1: readonly (number | null)[];
  /** How often each class is the truth. */
  readonly support: readonly number[];
  /** Every class alike. Undefined values are left out. */
  readonly macro: Averages;
  /** Every class by its support. Undefined values are left out. */
  readonly weighted: Averages;
  /** Every row alike. */
  readonly micro: Averages;
}

export interface ClassificationOptions {
  /** The classes to report, in order. Default: all that occur, sorted. */
  readonly labels?: readonly Category[] | undefined;
  /** What stands for 0 ÷ 0. Default `null`: undefined. */
  readonly zeroDivision?: 0 | 1 | null | undefined;
}

/**
 * Confusion matrix, accuracy, and precision, recall and F1 per class and on average. Rows with a missing truth or
 * prediction are left out.
 *
 * Source: `sklearn.metrics.confusion_matrix` and `precision_recall_fscore_support`; `zeroDivision: null` is its `nan`.
 */
export function classificationReport(
  input: { readonly truth: Categories; readonly predicted: Categories },
  { labels, zeroDivision = null }: ClassificationOptions = {},
): ClassificationReport {
  const { truth, predicted } = needInput('truth, predicted', input);
  if (zeroDivision !== 0 && zeroDivision !== 1 && zeroDivision !== null)
    throw invalidConfig('zeroDivision', '0, 1 or null', zeroDivision);
  const all = sortedCategories(truth, predicted);
  const { matrix: whole, n } = countPairs(truth, predicted, all);
  const wholeTruth = whole.map((row) => total(row));
  const wholePredicted = whole.map((_, column) => total(whole.map((row) => row[column]!)));
  const reported = labels ?? all.filter((_, at) => wholeTruth[at]! + wholePredicted[at]! > 0);
  const at = (counts: readonly number[]) => reported.map((label) => counts[all.indexOf(label)] ?? 0);
  const hits = at(whole.map((row, place) => row[place]!));
  const support = at(wholeTruth);
  const chosen = at(wholePredicted);
  const divide = (part: number, of: number) => (of === 0 ? zeroDivision : part / of);
  const averagesOf = (hit: number, prediction: number, there: number): Averages => ({
    precision: divide(hit, prediction),
    recall: divide(hit, there),
    f1: divide(2 * hit, prediction + there),
  });
  const classes = reported.map((_, place) => averagesOf(hits[place]!, chosen[place]!, support[place]!));
  return {
    n,
    labels: reported,
    matrix: countPairs(truth, predicted, reported).matrix,
    accuracy: n === 0 ? null : total(whole.map((row, place) => row[place]!)) / n,
    precision: classes.map(({ precision }) => precision),
    recall: classes.map(({ recall }) => recall),
    f1: classes.map(({ f1 }) => f1),
    support,
    macro: meanOf(
      classes,
      classes.map(() => 1),
      zeroDivision,
    ),
    weighted: meanOf(classes, support, zeroDivision),
    micro: averagesOf(total(hits), total(chosen), total(support)),
  };
}

function meanOf(classes: readonly Averages[], weights: readonly number[], zeroDivision: number | null): Averages {
  const mean = (key: keyof Averages) => {
    let sum = 0;
    let weight = 0;
    classes.forEach((averages, place) => {
      const value = averages[key];
      if (value === null) return;
      sum += value * weights[place]!;
      weight += weights[place]!;
    });
    return weight === 0 ? zeroDivision : sum / weight;
  };
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

/** What a yes-or-no prediction got right; each rate is `null` where it would divide by zero. */
export interface BinaryMetrics {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
  readonly accuracy: number | null;
  readonly precision: number | null;
  /** Also called sensitivity. */
  readonly recall: number | null;
  readonly specificity: number | null;
  readonly f1: number | null;
  /** Recall counts twice as much as precision. */
  readonly fbeta2: number | null;
  readonly balancedAccuracy: number | null;
  /** Matthews' correlation coefficient. */
  readonly mcc: number | null;
}

/**
 * Counts and rates of one class against all others. Rows with a missing truth or prediction are left out.
 *
 * Source: `sklearn.metrics`, but `null` where it warns and gives 0; Matthews (1975) for `mcc`.
 */
export function binaryMetrics(
  input: { readonly truth: Categories; readonly predicted: Categories },
  { positive = 1 }: { readonly positive?: Category | undefined } = {},
): BinaryMetrics {
  const { truth, predicted } = needInput('truth, predicted', input);
  sameLength('truth and predicted', truth, predicted);
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let row = 0; row < truth.length; row += 1) {
    if (!isCategory(truth[row]) || !isCategory(predicted[row])) continue;
    const isFound = predicted[row] === positive;
    if (truth[row] === positive) counts[isFound ? 'tp' : 'fn'] += 1;
    else counts[isFound ? 'fp' : 'tn'] += 1;
  }
  const { tp, fp, fn, tn } = counts;
  const divide = (part: number, of: number) => (of === 0 ? null : part / of);
  const recall = divide(tp, tp + fn);
  const specificity = divide(tn, tn + fp);
  return {
    ...counts,
    accuracy: divide(tp + tn, tp + fp + fn + tn),
    precision: divide(tp, tp + fp),
    recall,
    specificity,
    f1: divide(2 * tp, 2 * tp + fp + fn),
    fbeta2: divide(5 * tp, 5 * tp + 4 * fn + fp),
    balancedAccuracy: recall === null || specificity === null ? null : (recall + specificity) / 2,
    mcc: divide(tp * tn - fp * fn, Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn)),
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
