import type { Alternative } from './check.ts';
import { normalP } from './p-value.ts';
import { averageRanks } from './values.ts';

/**
 * Kendall's τ-b of columns without a missing value, and its p-value.
 *
 * Source: Kendall, Rank Correlation Methods (4th edition, 1970), as `scipy.stats.kendalltau`; discordant pairs are
 * counted by merge sort (Knight 1966).
 */
export function kendallTau(
  a: Float64Array,
  b: Float64Array,
  alternative: Alternative,
): { readonly r: number | null; readonly p: number | null } {
  const n = a.length;
  const pairs = (n * (n - 1)) / 2;
  const order = Uint32Array.from({ length: n }, (_, row) => row).sort((x, y) => a[x]! - a[y]! || b[x]! - b[y]!);
  const tiesOfA = averageRanks(a).ties;
  const tiesOfB = averageRanks(b).ties;
  const tiedInA = pairsOf(tiesOfA);
  const tiedInB = pairsOf(tiesOfB);
  if (n < 2 || tiedInA === pairs || tiedInB === pairs) return { r: null, p: null };

  let tiedInBoth = 0;
  for (let at = 1, run = 0; at < n; at += 1) {
    run = a[order[at]!] === a[order[at - 1]!] && b[order[at]!] === b[order[at - 1]!] ? run + 1 : 0;
    tiedInBoth += run;
  }
  const discordant = countInversions(Float64Array.from(order, (row) => b[row]!));
  const surplus = pairs - tiedInA - tiedInB + tiedInBoth - 2 * discordant;
  const r = Math.max(-1, Math.min(1, surplus / Math.sqrt(pairs - tiedInA) / Math.sqrt(pairs - tiedInB)));
  if (tiedInA === 0 && tiedInB === 0 && (n <= 33 || Math.min(discordant, pairs - discordant) <= 1)) {
    return { r, p: exactP(n, pairs - discordant, alternative) };
  }
  const m = n * (n - 1);
  const spread = (ties: readonly number[], f: (count: number) => number) =>
    ties.reduce((sum, count) => sum + count * (count - 1) * f(count), 0);
  const variance =
    (m * (2 * n + 5) - spread(tiesOfA, (count) => 2 * count + 5) - spread(tiesOfB, (count) => 2 * count + 5)) / 18 +
    (2 * tiedInA * tiedInB) / m +
    (spread(tiesOfA, (count) => count - 2) * spread(tiesOfB, (count) => count - 2)) / (9 * m * (n - 2));
  const z = surplus / Math.sqrt(variance);
  if (!Number.isFinite(z)) return { r, p: null };
  return { r, p: normalP(z, alternative) };
}

function pairsOf(ties: readonly number[]): number {
  return ties.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}

/** How many pairs stand in falling order, counted by merge sort. */
function countInversions(values: Float64Array): number {
  let count = 0;
  let from = Float64Array.from(values);
  let to = new Float64Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      for (let at = start, left = start, right = middle; at < end; at += 1) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[at] = from[left++]!;
        else {
          to[at] = from[right++]!;
          count += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  return count;
}

/** From how many of the n! orders have as many concordant pairs, or more, or fewer. */
function exactP(n: number, concordant: number, alternative: Alternative): number {
  const pairs = (n * (n - 1)) / 2;
  // The distribution is symmetric, so only its shorter tail is counted.
  const few = Math.min(concordant, pairs - concordant);
  // shares[c]: the share of the orders with c concordant pairs; the j-th value adds 0 … j − 1 of them.
  let shares = new Float64Array(few + 1);
  shares[0] = 1;
  for (let j = 2; j <= n; j += 1) {
    const next = new Float64Array(few + 1);
    let window = 0;
    for (let c = 0; c <= few; c += 1) {
      window += shares[c]! - (c >= j ? shares[c - j]! : 0);
      next[c] = window / j;
    }
    shares = next;
  }
  const tail = shares.reduce((sum, share) => sum + share, 0);
  if (alternative === 'two-sided') return Math.min(1, 2 * tail);
  const towards = (alternative === 'greater') === concordant > pairs / 2;
  return towards || 2 * concordant === pairs ? tail : 1 - tail + shares[few]!;
}
