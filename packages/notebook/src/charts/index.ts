import { calibration } from './calibration.ts';
import { comparison } from './comparison.ts';
import { confusion } from './confusion.ts';
import { curves } from './curves.ts';
import { distribution } from './distribution.ts';
import { latency } from './latency.ts';
import { scores } from './scores.ts';

/**
 * Charts that show themselves as the last expression of a cell, as SVG with words for those who do not see it.
 *
 * @example
 * ```ts
 * import type { RanExperiment } from '@assay/core';
 * import { classification, compare } from '@assay/frames';
 * import { charts } from '@assay/notebook';
 *
 * declare const base: RanExperiment;
 * declare const candidate: RanExperiment;
 *
 * charts.scores({ before: base, after: candidate });
 * charts.distribution(base, 'faithfulness');
 * charts.latency([base, candidate]);
 * charts.comparison(compare(base, candidate));
 * const judged = classification(base, { label: 'judge', expected: 'expected', positive: 'correct' });
 * charts.confusion(judged);
 * charts.curves(judged);
 * ```
 */
export const charts = { scores, distribution, latency, comparison, confusion, curves, calibration } as const;
