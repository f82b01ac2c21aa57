import type { Alternative } from './check.ts';
import { normalCdf, studentTCdf, studentTTail } from './distributions.ts';

/** The p-value of a t statistic. */
export function studentTP(t: number, df: number, alternative: Alternative): number {
  if (alternative === 'greater') return studentTTail(t, df);
  if (alternative === 'less') return studentTCdf(t, df);
  return Math.min(1, 2 * studentTTail(Math.abs(t), df));
}

/** The p-value of a z statistic. */
export function normalP(z: number, alternative: Alternative): number {
  if (alternative === 'greater') return normalCdf(-z);
  if (alternative === 'less') return normalCdf(z);
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}
