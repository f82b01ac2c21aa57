import { type Alternative, alternativeOption, wordOption, needInput } from './check.ts';
import { normalP } from './p-value.ts';
import { averageRanks, orNull, present, tieTerm, type Values } from './values.ts';

export interface WilcoxonOptions {
  /** Default `auto`: exact up to 50 differences without a tie or a zero, up to 13 with them; else asymptotic. */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | undefined;
  /** What becomes of zeros: `wilcox` drops them, `pratt` ranks and then drops them, `zsplit` gives half to each side. Default `wilcox`. */
  readonly zeroMethod?: 'wilcox' | 'pratt' | 'zsplit' | undefined;
  /** Moves the asymptotic statistic half a rank towards its mean. Default `false`. */
  readonly correction?: boolean | undefined;
  readonly alternative?: Alternative | undefined;
}

/**
 * Wilcoxon's signed-rank test that the differences lie evenly around 0. `w` is the smaller rank sum for a two-sided
 * test, the positive one otherwise. `p` is `null` when no difference is left.
 *
 * Source: Wilcoxon (1945), Pratt (1959), Cureton (1967), as `scipy.stats.wilcoxon`. With ties `exact` rounds the
 * statistic away from significance, as SciPy does; `auto` counts the sign patterns of the tied ranks themselves.
 */
export function wilcoxon(
  input: { readonly differences: Values },
  options: WilcoxonOptions = {},
): { readonly n: number; readonly w: number | null; readonly p: number | null } {
  const { differences } = needInput('differences', input);
  const zeroMethod = wordOption('zeroMethod', options.zeroMethod ?? 'wilcox', ['wilcox', 'pratt', 'zsplit']);
  const method = wordOption('method', options.method ?? 'auto', ['auto', 'exact', 'asymptotic']);
  const alternative = alternativeOption(options.alternative);
  const all = present(differences);
  const kept = zeroMethod === 'wilcox' ? all.filter((difference) => difference !== 0) : all;
  if (all.length === 0) return { n: 0, w: null, p: null };

  const ranked = rankSums(kept, zeroMethod);
  const w = alternative === 'two-sided' ? Math.min(ranked.plus, ranked.minus) : ranked.plus;
  const tied =
    ranked.ties.some((count) => count > 1) || kept.some((difference) => difference === 0) || kept.length < all.length;
  const exact = method === 'exact' || (method === 'auto' && all.length <= (tied ? 13 : 50));
  if (!exact)
    return { n: kept.length, w, p: orNull(asymptoticP(ranked, kept.length, alternative, options.correction ?? false)) };
  if (!kept.some((difference) => difference !== 0)) return { n: kept.length, w, p: null };
  const weights = method === 'exact' ? kept.map((_, row) => row + 1) : ranked.signed;
  return {
    n: kept.length,
    w,
    p: exactP(weights, ranked.plus - (method === 'exact' ? 0 : ranked.split), alternative, method === 'exact'),
  };
}

interface RankSums {
  readonly plus: number;
  readonly minus: number;
  /** What each side got of the ranks of zeros. */
  readonly split: number;
  /** The ranks that carry a sign. */
  readonly signed: Float64Array;
  readonly ties: readonly number[];
  readonly zeros: number;
  readonly zeroMethod: 'wilcox' | 'pratt' | 'zsplit';
}

function rankSums(differences: Float64Array, zeroMethod: RankSums['zeroMethod']): RankSums {
  const { ranks, ties } = averageRanks(differences.map(Math.abs));
  const zeros = differences.filter((difference) => difference === 0).length;
  const sumWhere = (keep: (difference: number) => boolean) =>
    ranks.reduce((sum, rank, row) => (keep(differences[row]!) ? sum + rank : sum), 0);
  const split = zeroMethod === 'zsplit' ? sumWhere((difference) => difference === 0) / 2 : 0;
  return {
    plus: sumWhere((difference) => difference > 0) + split,
    minus: sumWhere((difference) => difference < 0) + split,
    split,
    signed: ranks.filter((_, row) => differences[row] !== 0),
    // The zeros are the first tie; under Pratt's method they take nothing from the variance a second time.
    ties: zeroMethod === 'pratt' && zeros > 0 ? ties.slice(1) : ties,
    zeros,
    zeroMethod,
  };
}

function asymptoticP(ranked: RankSums, n: number, alternative: Alternative, correction: boolean): number {
  const dropped = ranked.zeroMethod === 'pratt' ? ranked.zeros : 0;
  const mean = (n * (n + 1) - dropped * (dropped + 1)) / 4;
  const cubic = n * (n + 1) * (2 * n + 1) - dropped * (dropped + 1) * (2 * dropped + 1);
  const error = Math.sqrt((cubic - tieTerm(ranked.ties) / 2) / 24);
  const z = (ranked.plus - mean) / error;
  const towards = alternative === 'greater' ? 1 : alternative === 'less' ? -1 : Math.sign(z);
  const corrected = correction ? z - (towards * 0.5) / error : z;
  return normalP(corrected, alternative);
}

/** Counts, over all sign patterns, how often the positive rank sum is at most and at least what was seen. */
function exactP(ranks: Float64Array, plus: number, alternative: Alternative, round: boolean): number {
  // Tied ranks are halves; doubled, every sum is whole.
  const doubled = ranks.map((rank) => Math.round(rank * 2));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  let shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (const rank of doubled) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum += 1) next[sum] = (shares[sum]! + (sum >= rank ? shares[sum - rank]! : 0)) / 2;
    shares = next;
  }
  const up = round ? 2 * Math.ceil(plus) : Math.round(2 * plus);
  const down = round ? 2 * Math.floor(plus) : Math.round(2 * plus);
  const atMost = shares.subarray(0, up + 1).reduce((sum, share) => sum + share, 0);
  const atLeast = shares.subarray(down).reduce((sum, share) => sum + share, 0);
  if (alternative === 'greater') return Math.min(1, atLeast);
  if (alternative === 'less') return Math.min(1, atMost);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
