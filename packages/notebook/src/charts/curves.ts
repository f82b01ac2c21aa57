import { AssayError } from '@assay/core/errors';
import type { Classification } from '@assay/frames';
import type { Display } from '../display.ts';
import { percent, score } from '../figures.ts';
import { checkParts } from './parts.ts';
import { type Chart, chartDisplay } from './plot.ts';

interface Place {
  readonly panel: string;
  readonly x: number;
  readonly y: number;
}

const roc = 'ROC: recall by false positives';
const precisionRecall = 'Precision by recall';

/** How well a score tells the positive class from the others: the ROC and the precision-recall curve. */
export function curves(source: CurvesSource): Display {
  return chartDisplay(curvesChart(source));
}

/** @throws AssayError `invalid-input` without a score of the positive class. */
export function curvesChart(source: CurvesSource): Chart {
  checkParts('a classification', source, 'thresholds', 'rocAuc', 'averagePrecision', 'binary');
  const { thresholds, rocAuc, averagePrecision, binary } = source;
  if (thresholds === null || thresholds.length === 0 || binary === null)
    throw new AssayError('invalid-input', 'Expected a classification with `positive` and its score, got one without');
  const share = (binary.tp + binary.fn) / (binary.tp + binary.fn + binary.fp + binary.tn);
  const lines: readonly Place[] = [
    { panel: roc, x: 0, y: 0 },
    ...thresholds.map(({ falsePositiveRate, recall }): Place => ({ panel: roc, x: falsePositiveRate, y: recall })),
    ...thresholds.map(({ recall, precision }): Place => ({ panel: precisionRecall, x: recall, y: precision })),
  ];
  const chance: readonly Place[] = [
    { panel: roc, x: 0, y: 0 },
    { panel: roc, x: 1, y: 1 },
    { panel: precisionRecall, x: 0, y: share },
    { panel: precisionRecall, x: 1, y: share },
  ];
  const areas = [
    { panel: roc, text: `area ${score(rocAuc)}` },
    { panel: precisionRecall, text: `average precision ${score(averagePrecision)}` },
  ];
  const words = `Area under the ROC curve ${score(rocAuc)}, average precision ${score(averagePrecision)}, by chance 0.500 and ${score(share)}.`;
  return {
    title: 'Thresholds',
    description: words,
    options: (plot) => ({
      width: 620,
      height: 320,
      marginLeft: 52,
      marginTop: 34,
      marginBottom: 36,
      x: { domain: [0, 1], label: null, tickFormat: percent, ticks: 5, grid: true },
      y: { domain: [0, 1], label: null, tickFormat: percent, ticks: 5, grid: true },
      fx: { label: null, axis: null, domain: [roc, precisionRecall], padding: 0.16 },
      marks: [
        plot.text([roc, precisionRecall], {
          fx: (panel: string) => panel,
          text: (panel: string) => panel,
          frameAnchor: 'top-left',
          dy: -20,
          fontWeight: 600,
        }),
        plot.line(chance, { fx: 'panel', x: 'x', y: 'y', stroke: 'var(--a-muted)', strokeDasharray: '3 3' }),
        plot.line(lines, { fx: 'panel', x: 'x', y: 'y', stroke: 'var(--a-blue)', strokeWidth: 1.8 }),
        plot.text(areas, { fx: 'panel', text: 'text', frameAnchor: 'bottom-right', dx: -10, dy: -10 }),
      ],
    }),
    text: () => words,
  };
}

type CurvesSource = Pick<Classification, 'thresholds' | 'rocAuc' | 'averagePrecision' | 'binary'>;
