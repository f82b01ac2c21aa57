import { fractionOption, invalidInput, wordOption, needInput } from './check.ts';
import { normalQuantile, studentTQuantile } from './distributions.ts';
import { incompleteBetaInverse } from './beta.ts';
import { moments, present, type Values } from './values.ts';

/** An estimate of a mean and where it may lie; `null` where it is not defined. */
export interface MeanInterval {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface MeanIntervalOptions {
  /** Default `t`: Student's t with n − 1 degrees of freedom. */
  readonly method?: 't' | 'normal' | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
}

/**
 * The mean and its confidence interval, mean ± quantile × s ÷ √n; no interval below two values.
 *
 * Source: `scipy.stats.t.interval` and `scipy.stats.norm.interval` with `scale=sem`. For scores that are all 0 or 1 use
 * `proportionCi`, which holds its level with few values (Bowyer, Aitchison and Ivanova, arXiv 2503.01747).
 */
export function meanCi(
  input: { readonly values: Values },
  { method = 't', confidence = 0.95 }: MeanIntervalOptions = {},
): MeanInterval {
  const { values } = needInput('values', input);
  wordOption('method', method, ['t', 'normal']);
  fractionOption('confidence', confidence);
  const { count, mean, squares } = moments(present(values));
  if (count === 0) return { mean: null, low: null, high: null };
  if (count === 1) return { mean, low: null, high: null };
  const upper = (1 + confidence) / 2;
  const reach = method === 't' ? studentTQuantile(upper, count - 1) : normalQuantile(upper);
  const margin = reach * Math.sqrt(squares / (count - 1) / count);
  return { mean, low: mean - margin, high: mean + margin };
}

const proportionMethods = ['wilson', 'clopper-pearson', 'agresti-coull', 'jeffreys', 'normal'] as const;

export type ProportionMethod = (typeof proportionMethods)[number];

export interface ProportionIntervalOptions {
  /** Default `wilson`. */
  readonly method?: ProportionMethod | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
}

/**
 * A share and its confidence interval; `null` without a trial.
 *
 * Source: Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion (2001), as in
 * `statsmodels.stats.proportion.proportion_confint` (`clopper-pearson` is its `beta`).
 *
 * @throws AssayError `invalid-input` unless 0 ≤ successes ≤ n.
 *
 * @example
 * ```ts
 * import { proportionCi } from '@assay/frames/statistics';
 *
 * const { low, high } = proportionCi({ successes: 8, n: 36 }); // 0.117…, 0.381…
 * ```
 */
export function proportionCi(
  input: { readonly successes: number; readonly n: number },
  { method = 'wilson', confidence = 0.95 }: ProportionIntervalOptions = {},
): { readonly p: number | null; readonly low: number | null; readonly high: number | null } {
  const { successes, n } = needInput('successes, n', input);
  wordOption('method', method, proportionMethods);
  fractionOption('confidence', confidence);
  if (!(n >= 0 && Number.isFinite(n))) throw invalidInput('n', 'a count', n);
  if (!(successes >= 0 && successes <= n)) throw invalidInput('successes', `from 0 to ${n}`, successes);
  if (n === 0) return { p: null, low: null, high: null };
  const [low, high] = proportionBounds(successes, n, method, (1 - confidence) / 2);
  return { p: successes / n, low, high };
}

function proportionBounds(
  successes: number,
  n: number,
  method: ProportionMethod,
  tail: number,
): readonly [number, number] {
  const failures = n - successes;
  const z = -normalQuantile(tail);
  switch (method) {
    case 'wilson': {
      const center = (successes + (z * z) / 2) / (n + z * z);
      const margin = (z * Math.sqrt((successes * failures) / n + (z * z) / 4)) / (n + z * z);
      // At the ends the bound is exactly 0 or 1; the subtraction would leave a rounding error.
      return [successes === 0 ? 0 : center - margin, failures === 0 ? 1 : center + margin];
    }
    case 'agresti-coull': {
      const center = (successes + (z * z) / 2) / (n + z * z);
      return clipped(center, z * Math.sqrt((center * (1 - center)) / (n + z * z)));
    }
    case 'normal':
      return clipped(successes / n, z * Math.sqrt((successes * failures) / n / n / n));
    case 'clopper-pearson':
      return [
        successes === 0 ? 0 : incompleteBetaInverse(successes, failures + 1, tail),
        failures === 0 ? 1 : 1 - incompleteBetaInverse(failures, successes + 1, tail),
      ];
    case 'jeffreys':
      return [
        incompleteBetaInverse(successes + 0.5, failures + 0.5, tail),
        1 - incompleteBetaInverse(failures + 0.5, successes + 0.5, tail),
      ];
  }
}

function clipped(center: number, margin: number): readonly [number, number] {
  return [Math.max(0, center - margin), Math.min(1, center + margin)];
}
