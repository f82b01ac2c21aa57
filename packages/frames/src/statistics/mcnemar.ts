import { type Alternative, alternativeOption, invalidInput, wordOption, needInput } from './check.ts';
import { binomialCdf, chiSquaredTail } from './distributions.ts';
import { present, presentPairs, type Values } from './values.ts';

export interface McNemarOptions {
  /** `exact`: binomial; `mid-p`: half the weight of what was seen; `chi2`: large samples. Default `exact`. */
  readonly method?: 'exact' | 'mid-p' | 'chi2' | undefined;
  /** Subtracts 1 in `chi2` (Edwards 1948). Default `true`. */
  readonly correction?: boolean | undefined;
}

/**
 * McNemar's test that as many examples went from 0 to 1 as from 1 to 0. Pairs with a value missing are left out; the
 * exact p-value of pairs that all agree is 1. `null` without a pair, and by `chi2` when all agree.
 *
 * Source: McNemar (1947); exact and chi2 as `statsmodels.stats.contingency_tables.mcnemar`; mid-p as Fagerland, Lydersen
 * and Laake, The McNemar test for binary matched-pairs data (2013).
 *
 * @throws AssayError `invalid-input` for a value that is neither 0 nor 1.
 */
export function mcnemar(
  input: { readonly a: Values; readonly b: Values },
  { method = 'exact', correction = true }: McNemarOptions = {},
): {
  readonly n: number;
  readonly improved: number;
  readonly regressed: number;
  readonly statistic: number | null;
  readonly p: number | null;
} {
  const { a, b } = needInput('a, b', input);
  wordOption('method', method, ['exact', 'mid-p', 'chi2']);
  const pairs = presentPairs(a, b);
  const n = pairs.a.length;
  let improved = 0;
  let regressed = 0;
  for (let row = 0; row < n; row += 1) {
    const change = binary(pairs.b[row]!) - binary(pairs.a[row]!);
    if (change > 0) improved += 1;
    if (change < 0) regressed += 1;
  }
  const counts = { n, improved, regressed };
  if (n === 0) return { ...counts, statistic: null, p: null };
  if (method !== 'chi2') return { ...counts, statistic: null, p: discordantP(improved, regressed, method) };
  const discordant = improved + regressed;
  if (discordant === 0) return { ...counts, statistic: null, p: null };
  const statistic = (Math.abs(improved - regressed) - (correction ? 1 : 0)) ** 2 / discordant;
  return { ...counts, statistic, p: chiSquaredTail(statistic, 1) };
}

/** The two-sided binomial p-value of `improved` against `regressed` at one half. */
export function discordantP(improved: number, regressed: number, method: 'exact' | 'mid-p' = 'exact'): number {
  const fewer = Math.min(improved, regressed);
  const total = improved + regressed;
  const atMost = binomialCdf(fewer, total, 0.5);
  if (method === 'exact') return Math.min(1, 2 * atMost);
  return Math.min(1, atMost + binomialCdf(fewer - 1, total, 0.5));
}

/**
 * The sign test that as many differences are positive as negative. Zeros do not count; `p` is 1 when all are zero, and
 * `null` without a difference.
 *
 * Source: `scipy.stats.binomtest(positive, positive + negative)`.
 */
export function signTest(
  input: { readonly differences: Values },
  options: { readonly alternative?: Alternative | undefined } = {},
): { readonly positive: number; readonly negative: number; readonly zero: number; readonly p: number | null } {
  const { differences } = needInput('differences', input);
  const alternative = alternativeOption(options.alternative);
  const kept = present(differences);
  const positive = kept.filter((difference) => difference > 0).length;
  const negative = kept.filter((difference) => difference < 0).length;
  const counts = { positive, negative, zero: kept.length - positive - negative };
  if (kept.length === 0) return { ...counts, p: null };
  if (alternative === 'two-sided') return { ...counts, p: discordantP(positive, negative) };
  const [few, many] = alternative === 'greater' ? [negative, positive] : [positive, negative];
  return { ...counts, p: binomialCdf(few, few + many, 0.5) };
}

function binary(value: number): number {
  if (value !== 0 && value !== 1) throw invalidInput("a score of McNemar's test", '0 or 1', value);
  return value;
}
