import { type Alternative, alternativeOption, invalidConfig, wholeOption, wordOption, needInput } from './check.ts';
import { createRandom } from './random.ts';
import { moments, pairedDifferences, type Values } from './values.ts';

export interface PermutationOptions {
  /** `exact` counts all 2^n sign patterns (n ≤ 24), `random` draws some, `auto` is exact when there are no more patterns than `resamples`. Default `auto`. */
  readonly method?: 'auto' | 'exact' | 'random' | undefined;
  readonly alternative?: Alternative | undefined;
  /** Default 9,999. */
  readonly resamples?: number | undefined;
  /** The same seed gives the same p-value. Default 0. */
  readonly seed?: number | undefined;
}

const mostExactPairs = 24;

/**
 * The sign-flip permutation test that b − a is as likely as a − b in every pair. `statistic` is the mean of b − a; the
 * two-sided p-value is twice the smaller one-sided one. `null` without a pair.
 *
 * Source: Fisher, The Design of Experiments (1935), section 21, as `scipy.stats.permutation_test` with
 * `permutation_type='samples'`; random draws count the observed one too (Phipson and Smyth 2010), so p is never 0.
 *
 * @throws AssayError `invalid-config` for `exact` with more than 24 pairs.
 */
export function pairedPermutation(
  input: { readonly a: Values; readonly b: Values },
  options: PermutationOptions = {},
): { readonly n: number; readonly statistic: number | null; readonly p: number | null } {
  const { a, b } = needInput('a, b', input);
  const alternative = alternativeOption(options.alternative);
  const asked = wordOption('method', options.method ?? 'auto', ['auto', 'exact', 'random']);
  const resamples = wholeOption('resamples', options.resamples ?? 9999, 1);
  const differences = pairedDifferences(a, b);
  const n = differences.length;
  if (n === 0) return { n, statistic: null, p: null };
  if (asked === 'exact' && n > mostExactPairs)
    throw invalidConfig('method', `'random' or 'auto' for ${n} pairs`, asked);
  const exact = asked === 'exact' || (asked === 'auto' && n <= mostExactPairs && 2 ** n <= resamples);
  const counts = exact ? countAll(differences) : countRandom(differences, resamples, options.seed ?? 0);
  const atLeast = counts.atLeast / counts.total;
  const atMost = counts.atMost / counts.total;
  const p =
    alternative === 'greater' ? atLeast : alternative === 'less' ? atMost : Math.min(1, 2 * Math.min(atLeast, atMost));
  return { n, statistic: moments(differences).mean, p };
}

interface Counts {
  readonly atLeast: number;
  readonly atMost: number;
  readonly total: number;
}

function countAll(differences: Float64Array): Counts {
  const { observed, slack } = observedSum(differences);
  let atLeast = 0;
  let atMost = 0;
  const visit = (row: number, sum: number): void => {
    if (row < differences.length) {
      visit(row + 1, sum + differences[row]!);
      visit(row + 1, sum - differences[row]!);
      return;
    }
    if (sum >= observed - slack) atLeast += 1;
    if (sum <= observed + slack) atMost += 1;
  };
  visit(0, 0);
  return { atLeast, atMost, total: 2 ** differences.length };
}

function countRandom(differences: Float64Array, resamples: number, seed: number): Counts {
  const { observed, slack } = observedSum(differences);
  const random = createRandom(seed);
  let atLeast = 1;
  let atMost = 1;
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    for (let row = 0; row < differences.length;) {
      let bits = random.bits();
      for (const end = Math.min(row + 32, differences.length); row < end; row += 1) {
        sum += bits & 1 ? differences[row]! : -differences[row]!;
        bits >>>= 1;
      }
    }
    if (sum >= observed - slack) atLeast += 1;
    if (sum <= observed + slack) atMost += 1;
  }
  return { atLeast, atMost, total: resamples + 1 };
}

/** Sums that are equal on paper differ by rounding, in another order of addition; the slack lets them count as ties. */
function observedSum(differences: Float64Array): { readonly observed: number; readonly slack: number } {
  let observed = 0;
  let size = 0;
  for (const difference of differences) {
    observed += difference;
    size += Math.abs(difference);
  }
  return { observed, slack: 1e-13 * size };
}
