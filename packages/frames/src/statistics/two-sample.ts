import { type Alternative, alternativeOption, fractionOption, invalidInput, wordOption, needInput } from './check.ts';
import { normalCdf, studentTQuantile } from './distributions.ts';
import { normalP, studentTP } from './p-value.ts';
import type { TTestOptions } from './t-test.ts';
import { averageRanks, moments, orNull, present, tieTerm, type Values } from './values.ts';

/**
 * Welch's t test of mean(b) − mean(a) for two unpaired samples of unequal variance. Where examples are shared, the paired
 * test is far more sensitive.
 *
 * Source: Welch (1947), as `scipy.stats.ttest_ind(b, a, equal_var=False, nan_policy='omit')`.
 */
export function welchT(
  input: { readonly a: Values; readonly b: Values },
  options: TTestOptions = {},
): {
  readonly meanDifference: number | null;
  readonly stderr: number | null;
  readonly t: number | null;
  readonly df: number | null;
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
} {
  const { a, b } = needInput('a, b', input);
  const alternative = alternativeOption(options.alternative);
  const confidence = fractionOption('confidence', options.confidence ?? 0.95);
  const first = moments(present(a));
  const second = moments(present(b));
  const meanDifference = first.count === 0 || second.count === 0 ? null : second.mean - first.mean;
  if (meanDifference === null || first.count < 2 || second.count < 2) {
    return { meanDifference, stderr: null, t: null, df: null, p: null, low: null, high: null };
  }
  const ofFirst = first.squares / (first.count - 1) / first.count;
  const ofSecond = second.squares / (second.count - 1) / second.count;
  const stderr = Math.sqrt(ofFirst + ofSecond);
  // Without any variance the degrees of freedom are 0 ÷ 0; their value then no longer matters.
  const share = ofFirst / (ofFirst + ofSecond);
  const df = stderr === 0 ? 1 : 1 / (share ** 2 / (first.count - 1) + (1 - share) ** 2 / (second.count - 1));
  const t = orNull(meanDifference / stderr);
  const margin = studentTQuantile(alternative === 'two-sided' ? (1 + confidence) / 2 : confidence, df) * stderr;
  return {
    meanDifference,
    stderr,
    t,
    df,
    p: t === null ? null : studentTP(t, df, alternative),
    low: alternative === 'less' ? -Infinity : meanDifference - margin,
    high: alternative === 'greater' ? Infinity : meanDifference + margin,
  };
}

export interface MannWhitneyOptions {
  /** Default `auto`: exact when a sample has at most 8 values and there is no tie. */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | undefined;
  readonly alternative?: Alternative | undefined;
  /** Moves the asymptotic statistic half a step towards its mean. Default `true`. */
  readonly useContinuity?: boolean | undefined;
}

/**
 * The Mann-Whitney U test that a value of b is as likely above as below one of a. `u` counts the pairs in which b is
 * above, ties by half. `null` when a sample is empty.
 *
 * Source: Mann and Whitney (1947), as `scipy.stats.mannwhitneyu(b, a)`.
 */
export function mannWhitney(
  input: { readonly a: Values; readonly b: Values },
  options: MannWhitneyOptions = {},
): { readonly u: number | null; readonly p: number | null } {
  const { a, b } = needInput('a, b', input);
  const method = wordOption('method', options.method ?? 'auto', ['auto', 'exact', 'asymptotic']);
  const alternative = alternativeOption(options.alternative);
  const second = present(b);
  const first = present(a);
  const [m, n] = [second.length, first.length];
  if (m === 0 || n === 0) return { u: null, p: null };

  const { ranks, ties } = averageRanks(Float64Array.from([...second, ...first]));
  const u = ranks.subarray(0, m).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  const extreme = alternative === 'greater' ? u : alternative === 'less' ? m * n - u : Math.max(u, m * n - u);
  const sides = alternative === 'two-sided' ? 2 : 1;
  const exact = method === 'exact' || (method === 'auto' && (m <= 8 || n <= 8) && ties.length === m + n);
  if (exact) return { u, p: Math.min(1, sides * rankSumTail(m, n, Math.floor(extreme))) };
  const total = m + n;
  const error = Math.sqrt(((m * n) / 12) * (total + 1 - tieTerm(ties) / (total * (total - 1))));
  const distance = extreme - (m * n) / 2 - ((options.useContinuity ?? true) ? 0.5 : 0);
  return { u, p: orNull(Math.min(1, sides * normalCdf(-distance / error))) };
}

/** P(U ≥ u) when every order of m + n values is as likely: the counts are those of Gaussian binomial coefficients. */
function rankSumTail(m: number, n: number, u: number): number {
  const most = m * n;
  const shares = new Float64Array(most + 1);
  shares[0] = 1;
  // Multiplying by (1 − q^(n+k)) ÷ (1 − q^k) turns the counts for k − 1 values into those for k; the division by the
  // number of orders at each step keeps them shares.
  for (let k = 1; k <= m; k += 1) {
    for (let at = most; at >= n + k; at -= 1) shares[at]! -= shares[at - n - k]!;
    for (let at = k; at <= most; at += 1) shares[at]! += shares[at - k]!;
    for (let at = 0; at <= most; at += 1) shares[at]! *= k / (n + k);
  }
  // The smaller tail is summed, from its thin end, as it has more exact digits.
  const upper = u > most / 2;
  const end = upper ? most - u : u - 1;
  let tail = 0;
  for (let at = 0; at <= end; at += 1) tail += shares[at]!;
  return upper ? tail : 1 - tail;
}

/**
 * The z test that two unpaired shares are equal, with the pooled variance. `null` when a sample is empty, and when both
 * shares are 0 or both are 1.
 *
 * Source: `statsmodels.stats.proportion.proportions_ztest` of (b, a).
 */
export function twoProportionZ(
  input: { readonly a: Trials; readonly b: Trials },
  options: { readonly alternative?: Alternative | undefined } = {},
): { readonly difference: number | null; readonly z: number | null; readonly p: number | null } {
  const { a, b } = needInput('a, b', input);
  const alternative = alternativeOption(options.alternative);
  for (const trials of [a, b]) {
    const { successes, n } = needInput('successes, n', trials);
    if (!(successes >= 0 && successes <= n)) throw invalidInput('successes', `from 0 to ${n}`, successes);
  }
  if (a.n === 0 || b.n === 0) return { difference: null, z: null, p: null };
  const difference = b.successes / b.n - a.successes / a.n;
  const pooled = (a.successes + b.successes) / (a.n + b.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n));
  if (error === 0) return { difference, z: null, p: null };
  const z = difference / error;
  return { difference, z, p: normalP(z, alternative) };
}

/** How many of how many. */
export interface Trials {
  readonly successes: number;
  readonly n: number;
}
