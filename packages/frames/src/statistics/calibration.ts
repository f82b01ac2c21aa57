import { invalidInput, wholeOption, wordOption } from './check.ts';
import { type PositiveOption, scored, type ScoredTruth } from './ranking.ts';
import { averageRanks, orNull } from './values.ts';

/**
 * The Brier score: the mean squared distance of a probability from what happened. `null` without a row.
 *
 * Source: Brier (1950), as `sklearn.metrics.brier_score_loss`.
 *
 * @throws AssayError `invalid-input` for a score outside 0 to 1.
 */
export function brier(input: ScoredTruth, options: PositiveOption = {}): { readonly brier: number | null } {
  const { truth, score } = probabilities(input, options);
  return { brier: orNull(score.reduce((sum, p, row) => sum + (p - truth[row]!) ** 2, 0) / score.length) };
}

/**
 * The logarithmic loss, natural: −mean ln of the probability given to what happened, each kept one rounding error away
 * from 0 and 1. `null` without a row.
 *
 * Source: Good (1952), as `sklearn.metrics.log_loss`.
 */
export function logLoss(input: ScoredTruth, options: PositiveOption = {}): { readonly loss: number | null } {
  const { truth, score } = probabilities(input, options);
  const clip = (p: number) => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p));
  const sum = score.reduce((total, p, row) => total - Math.log(clip(truth[row] === 1 ? p : 1 - p)), 0);
  return { loss: orNull(sum / score.length) };
}

/** One bar of a reliability diagram. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** `null` in an empty bin, like `rate`. */
  readonly meanScore: number | null;
  /** How often the positive class was the truth. */
  readonly rate: number | null;
}

export interface CalibrationOptions extends PositiveOption {
  /** Default 10. */
  readonly bins?: number | undefined;
  /** `uniform`: bins of equal width; `quantile`: of equal count, ties kept together. Default `uniform`. */
  readonly strategy?: 'uniform' | 'quantile' | undefined;
}

/**
 * The expected calibration error: |mean score − rate of positives| by bin, weighted by its rows; `mce` is the largest.
 * Uniform bins are min(⌊score × bins⌋, bins − 1). `null` without a row.
 *
 * Source: Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning (2015).
 */
export function ece(
  input: ScoredTruth,
  options: CalibrationOptions = {},
): { readonly ece: number | null; readonly mce: number | null; readonly curve: readonly CalibrationBin[] } {
  const bins = wholeOption('bins', options.bins ?? 10, 1);
  const strategy = wordOption('strategy', options.strategy ?? 'uniform', ['uniform', 'quantile']);
  const { truth, score } = probabilities(input, options);
  const { ranks } = averageRanks(score);
  const counts = new Float64Array(bins);
  const scores = new Float64Array(bins);
  const hits = new Float64Array(bins);
  const edges = Array.from({ length: bins }, (_, bin) => ({ low: bin / bins, high: (bin + 1) / bins }));
  if (strategy === 'quantile') edges.forEach((edge) => Object.assign(edge, { low: Infinity, high: -Infinity }));
  score.forEach((p, row) => {
    const share = strategy === 'uniform' ? p : (ranks[row]! - 0.5) / score.length;
    const bin = Math.min(Math.floor(share * bins), bins - 1);
    counts[bin]! += 1;
    scores[bin]! += p;
    hits[bin]! += truth[row]!;
    if (strategy === 'quantile')
      edges[bin] = { low: Math.min(edges[bin]!.low, p), high: Math.max(edges[bin]!.high, p) };
  });
  const curve = edges.flatMap((edge, bin): readonly CalibrationBin[] => {
    const count = counts[bin]!;
    if (count === 0) return strategy === 'uniform' ? [{ ...edge, count, meanScore: null, rate: null }] : [];
    return [{ ...edge, count, meanScore: scores[bin]! / count, rate: hits[bin]! / count }];
  });
  const gaps = curve
    .filter(({ count }) => count > 0)
    .map(({ count, meanScore, rate }) => ({ count, gap: Math.abs(meanScore! - rate!) }));
  if (gaps.length === 0) return { ece: null, mce: null, curve };
  return {
    ece: gaps.reduce((sum, { count, gap }) => sum + count * gap, 0) / score.length,
    mce: Math.max(...gaps.map(({ gap }) => gap)),
    curve,
  };
}

function probabilities(input: ScoredTruth, options: PositiveOption): ReturnType<typeof scored> {
  const rows = scored(input, options);
  const wrong = rows.score.find((p) => p < 0 || p > 1);
  if (wrong !== undefined) throw invalidInput('a score', 'a probability from 0 to 1', wrong);
  return rows;
}
