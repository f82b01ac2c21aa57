/**
 * Where a continuous function crosses zero between `low` and `high`, to the last digits of a double.
 *
 * Brent's method (Algorithms for Minimization without Derivatives, 1973, chapter 4). The signs at both ends must differ;
 * where they do not, the end that is nearer to zero is the answer.
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  let atA = f(a);
  let atB = f(b);
  if (atA === 0) return a;
  if (atB === 0) return b;
  if (atA > 0 === atB > 0) return Math.abs(atA) < Math.abs(atB) ? a : b;
  let c = a;
  let atC = atA;
  let step = b - a;
  let before = step;
  for (let round = 0; round < 500; round += 1) {
    if (atB > 0 === atC > 0) {
      c = a;
      atC = atA;
      step = b - a;
      before = step;
    }
    if (Math.abs(atC) < Math.abs(atB)) {
      [a, b, c] = [b, c, b];
      [atA, atB, atC] = [atB, atC, atB];
    }
    const tolerance = Number.EPSILON * Math.abs(b);
    const half = (c - b) / 2;
    if (atB === 0 || Math.abs(half) <= tolerance) return b;
    const interpolated = Math.abs(before) > tolerance && Math.abs(atA) > Math.abs(atB) ? interpolate() : null;
    before = interpolated === null ? half : step;
    step = interpolated ?? half;
    a = b;
    atA = atB;
    b += Math.abs(step) > tolerance ? step : Math.sign(half) * Math.max(tolerance, Number.MIN_VALUE);
    atB = f(b);

    /** The secant or inverse quadratic step; `null` when it would leave the bracket or not halve the step before last. */
    function interpolate(): number | null {
      const s = atB / atA;
      let p: number;
      let q: number;
      if (a === c) {
        p = 2 * half * s;
        q = 1 - s;
      } else {
        const r = atB / atC;
        const t = atA / atC;
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      p = Math.abs(p);
      return 2 * p < Math.min(3 * half * q - Math.abs(tolerance * q), Math.abs(before * q)) ? p / q : null;
    }
  }
  return b;
}
