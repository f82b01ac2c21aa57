import { type Alternative, alternativeOption, fractionOption, invalidInput, needInput } from './check.ts';
import { noncentralTTail, normalQuantile, studentTQuantile } from './distributions.ts';

export interface PowerOptions {
  /** The chance of a false alarm. Default 0.05. */
  readonly alpha?: number | undefined;
  /** The chance to see an effect that is there. Default 0.8. */
  readonly power?: number | undefined;
  readonly alternative?: Alternative | undefined;
}

/**
 * How many examples show a mean paired difference of `effect`: ((z₁₋α/₂ + z_power) × sd ÷ effect)², rounded up. `null` for
 * an effect of 0, which no number shows. `sdDifference` is the standard deviation of the differences per example.
 *
 * Source: Miller, Adding Error Bars to Evals (arXiv 2411.00640), section 5; the normal approximation.
 *
 * @example
 * ```ts
 * import { sampleSizePaired } from '@assay/frames/statistics';
 *
 * const { n } = sampleSizePaired({ effect: 0.05, sdDifference: 0.4 }); // 503
 * ```
 */
export function sampleSizePaired(
  input: { readonly effect: number; readonly sdDifference: number },
  options: PowerOptions = {},
): { readonly n: number | null } {
  const { effect, sdDifference } = needInput('effect, sdDifference', input);
  spread(sdDifference);
  if (!Number.isFinite(effect)) throw invalidInput('effect', 'a number', effect);
  const reach = quantiles(options);
  if (effect === 0) return { n: null };
  return { n: Math.ceil(((reach * sdDifference) / effect) ** 2) };
}

/**
 * The smallest mean paired difference that `n` examples show with the power asked for: (z₁₋α/₂ + z_power) × sd ÷ √n.
 * `null` without an example.
 *
 * Source: Miller (arXiv 2411.00640), section 5.
 */
export function minimumDetectableEffect(
  input: { readonly n: number; readonly sdDifference: number },
  options: PowerOptions = {},
): { readonly effect: number | null } {
  const { n, sdDifference } = needInput('n, sdDifference', input);
  spread(sdDifference);
  const reach = quantiles(options);
  return { effect: n > 0 ? (reach * sdDifference) / Math.sqrt(n) : null };
}

/**
 * The power of the paired t test for a standardised effect (mean ÷ standard deviation of the differences) and `n`
 * examples. `null` below two.
 *
 * Source: Cohen (1988), chapter 2, by the noncentral t distribution, as `statsmodels.stats.power.TTestPower.power`.
 */
export function powerPairedT(
  input: { readonly effectSize: number; readonly n: number },
  options: { readonly alpha?: number | undefined; readonly alternative?: Alternative | undefined } = {},
): { readonly power: number | null } {
  const { effectSize, n } = needInput('effectSize, n', input);
  const alpha = fractionOption('alpha', options.alpha ?? 0.05);
  const alternative = alternativeOption(options.alternative);
  if (!Number.isFinite(effectSize)) throw invalidInput('effectSize', 'a number', effectSize);
  if (!(n >= 2)) return { power: null };
  const df = n - 1;
  const critical = studentTQuantile(1 - (alternative === 'two-sided' ? alpha / 2 : alpha), df);
  const shift = effectSize * Math.sqrt(n);
  const above = alternative === 'less' ? 0 : noncentralTTail(critical, df, shift);
  const below = alternative === 'greater' ? 0 : noncentralTTail(critical, df, -shift);
  return { power: Math.min(1, above + below) };
}

function quantiles(options: PowerOptions): number {
  const alpha = fractionOption('alpha', options.alpha ?? 0.05);
  const power = fractionOption('power', options.power ?? 0.8);
  const tail = alternativeOption(options.alternative) === 'two-sided' ? alpha / 2 : alpha;
  return normalQuantile(1 - tail) + normalQuantile(power);
}

function spread(sdDifference: number): void {
  if (!(sdDifference >= 0 && Number.isFinite(sdDifference)))
    throw invalidInput('sdDifference', 'a number of at least 0', sdDifference);
}
