import { type Alternative, alternativeOption, fractionOption, wholeOption, wordOption, needInput } from './check.ts';
import { quantileOfSorted } from './describe.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { createRandom } from './random.ts';
import { moments, orNull, present, type Values } from './values.ts';

export interface BootstrapOptions {
  /** What is estimated: a name, or a function of the values. Default `mean`. */
  readonly statistic?: 'mean' | 'median' | 'std' | ((values: ArrayLike<number>) => number) | undefined;
  /** Default `bca`: bias-corrected and accelerated. */
  readonly method?: 'percentile' | 'basic' | 'bca' | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
  /** How often to draw. Default 9,999. */
  readonly resamples?: number | undefined;
  /** The same seed gives the same interval. Default 0. */
  readonly seed?: number | undefined;
  /** `greater` leaves the upper end open (Infinity), `less` the lower one. Default `two-sided`. */
  readonly alternative?: Alternative | undefined;
}

/**
 * A confidence interval by resampling, for a statistic that has no formula. `null` below two values, and by `bca` when
 * all resamples are alike.
 *
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 14, as in
 * `scipy.stats.bootstrap`. The random numbers are those of `createRandom`.
 */
export function bootstrapCi(
  input: { readonly values: Values },
  options: BootstrapOptions = {},
): { readonly low: number | null; readonly high: number | null; readonly stderr: number | null } {
  const { values } = needInput('values', input);
  const { method = 'bca', confidence = 0.95, resamples = 9999, seed = 0 } = options;
  wordOption('method', method, ['percentile', 'basic', 'bca']);
  fractionOption('confidence', confidence);
  wholeOption('resamples', resamples, 1);
  const alternative = alternativeOption(options.alternative);
  const statistic = statisticOf(options.statistic ?? 'mean');
  const kept = present(values);
  if (kept.length < 2) return { low: null, high: null, stderr: null };

  const drawn = resample(kept, statistic, resamples, seed).sort();
  const tail = alternative === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence;
  const [lowTail, highTail] = method === 'bca' ? correctedTails(kept, statistic, drawn, tail) : [tail, 1 - tail];
  let low = quantileOfSorted(drawn, lowTail);
  let high = quantileOfSorted(drawn, highTail);
  if (method === 'basic') {
    const observed = statistic(kept);
    [low, high] = [2 * observed - high, 2 * observed - low];
  }
  const { count, squares } = moments(drawn);
  return {
    low: alternative === 'less' ? -Infinity : orNull(low),
    high: alternative === 'greater' ? Infinity : orNull(high),
    stderr: count < 2 ? null : orNull(Math.sqrt(squares / (count - 1))),
  };
}

/**
 * The standard error of the mean by resampling: the standard deviation of the resampled means. `null` without a value.
 *
 * Source: Efron and Tibshirani (1993), chapter 6, as Inspect AI's `bootstrap_stderr`. It tends to s√((n − 1) ÷ n) ÷ √n.
 */
export function bootstrapStderr(
  input: { readonly values: Values },
  { resamples = 1000, seed = 0 }: { readonly resamples?: number | undefined; readonly seed?: number | undefined } = {},
): { readonly stderr: number | null } {
  const { values } = needInput('values', input);
  wholeOption('resamples', resamples, 2);
  const kept = present(values);
  if (kept.length === 0) return { stderr: null };
  const { squares } = moments(resample(kept, meanOf, resamples, seed));
  return { stderr: Math.sqrt(squares / (resamples - 1)) };
}

function resample(
  values: Float64Array,
  statistic: (values: ArrayLike<number>) => number,
  resamples: number,
  seed: number,
): Float64Array {
  const random = createRandom(seed);
  const count = values.length;
  const results = new Float64Array(resamples);
  const draw = new Float64Array(count);
  for (let round = 0; round < resamples; round += 1) {
    for (let row = 0; row < count; row += 1) draw[row] = values[random.below(count)]!;
    results[round] = statistic(draw);
  }
  return results;
}

/** Efron's BCa tails: equations 14.10 to 14.15, with a mid-rank for draws equal to the estimate. */
function correctedTails(
  values: Float64Array,
  statistic: (values: ArrayLike<number>) => number,
  sortedDraws: Float64Array,
  tail: number,
): readonly [number, number] {
  const observed = statistic(values);
  const below = sortedDraws.reduce((sum, draw) => sum + (draw < observed ? 1 : draw === observed ? 0.5 : 0), 0);
  const bias = normalQuantile(below / sortedDraws.length);
  const acceleration = jackknifeAcceleration(values, statistic);
  const correct = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile(tail);
  return [correct(z), correct(-z)];
}

function jackknifeAcceleration(values: Float64Array, statistic: (values: ArrayLike<number>) => number): number {
  const left = new Float64Array(values.length - 1);
  const estimates = values.map((_, out) => {
    left.set(values.subarray(0, out));
    left.set(values.subarray(out + 1), out);
    return statistic(left);
  });
  const mean = meanOf(estimates);
  let cubes = 0;
  let squares = 0;
  for (const estimate of estimates) {
    cubes += (mean - estimate) ** 3;
    squares += (mean - estimate) ** 2;
  }
  return cubes / (6 * squares ** 1.5);
}

function statisticOf(statistic: NonNullable<BootstrapOptions['statistic']>): (values: ArrayLike<number>) => number {
  if (typeof statistic === 'function') return statistic;
  wordOption('statistic', statistic, ['mean', 'median', 'std']);
  if (statistic === 'mean') return meanOf;
  if (statistic === 'median') return (values) => quantileOfSorted(Float64Array.from(values).sort(), 0.5);
  return (values) => Math.sqrt(moments(values).squares / (values.length - 1));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < values.length; row += 1) sum += values[row]!;
  return sum / values.length;
}
