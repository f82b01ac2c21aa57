import { fractionOption, invalidConfig, needInput } from './check.ts';
import { differenceT, type TTest } from './t-test.ts';
import { pairedDifferences, type Values } from './values.ts';

export interface EquivalenceResult {
  readonly n: number;
  readonly meanDifference: number | null;
  /** The 1 − 2α interval of b − a: 90 % for α = 0.05. */
  readonly low: number | null;
  readonly high: number | null;
  /** The larger of both one-sided p-values. */
  readonly p: number | null;
  /** Whether the interval lies inside the margin; `null` below two pairs. */
  readonly equivalent: boolean | null;
}

/**
 * Two one-sided tests that the mean of b − a lies strictly between −margin and margin. `null` below two pairs.
 *
 * Source: Schuirmann (1987), as `statsmodels.stats.weightstats.ttost_paired(b, a, -margin, margin)`.
 */
export function equivalencePaired(
  input: { readonly a: Values; readonly b: Values },
  options: { readonly margin: number; readonly alpha?: number | undefined },
): EquivalenceResult {
  const { a, b } = needInput('a, b', input);
  const margin = checkedMargin(needInput('margin', options).margin);
  const alpha = fractionOption('alpha', options.alpha ?? 0.05);
  const differences = pairedDifferences(a, b);
  const estimate = differenceT(differences, { confidence: 1 - 2 * alpha });
  const above = shifted(differences, margin, 'greater');
  const below = shifted(differences, -margin, 'less');
  const { n, meanDifference, low, high } = estimate;
  const p = above.p === null || below.p === null ? null : Math.max(above.p, below.p);
  return {
    n,
    meanDifference,
    low,
    high,
    p,
    equivalent: low === null || high === null ? null : low > -margin && high < margin,
  };
}

/**
 * A one-sided test that b is not worse than a by `margin` or more: the mean of b − a lies above −margin. For scores whose
 * small values are better, swap a and b. `bound` is the lower end of the one-sided 1 − α interval.
 *
 * Source: Blackwelder, Proving the Null Hypothesis in Clinical Trials (1982), with Student's t of paired differences.
 */
export function nonInferiorityPaired(
  input: { readonly a: Values; readonly b: Values },
  options: { readonly margin: number; readonly alpha?: number | undefined },
): {
  readonly n: number;
  readonly meanDifference: number | null;
  readonly bound: number | null;
  readonly p: number | null;
  readonly nonInferior: boolean | null;
} {
  const { a, b } = needInput('a, b', input);
  const margin = checkedMargin(needInput('margin', options).margin);
  const alpha = fractionOption('alpha', options.alpha ?? 0.05);
  const differences = pairedDifferences(a, b);
  const { n, meanDifference, low } = differenceT(differences, { confidence: 1 - alpha, alternative: 'greater' });
  const { p } = shifted(differences, margin, 'greater');
  return { n, meanDifference, bound: low, p, nonInferior: low === null ? null : low > -margin };
}

function shifted(differences: Float64Array, by: number, alternative: 'greater' | 'less'): TTest {
  return differenceT(
    differences.map((difference) => difference + by),
    { alternative },
  );
}

function checkedMargin(margin: number): number {
  if (!(margin > 0 && Number.isFinite(margin))) throw invalidConfig('margin', 'a number above 0', margin);
  return margin;
}
