import { fractionOption, invalidInput, wordOption, needInput, needList } from './check.ts';
import { isPresent, type Values } from './values.ts';

const adjustMethods = [
  'benjamini-hochberg',
  'benjamini-yekutieli',
  'holm',
  'bonferroni',
  'sidak',
  'holm-sidak',
  'simes-hochberg',
  'hommel',
] as const;

/** How to adjust. The first two bound the share of false findings, the others the chance of any. */
export type AdjustMethod = (typeof adjustMethods)[number];

/**
 * p-values adjusted for how many there are, in the given order. A missing one stays `null` and does not count as a test.
 *
 * Source: Holm (1979), Benjamini and Hochberg (1995), Benjamini and Yekutieli (2001), Hochberg (1988), Hommel (1988),
 * Šidák (1967), as `statsmodels.stats.multitest.multipletests`.
 *
 * @throws AssayError `invalid-input` for a p-value outside 0 to 1.
 *
 * @example
 * ```ts
 * import { adjustP } from '@assay/frames/statistics';
 *
 * const { adjusted } = adjustP({ p: [0.01, 0.04, null] }, { method: 'holm' }); // [0.02, 0.04, null]
 * ```
 */
export function adjustP(
  input: { readonly p: Values },
  {
    method = 'holm',
    alpha = 0.05,
  }: { readonly method?: AdjustMethod | undefined; readonly alpha?: number | undefined } = {},
): { readonly adjusted: readonly (number | null)[]; readonly rejected: readonly (boolean | null)[] } {
  const { p } = needInput('p', input);
  wordOption('method', method, adjustMethods);
  fractionOption('alpha', alpha);
  const rows: number[] = [];
  for (let row = 0; row < needList('p', p).length; row += 1) {
    const value = p[row];
    if (!isPresent(value)) continue;
    if (value < 0 || value > 1) throw invalidInput('a p-value', 'from 0 to 1', value);
    rows.push(row);
  }
  rows.sort((x, y) => p[x]! - p[y]!);
  const adjusted: (number | null)[] = Array.from({ length: p.length }, () => null);
  adjustSorted(
    rows.map((row) => p[row]!),
    method,
  ).forEach((value, at) => (adjusted[rows[at]!] = Math.min(1, value)));
  return { adjusted, rejected: adjusted.map((value) => (value === null ? null : value <= alpha)) };
}

function adjustSorted(p: readonly number[], method: AdjustMethod): readonly number[] {
  const m = p.length;
  switch (method) {
    case 'bonferroni':
      return p.map((value) => m * value);
    case 'sidak':
      return p.map((value) => anyOf(value, m));
    case 'holm':
      return risingMaximum(p.map((value, at) => (m - at) * value));
    case 'holm-sidak':
      return risingMaximum(p.map((value, at) => anyOf(value, m - at)));
    case 'simes-hochberg':
      return fallingMinimum(p.map((value, at) => (m - at) * value));
    case 'benjamini-hochberg':
      return fallingMinimum(p.map((value, at) => (m / (at + 1)) * value));
    case 'benjamini-yekutieli': {
      const harmonic = p.reduce((sum, _, at) => sum + 1 / (at + 1), 0);
      return fallingMinimum(p.map((value, at) => ((m * harmonic) / (at + 1)) * value));
    }
    case 'hommel':
      return hommel(p);
  }
}

/** The chance that at least one of `m` independent tests gives p or less. */
function anyOf(p: number, m: number): number {
  return -Math.expm1(m * Math.log1p(-p));
}

/** Hommel's adjustment by Wright's algorithm (Adjusted P-values for Simultaneous Inference, 1992, appendix). */
function hommel(p: readonly number[]): readonly number[] {
  const adjusted = [...p];
  for (let m = p.length; m > 1; m -= 1) {
    const first = p.length - m;
    const least = Math.min(...p.slice(first).map((value, at) => (m * value) / (at + 1)));
    for (let at = 0; at < p.length; at += 1) {
      adjusted[at] = Math.max(adjusted[at]!, at >= first ? least : Math.min(m * p[at]!, least));
    }
  }
  return adjusted;
}

function risingMaximum(values: readonly number[]): readonly number[] {
  let most = 0;
  return values.map((value) => (most = Math.max(most, value)));
}

function fallingMinimum(values: readonly number[]): readonly number[] {
  let least = Infinity;
  return values
    .toReversed()
    .map((value) => (least = Math.min(least, value)))
    .toReversed();
}
