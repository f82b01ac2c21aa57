import { invalidConfig, wordOption, needInput } from './check.ts';
import { moments, orNull, present, type Values } from './values.ts';

/** What a column of numbers looks like. Everything is `null` without a value; `std` and `stderr` also with only one. */
export interface Description {
  /** How many values are there. */
  readonly count: number;
  /** How many are missing. */
  readonly nulls: number;
  readonly mean: number | null;
  /** The sample standard deviation, with n − 1. */
  readonly std: number | null;
  /** `std` ÷ √n. */
  readonly stderr: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly median: number | null;
  readonly sum: number | null;
}

/**
 * Count, mean, spread and range of the values that are there.
 *
 * Source: `numpy` and `scipy.stats.sem` with `ddof=1`; two passes, so a large offset costs no digits.
 *
 * @example
 * ```ts
 * import { describe } from '@assay/frames/statistics';
 *
 * const { mean, nulls } = describe({ values: [0.5, null, 1] }); // 0.75, 1
 * ```
 */
export function describe(input: { readonly values: Values }): Description {
  const { values } = needInput('values', input);
  const kept = present(values);
  const { count, mean, squares } = moments(kept);
  const nulls = values.length - count;
  if (count === 0) {
    return { count, nulls, mean: null, std: null, stderr: null, min: null, max: null, median: null, sum: null };
  }
  const sorted = Float64Array.from(kept).sort();
  const std = count < 2 ? null : Math.sqrt(squares / (count - 1));
  return {
    count,
    nulls,
    mean,
    std,
    stderr: std === null ? null : std / Math.sqrt(count),
    min: sorted[0]!,
    max: sorted[count - 1]!,
    median: quantileOfSorted(sorted, 0.5, 'linear'),
    sum: kept.reduce((sum, value) => sum + value, 0),
  };
}

const quantileMethods = [
  'inverted_cdf',
  'averaged_inverted_cdf',
  'closest_observation',
  'interpolated_inverted_cdf',
  'hazen',
  'weibull',
  'linear',
  'median_unbiased',
  'normal_unbiased',
  'lower',
  'higher',
  'midpoint',
  'nearest',
] as const;

/** How to read between two values: the names of `numpy.quantile`; the first nine are types 1 to 9 of Hyndman and Fan. */
export type QuantileMethod = (typeof quantileMethods)[number];

export interface QuantileOptions {
  /** The fractions asked for, each from 0 to 1. Default 0.5. */
  readonly q?: number | readonly number[] | undefined;
  /** Default `linear`: type 7, as in R, pandas and DuckDB. */
  readonly method?: QuantileMethod | undefined;
}

/**
 * Quantiles of the values that are there, in the order asked for; `null` without a value.
 *
 * Source: Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), as in `numpy.quantile`.
 *
 * @throws AssayError `invalid-config` for a fraction outside 0 to 1 or an unknown method.
 */
export function quantile(
  input: { readonly values: Values },
  { q = 0.5, method = 'linear' }: QuantileOptions = {},
): { readonly quantiles: readonly (number | null)[] } {
  const { values } = needInput('values', input);
  wordOption('method', method, quantileMethods);
  const fractions = typeof q === 'number' ? [q] : q;
  for (const fraction of fractions) {
    if (!(fraction >= 0 && fraction <= 1)) throw invalidConfig('q', 'between 0 and 1', fraction);
  }
  const sorted = present(values).sort();
  return { quantiles: fractions.map((fraction) => orNull(quantileOfSorted(sorted, fraction, method))) };
}

/** One quantile of values in ascending order; `NaN` without a value. */
export function quantileOfSorted(
  sorted: ArrayLike<number>,
  fraction: number,
  method: QuantileMethod = 'linear',
): number {
  const n = sorted.length;
  const index = Math.min(Math.max(virtualIndex(n, fraction, method), 0), n - 1);
  const below = Math.floor(index);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, n - 1)] ?? NaN;
  return low + (high - low) * (index - below);
}

/** Where the quantile lies, counting values from 0; a half means the mean of two neighbours. */
function virtualIndex(n: number, fraction: number, method: QuantileMethod): number {
  const last = (n - 1) * fraction;
  const plotted = (alpha: number, beta: number) => n * fraction + alpha + fraction * (1 - alpha - beta) - 1;
  switch (method) {
    case 'inverted_cdf':
      return Math.ceil(n * fraction) - 1;
    case 'averaged_inverted_cdf':
      return Number.isInteger(n * fraction) ? n * fraction - 0.5 : Math.ceil(n * fraction) - 1;
    case 'closest_observation':
      return roundHalfToEven(n * fraction - 1, 1);
    case 'interpolated_inverted_cdf':
      return plotted(0, 1);
    case 'hazen':
      return plotted(0.5, 0.5);
    case 'weibull':
      return plotted(0, 0);
    case 'linear':
      return last;
    case 'median_unbiased':
      return plotted(1 / 3, 1 / 3);
    case 'normal_unbiased':
      return plotted(3 / 8, 3 / 8);
    case 'lower':
      return Math.floor(last);
    case 'higher':
      return Math.ceil(last);
    case 'midpoint':
      return (Math.floor(last) + Math.ceil(last)) / 2;
    case 'nearest':
      return roundHalfToEven(last, 0);
  }
}

/** The nearest whole number; a half goes to the one whose distance from `parity` is even. */
function roundHalfToEven(x: number, parity: 0 | 1): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return Math.abs(below) % 2 === parity ? below : below + 1;
}
