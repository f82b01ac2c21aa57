import { wholeOption } from './check.ts';
import { createRandom } from './random.ts';
import { moments } from './values.ts';

/**
 * The two-sided p-value of a mean difference of 0: how often the mean of differences, moved to a mean of 0 and drawn
 * again, lies at least as far from 0 as the one seen; both counts plus one. `null` below two pairs and without any
 * variance.
 *
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 16.4, with the studentised statistic of
 * equation 16.5, which holds its level with few pairs.
 */
export function pairedBootstrapP(
  differences: Float64Array,
  { resamples = 9999, seed = 0 }: { readonly resamples?: number | undefined; readonly seed?: number | undefined } = {},
): number | null {
  wholeOption('resamples', resamples, 1);
  const { count, mean, squares } = moments(differences);
  if (count < 2 || squares === 0) return null;
  const observed = Math.abs(mean) / Math.sqrt(squares);
  const random = createRandom(seed);
  let extreme = 1;
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    let squaredSum = 0;
    for (let row = 0; row < count; row += 1) {
      const centred = differences[random.below(count)]! - mean;
      sum += centred;
      squaredSum += centred * centred;
    }
    const spread = Math.sqrt(Math.max(0, squaredSum - (sum * sum) / count));
    // A draw of equal values has no spread and counts as extreme.
    if (Math.abs(sum) / count >= observed * spread) extreme += 1;
  }
  return extreme / (resamples + 1);
}
