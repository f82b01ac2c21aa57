import { type Alternative, alternativeOption, fractionOption, needInput } from './check.ts';
import { studentTQuantile } from './distributions.ts';
import { studentTP } from './p-value.ts';
import { moments, pairedDifferences, type Values } from './values.ts';

/** A t test of a mean difference of 0. What is not defined is `null`: everything but `n` without a pair, the test below two. */
export interface TTest {
  readonly n: number;
  readonly meanDifference: number | null;
  readonly stderr: number | null;
  /** Infinite when every difference is the same and not 0; `null` when every difference is 0. */
  readonly t: number | null;
  readonly df: number | null;
  readonly p: number | null;
  /** The interval of the mean difference; one end is infinite for a one-sided alternative. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface TTestOptions {
  /** `greater`: b is greater than a. Default `two-sided`. */
  readonly alternative?: Alternative | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
}

/**
 * Student's t test of the paired differences b − a. A pair with a value missing on either side is left out.
 *
 * Source: Student (1908), as `scipy.stats.ttest_rel(b, a, nan_policy='omit')`.
 *
 * @example
 * ```ts
 * import { pairedT } from '@assay/frames/statistics';
 *
 * const { meanDifference, low, high, p } = pairedT({ a: [0.2, 0.5, 0.4], b: [0.4, 0.6, 0.7] });
 * ```
 */
export function pairedT(input: { readonly a: Values; readonly b: Values }, options: TTestOptions = {}): TTest {
  const { a, b } = needInput('a, b', input);
  return differenceT(pairedDifferences(a, b), options);
}

/** Student's t test that the mean of differences, none of them missing, is 0. */
export function differenceT(differences: ArrayLike<number>, options: TTestOptions = {}): TTest {
  const { count: n, mean, squares } = moments(differences);
  return tTest(
    { n, mean: n === 0 ? null : mean, stderr: n < 2 ? null : Math.sqrt(squares / (n - 1) / n), df: n - 1 },
    alternativeOption(options.alternative),
    fractionOption('confidence', options.confidence ?? 0.95),
  );
}

/** The test and interval that belong to an estimate and its standard error. */
export function tTest(
  estimate: { readonly n: number; readonly mean: number | null; readonly stderr: number | null; readonly df: number },
  alternative: Alternative,
  confidence: number,
): TTest {
  const { n, mean, stderr, df } = estimate;
  if (mean === null || stderr === null) {
    return { n, meanDifference: mean, stderr, t: null, df: null, p: null, low: null, high: null };
  }
  const reach = studentTQuantile(alternative === 'two-sided' ? (1 + confidence) / 2 : confidence, df) * stderr;
  const t = mean === 0 && stderr === 0 ? null : mean / stderr;
  return {
    n,
    meanDifference: mean,
    stderr,
    t,
    df,
    p: t === null ? null : studentTP(t, df, alternative),
    low: alternative === 'less' ? -Infinity : mean - reach,
    high: alternative === 'greater' ? Infinity : mean + reach,
  };
}
