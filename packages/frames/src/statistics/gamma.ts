const logRootTwoPi = 0.9189385332046727;

/**
 * Coefficients of Stirling's series for ln Γ: B(2k) ÷ (2k (2k − 1)), k = 1 …
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1.40).
 */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** The natural logarithm of Γ(x) for x > 0. Abramowitz and Stegun 6.1.40, shifted up by the recurrence 6.1.15. */
export function logGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  let product = 1;
  let shifted = x;
  while (shifted < 15) {
    product *= shifted;
    shifted += 1;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + logRootTwoPi + stirlingSeries(shifted) - Math.log(product);
}

/**
 * What Stirling's formula for ln Γ(x + 1) leaves out: ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π
 * (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
 */
export function stirlingError(x: number): number {
  if (x >= 15) return stirlingSeries(x);
  return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - logRootTwoPi;
}

function stirlingSeries(x: number): number {
  const square = x * x;
  let power = x;
  let sum = 0;
  for (const coefficient of stirling) {
    sum += coefficient / power;
    power *= square;
  }
  return sum;
}

/**
 * x ln(x ÷ mean) + mean − x, without the cancellation near x = mean (Loader 2000, `bd0`).
 *
 * @param excess - x − mean. Give it where it is known more exactly than the subtraction tells.
 */
export function deviance(x: number, mean: number, excess: number = x - mean): number {
  if (x === 0) return mean;
  if (Math.abs(excess) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - excess;
  const ratio = excess / (x + mean);
  let sum = excess * ratio;
  let term = 2 * x * ratio;
  for (let odd = 3; odd < 1000; odd += 2) {
    term *= ratio * ratio;
    const next = sum + term / odd;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * P(a, x) and Q(a, x) = 1 − P(a, x), the regularised incomplete gamma functions, for a > 0 and x ≥ 0.
 *
 * Series 6.5.29 below a + 1, continued fraction 6.5.31 above (Abramowitz and Stegun), so that the smaller of both is
 * exact relative to its own size.
 */
export function incompleteGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  // x^a e^-x ÷ Γ(a + 1), by Loader's form, which keeps its digits when a is large.
  const density = Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let n = 1; term > sum * 1e-17; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    const lower = Math.min(1, density * sum);
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, density * a * upperFraction(a, x));
  return { lower: 1 - upper, upper };
}

/** Lentz's evaluation (as modified by Thompson and Barnett, 1986) of the continued fraction of Γ(a, x) ÷ (x^a e^-x). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 100_000; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= Number.EPSILON) break;
  }
  return value;
}
