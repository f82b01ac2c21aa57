import type { Direction } from '@assay/core';

/** What a comparison says of one metric. */
export type ComparisonVerdict = 'too little data' | 'better' | 'worse' | 'equivalent' | 'inconclusive';

/** Fewer pairs than this decide nothing. */
export const fewestPairs = 10;

/** What the verdict depends on. */
export interface Evidence {
  readonly direction: Direction;
  readonly pairs: number;
  readonly difference: number | null;
  readonly pAdjusted: number | null;
  readonly confidence: number;
  /** The 90 % interval of the difference. */
  readonly interval90: readonly [low: number, high: number] | null;
  readonly margin: number | null;
}

/**
 * The rules, in this order: `null` for a neutral metric; `too little data` below 10 pairs or without a p-value; `better`
 * or `worse` when the adjusted p-value is below 1 − confidence; `equivalent` when a margin is given and the 90 % interval
 * lies inside it; else `inconclusive`.
 */
export function verdictOf({
  direction,
  pairs,
  difference,
  pAdjusted,
  confidence,
  interval90,
  margin,
}: Evidence): ComparisonVerdict | null {
  if (direction === 'neutral') return null;
  if (pairs < fewestPairs || pAdjusted === null || difference === null) return 'too little data';
  if (pAdjusted < 1 - confidence && difference !== 0)
    return difference > 0 === (direction === 'maximize') ? 'better' : 'worse';
  if (margin !== null && interval90 !== null && interval90[0] > -margin && interval90[1] < margin) return 'equivalent';
  return 'inconclusive';
}

/** Whether a value went the wanted way. */
export type Change = 'improved' | 'regressed' | 'unchanged' | 'changed';

/** How an example changed, by exact comparison; `changed` for a neutral metric, `null` without a pair. */
export function changeOf(difference: number | null, direction: Direction): Change | null {
  if (difference === null) return null;
  if (difference === 0) return 'unchanged';
  if (direction === 'neutral') return 'changed';
  return difference > 0 === (direction === 'maximize') ? 'improved' : 'regressed';
}
