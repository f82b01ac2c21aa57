import { incompleteBeta } from './beta.ts';
import { incompleteGamma, logGamma } from './gamma.ts';
import { findRoot } from './root.ts';

/** P(Z ≤ z) of the standard normal. Abramowitz and Stegun 26.2.1, by the incomplete gamma function (7.1.2, 6.5.16). */
export function normalCdf(z: number): number {
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2);
  if (z < 0) return upper / 2;
  return upper < 0.5 ? 1 - upper / 2 : 0.5 + lower / 2;
}

/** The z with P(Z ≤ z) = p; ∓Infinity at 0 and 1. The starting value is 26.2.23 of Abramowitz and Stegun, refined by Halley's method. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let round = 0; round < 3; round += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const newton = (normalCdf(-z) - tail) / density;
    z += newton / (1 - (z * newton) / 2);
  }
  return p < 0.5 ? -z : z;
}

/** P(T ≤ t) of Student's t. Abramowitz and Stegun 26.7.1 in terms of the incomplete beta function (26.5.27). */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  return t > 0 ? 1 - studentTTail(t, degreesOfFreedom) : studentTTail(-t, degreesOfFreedom);
}

/** P(T > t), exact in the tail, where 1 − P(T ≤ t) would have no digits left. */
export function studentTTail(t: number, degreesOfFreedom: number): number {
  if (t < 0) return 1 - studentTTail(-t, degreesOfFreedom);
  if (t === Infinity) return 0;
  const square = t * t;
  const total = degreesOfFreedom + square;
  return incompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / total, square / total).lower / 2;
}

/** The t with P(T ≤ t) = p; ∓Infinity at 0 and 1. */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (p === 0.5) return 0;
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  const tail = Math.min(p, 1 - p);
  let high = 2;
  while (studentTTail(high, degreesOfFreedom) > tail) high *= 4;
  const t = findRoot((x) => Math.log(studentTTail(x, degreesOfFreedom) / tail), 0, high);
  return p < 0.5 ? -t : t;
}

/** P(X > x) of the chi-squared distribution. Abramowitz and Stegun 26.4.19. */
export function chiSquaredTail(x: number, degreesOfFreedom: number): number {
  return incompleteGamma(degreesOfFreedom / 2, x / 2).upper;
}

/** P(X ≤ k) of the binomial distribution. Abramowitz and Stegun 26.5.24. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(k + 1, n - k, p).upper;
}

/**
 * P(T > t) of the noncentral t distribution: P(Z + δ > t S) averaged over S = √(χ² ÷ ν)
 * (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 31), by tanh-sinh quadrature
 * (Takahasi and Mori, 1974).
 */
export function noncentralTTail(t: number, degreesOfFreedom: number, noncentrality: number): number {
  const logConstant = logDensityConstant(degreesOfFreedom);
  // Twelve standard deviations of S either side of its mean of nearly 1: what lies beyond is below 1e-30.
  const spread = 12 / Math.sqrt(2 * degreesOfFreedom);
  const low = Math.max(0, 1 - spread);
  const high = 1 + spread;
  const middle = (low + high) / 2;
  const half = (high - low) / 2;
  const step = 1 / 64;
  let sum = 0;
  for (let k = -224; k <= 224; k += 1) {
    const u = (Math.PI / 2) * Math.sinh(k * step);
    const s = middle + half * Math.tanh(u);
    if (s <= low || s >= high) continue;
    const weight = ((Math.PI / 2) * Math.cosh(k * step)) / Math.cosh(u) ** 2;
    const density = Math.exp(logConstant + (degreesOfFreedom - 1) * Math.log(s) - (degreesOfFreedom * (s * s - 1)) / 2);
    sum += weight * density * normalCdf(noncentrality - t * s);
  }
  return Math.min(1, sum * half * step);
}

/** ln of the density of S = √(χ² ÷ ν) at 1: ν^(ν/2) e^(−ν/2) ÷ (2^(ν/2 − 1) Γ(ν/2)), without overflow. */
function logDensityConstant(degreesOfFreedom: number): number {
  const half = degreesOfFreedom / 2;
  return Math.log(2) + half * Math.log(half) - half - logGamma(half);
}
