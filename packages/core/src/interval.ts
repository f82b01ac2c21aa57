/**
 * Half the width of the 95 % interval in standard errors: the 0.975 quantile of Student's t.
 *
 * Up to 200 degrees of freedom by bisection on the closed form of its distribution function (Abramowitz and Stegun
 * 26.7.3 and 26.7.4), above by the expansion of 26.7.5, which is then right to 12 digits.
 *
 * @param degrees - Degrees of freedom, a whole number of at least 1.
 */
export function studentT975(degrees: number): number {
  if (degrees > 200) return expansion(degrees);
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degrees);
}

/**
 * Wilson's 95 % interval of a proportion (Wilson 1927). Unlike the normal one it stays within 0 and 1, and has a width
 * when all or none succeed.
 */
export function wilson(successes: number, count: number): readonly [low: number, high: number] {
  const proportion = successes / count;
  const z2 = normal975 ** 2 / count;
  const centre = (proportion + z2 / 2) / (1 + z2);
  const half = (Math.sqrt((proportion * (1 - proportion)) / count + z2 / (4 * count)) * normal975) / (1 + z2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The `fraction` quantile of sorted values, linear between the neighbours (R type 7); `null` without values. */
export function quantile(sorted: Float64Array, fraction: number): number | null {
  if (sorted.length === 0) return null;
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)]!;
  return below + (position - Math.floor(position)) * (sorted[Math.ceil(position)]! - below);
}

const normal975 = 1.959963984540054;

/** P(-t < T < t), where t is the tangent of the angle times the root of the degrees. */
function centralProbability(angle: number, degrees: number): number {
  const sine = Math.sin(angle);
  const cosine2 = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine2 * (power - 1)) / power;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

function expansion(degrees: number): number {
  const x = normal975;
  return (
    x +
    (x ** 3 + x) / (4 * degrees) +
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / (96 * degrees ** 2) +
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / (384 * degrees ** 3) +
    (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / (92_160 * degrees ** 4)
  );
}
