import { fractionOption, invalidInput, needInput } from './check.ts';
import { normalQuantile } from './distributions.ts';
import type { Trials } from './two-sample.ts';

/** A judge's verdicts, and how it did on rows that a person has labelled. */
export interface JudgedPrevalence {
  /** How many rows the judge passed, of how many. */
  readonly judged: Trials;
  /** Of the rows that truly pass: how many the judge passed. */
  readonly sensitivity: Trials;
  /** Of the rows that truly fail: how many the judge failed. */
  readonly specificity: Trials;
}

/**
 * The true pass rate behind an imperfect judge's: (rate + specificity − 1) ÷ (sensitivity + specificity − 1), cut to 0 … 1,
 * with an interval that counts the uncertainty of all three. `null` without rows, and when the judge is no better than
 * chance (sensitivity + specificity ≤ 1).
 *
 * Source: Rogan and Gladen, Estimating Prevalence from the Results of a Screening Test (1978); the interval by Lang and
 * Reiczigel, Confidence Limits for Prevalence of Disease Adjusted for Estimated Sensitivity and Specificity (2014).
 */
export function correctedPrevalence(
  input: JudgedPrevalence,
  options: { readonly confidence?: number | undefined } = {},
): {
  readonly rate: number | null;
  readonly corrected: number | null;
  readonly low: number | null;
  readonly high: number | null;
} {
  const { judged, sensitivity, specificity } = needInput('judged, sensitivity, specificity', input);
  const z = normalQuantile((1 + fractionOption('confidence', options.confidence ?? 0.95)) / 2);
  for (const [name, trials] of Object.entries({ judged, sensitivity, specificity })) {
    const { successes, n } = needInput('successes, n', trials);
    if (!(n >= 0 && successes >= 0 && successes <= n))
      throw invalidInput(`${name}.successes`, `from 0 to ${n}`, successes);
  }
  const rate = judged.n === 0 ? null : judged.successes / judged.n;
  if (rate === null || sensitivity.n === 0 || specificity.n === 0)
    return { rate, corrected: null, low: null, high: null };
  const gain = sensitivity.successes / sensitivity.n + specificity.successes / specificity.n - 1;
  if (gain <= 0) return { rate, corrected: null, low: null, high: null };
  const corrected = clip((rate + specificity.successes / specificity.n - 1) / gain);

  // Lang and Reiczigel add z² ÷ 2 successes and failures to the rate, and one of each to the other two.
  const p = smoothed(judged, (z * z) / 2);
  const se = smoothed(sensitivity, 1);
  const sp = smoothed(specificity, 1);
  const smoothGain = se.share + sp.share - 1;
  if (smoothGain <= 0) return { rate, corrected, low: 0, high: 1 };
  const center = (p.share + sp.share - 1) / smoothGain;
  const shift = 2 * z * z * (center * se.variance - (1 - center) * sp.variance);
  const margin = (z * Math.sqrt(p.variance + center ** 2 * se.variance + (1 - center) ** 2 * sp.variance)) / smoothGain;
  return { rate, corrected, low: clip(center + shift - margin), high: clip(center + shift + margin) };
}

function smoothed({ successes, n }: Trials, add: number): { readonly share: number; readonly variance: number } {
  const share = (successes + add) / (n + 2 * add);
  return { share, variance: (share * (1 - share)) / (n + 2 * add) };
}

function clip(share: number): number {
  return Math.min(1, Math.max(0, share));
}
