import { deviance, stirlingError } from './gamma.ts';
import { findRoot } from './root.ts';

/**
 * I_x(a, b) and its complement, the regularised incomplete beta function, for a, b > 0.
 *
 * The continued fraction of Didonato and Morris, Algorithm 708 (1992), equation 9, after the symmetry 26.5.2 of Abramowitz
 * and Stegun where that converges faster. The smaller of both results is exact relative to its own size.
 *
 * @param complement - 1 − x. Give it where it is known exactly, since the difference loses digits near x = 1.
 */
export function incompleteBeta(
  a: number,
  b: number,
  x: number,
  complement: number = 1 - x,
): { readonly lower: number; readonly upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (complement <= 0) return { lower: 1, upper: 0 };
  if (x > (a + 1) / (a + b + 2)) {
    const { lower, upper } = incompleteBeta(b, a, complement, x);
    return { lower: upper, upper: lower };
  }
  const lower = Math.min(1, betaPower(a, b, x, complement) / fraction(a, b, x, complement));
  return { lower, upper: 1 - lower };
}

/** The x at which I_x(a, b) = p. */
export function incompleteBetaInverse(a: number, b: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const mean = a / (a + b);
  const atMean = incompleteBeta(a, b, mean, b / (a + b)).lower;
  if (p === atMean) return mean;
  // The logarithm makes small x and small p as exact as any other.
  if (p < atMean) {
    const log = findRoot((u) => Math.log(incompleteBeta(a, b, Math.exp(u)).lower / p), -745, Math.log(mean));
    return Math.exp(log);
  }
  return findRoot((x) => incompleteBeta(a, b, x).upper - (1 - p), mean, 1);
}

/** x^a (1 − x)^b ÷ B(a, b), by Loader's saddle-point form (2000), which keeps its digits when a and b are large. */
function betaPower(a: number, b: number, x: number, complement: number): number {
  const n = a + b;
  const excess = excessOf(a, b, x, complement);
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x, excess) -
    deviance(b, n * complement, -excess);
  return Math.exp(exponent) * Math.sqrt((a * b) / (2 * Math.PI * n));
}

/** a − (a + b) x, from whichever of x and 1 − x is small and so known more exactly. */
function excessOf(a: number, b: number, x: number, complement: number): number {
  return x < complement ? a - (a + b) * x : (a + b) * complement - b;
}

/** Lentz's evaluation of the continued fraction of x^a (1 − x)^b ÷ B(a, b) ÷ I_x(a, b). */
function fraction(a: number, b: number, x: number, complement: number): number {
  const excess = excessOf(a, b, x, complement);
  let value = nonZero((a * (excess + 1)) / (a + 1));
  let c = value;
  let d = 0;
  for (let n = 1; n < 100_000; n += 1) {
    const step = n * (b - n) * x;
    const odd = a + 2 * n - 1;
    const numerator = (((a + n - 1) / odd) * (a + b + n - 1) * step * x) / odd;
    const denominator = n + step / odd + ((a + n) / (odd + 2)) * (excess + 1 + n * (1 + complement));
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= Number.EPSILON) break;
  }
  return value;
}

/** Lentz's guard against a zero on the way, as modified by Thompson and Barnett (1986). */
function nonZero(number: number): number {
  return Math.abs(number) < 1e-300 ? 1e-300 : number;
}
