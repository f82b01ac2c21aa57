import { needList, sameLength } from './check.ts';

/** Numbers, one a row. `null`, `undefined`, `NaN` and infinities are missing: they are left out, never counted as zero. */
export type Values = ArrayLike<number | null | undefined>;

/** The numbers that are there, in order. */
export function present(values: Values): Float64Array {
  const kept = new Float64Array(needList('values', values).length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (isPresent(value)) kept[count++] = value;
  }
  return kept.subarray(0, count);
}

/** The rows where both are there. */
export function presentPairs(a: Values, b: Values): { readonly a: Float64Array; readonly b: Float64Array } {
  sameLength('a and b', a, b);
  const left = new Float64Array(a.length);
  const right = new Float64Array(a.length);
  let count = 0;
  for (let row = 0; row < a.length; row += 1) {
    const x = a[row];
    const y = b[row];
    if (!isPresent(x) || !isPresent(y)) continue;
    left[count] = x;
    right[count++] = y;
  }
  return { a: left.subarray(0, count), b: right.subarray(0, count) };
}

/** b − a of the rows where both are there. */
export function pairedDifferences(a: Values, b: Values): Float64Array {
  const pairs = presentPairs(a, b);
  return pairs.b.map((value, row) => value - pairs.a[row]!);
}

/** Whether a value is there. */
export function isPresent(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * Mean and sum of squared deviations, in two passes from the first value, so that equal values have a variance of
 * exactly zero and a large offset costs no digits.
 */
export function moments(values: ArrayLike<number>): {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
} {
  const count = values.length;
  const origin = values[0] ?? NaN;
  let sum = 0;
  for (let row = 0; row < count; row += 1) sum += values[row]! - origin;
  const mean = origin + sum / count;
  let squares = 0;
  let rest = 0;
  for (let row = 0; row < count; row += 1) {
    const deviation = values[row]! - mean;
    squares += deviation * deviation;
    rest += deviation;
  }
  return { count, mean, squares: Math.max(0, squares - (rest * rest) / count) };
}

/** A number, or `null` where a formula has no value. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/**
 * Average ranks from 1, ties sharing their mean rank, and how many values each tie has
 * (as `scipy.stats.rankdata` with `method='average'`).
 */
export function averageRanks(values: ArrayLike<number>): {
  readonly ranks: Float64Array;
  readonly ties: readonly number[];
} {
  const order = Uint32Array.from({ length: values.length }, (_, row) => row).sort((x, y) => values[x]! - values[y]!);
  const ranks = new Float64Array(values.length);
  const ties: number[] = [];
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let at = start; at < end; at += 1) ranks[order[at]!] = (start + 1 + end) / 2;
    ties.push(end - start);
    start = end;
  }
  return { ranks, ties };
}

/** Σ (t³ − t) over ties: what ties take from the variance of a rank statistic. */
export function tieTerm(ties: readonly number[]): number {
  return ties.reduce((sum, count) => sum + (count ** 3 - count), 0);
}
