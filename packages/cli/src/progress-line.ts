import { evaluationsLeft, type ProgressCounts } from '@assay/core';
import { plainText } from './terminal-stream.ts';

/**
 * The progress of a run in one line without colours: bar, runs, evaluations, failures, rate, time left, waits.
 *
 * @param columns - Characters there is room for. The bar needs more than 60; what is longer is for the caller to cut.
 */
export function progressLine(counts: ProgressCounts, columns = 80): string {
  const { runs, plannedRuns, evaluations, plannedEvaluations, perSecond, recordsPerSecond, waits, isHalting } = counts;
  const failed = counts.failedRuns + counts.failedEvaluations;
  const left = recordsLeft(counts);
  const done = runs + evaluations;
  const parts = [
    ...(columns > 60 ? [bar(done + left === 0 ? 1 : done / (done + left))] : []),
    ...(plannedRuns > 0 ? [`${runs}/${Math.max(runs, plannedRuns)} runs`] : []),
    ...(plannedEvaluations > 0 ? [`${evaluations}/${evaluations + evaluationsLeft(counts)} evaluations`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(perSecond === null ? [] : [`${rate(perSecond)}/s`]),
    ...(isHalting ? ['the provider fails: halting once the calls in flight have ended'] : []),
    ...(recordsPerSecond === null || left === 0 || isHalting ? [] : [`${duration(left / recordsPerSecond)} left`]),
    ...waits.map(({ key, seconds }) => `waiting ${duration(seconds)} for ${plainText(key)}`),
  ];
  return parts.join('  ');
}

/** A duration in seconds as people say it: `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function recordsLeft(counts: ProgressCounts): number {
  return Math.max(0, counts.plannedRuns - counts.runs) + evaluationsLeft(counts);
}

const barWidth = 20;

function bar(part: number): string {
  const full = Math.floor(Math.min(1, part) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}
