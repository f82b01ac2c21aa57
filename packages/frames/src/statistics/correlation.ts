import { type Alternative, alternativeOption, wordOption, needInput } from './check.ts';
import { kendallTau } from './kendall.ts';
import { studentTP } from './p-value.ts';
import { averageRanks, moments, presentPairs, type Values } from './values.ts';

export interface CorrelationOptions {
  /** Default `pearson`. */
  readonly method?: 'pearson' | 'spearman' | 'kendall' | undefined;
  readonly alternative?: Alternative | undefined;
}

/**
 * How closely two columns go together, from −1 to 1, and the p-value of no relation. Pairs with a value missing are left
 * out. `null` below two pairs and for a constant column; `p` is `null` where the method has none for so few pairs.
 *
 * Source: `scipy.stats.pearsonr`, `spearmanr` (average ranks, t approximation), `kendalltau` (τ-b; exact p without ties
 * up to 33 pairs, else asymptotic).
 */
export function correlation(
  input: { readonly a: Values; readonly b: Values },
  options: CorrelationOptions = {},
): { readonly n: number; readonly r: number | null; readonly p: number | null } {
  const { a, b } = needInput('a, b', input);
  const method = wordOption('method', options.method ?? 'pearson', ['pearson', 'spearman', 'kendall']);
  const alternative = alternativeOption(options.alternative);
  const pairs = presentPairs(a, b);
  const n = pairs.a.length;
  if (method === 'kendall') return { n, ...kendallTau(pairs.a, pairs.b, alternative) };
  const r =
    method === 'pearson'
      ? productMoment(pairs.a, pairs.b)
      : ofRanks(productMoment(averageRanks(pairs.a).ranks, averageRanks(pairs.b).ranks));
  if (r === null) return { n, r, p: null };
  // Two pairs always lie on a line: Pearson's p is then 1 by convention, Spearman's is not defined.
  if (n === 2) return { n, r, p: method === 'pearson' ? pearsonOfTwo(r, alternative) : null };
  const t = r * Math.sqrt((n - 2) / ((1 - r) * (1 + r)));
  return { n, r, p: studentTP(t, n - 2, alternative) };
}

function productMoment(a: Float64Array, b: Float64Array): number | null {
  const first = moments(a);
  const second = moments(b);
  if (first.count < 2 || first.squares === 0 || second.squares === 0) return null;
  const scale = Math.sqrt(first.squares) * Math.sqrt(second.squares);
  let sum = 0;
  for (let row = 0; row < a.length; row += 1) sum += (a[row]! - first.mean) * (b[row]! - second.mean);
  return Math.max(-1, Math.min(1, sum / scale));
}

/** Ranks in one order correlate by 1 but for the rounding, which p would magnify: to 1e-8 where it is 0. */
function ofRanks(r: number | null): number | null {
  return r !== null && 1 - Math.abs(r) < 4 * Number.EPSILON ? Math.sign(r) : r;
}

function pearsonOfTwo(r: number, alternative: Alternative): number {
  if (alternative === 'two-sided') return 1;
  return r > 0 === (alternative === 'greater') ? 0.5 : 1;
}
