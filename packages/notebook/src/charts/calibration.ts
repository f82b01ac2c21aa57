import { AssayError } from '@assay/core/errors';
import type { Classification } from '@assay/frames';
import type { Display } from '../display.ts';
import { count, percent, score } from '../figures.ts';
import { checkParts } from './parts.ts';
import { type Chart, chartDisplay } from './plot.ts';

type Bin = NonNullable<Classification['calibration']>['curve'][number];

/** Whether scores are probabilities that hold: how often the positive class was true, where the score said so. */
export function calibration(source: Pick<Classification, 'calibration'>): Display {
  return chartDisplay(calibrationChart(source));
}

/** @throws AssayError `invalid-input` without probabilities. */
export function calibrationChart(source: Pick<Classification, 'calibration'>): Chart {
  checkParts('a classification', source, 'calibration');
  const { calibration: found } = source;
  const bins = found?.curve.filter(({ count: runs }) => runs > 0) ?? [];
  if (found === null || bins.length === 0)
    throw new AssayError(
      'invalid-input',
      'Expected a classification with `positive` and probabilities for it, got one without',
    );
  const most = bins.reduce((largest, bin) => Math.max(largest, bin.count), 1);
  const line = ({ meanScore, rate, count: runs }: Bin): string =>
    `said ${percent(meanScore!)}, was ${percent(rate!)} of ${count(runs)}`;
  return {
    title: 'Calibration',
    description: `Expected calibration error ${score(found.ece)}. ${bins.map(line).join('; ')}.`,
    options: (plot) => ({
      width: 370,
      height: 320,
      marginLeft: 56,
      marginBottom: 40,
      marginTop: 28,
      x: {
        domain: [0, 1],
        label: 'mean score',
        labelAnchor: 'center',
        labelArrow: 'none',
        tickFormat: percent,
        ticks: 5,
        grid: true,
      },
      y: {
        domain: [0, 1],
        label: 'share that was positive',
        labelArrow: 'none',
        tickFormat: percent,
        ticks: 5,
        grid: true,
      },
      r: { domain: [0, most], range: [0, 10] },
      marks: [
        plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: 'var(--a-muted)', strokeDasharray: '3 3' },
        ),
        plot.line(bins, { x: 'meanScore', y: 'rate', stroke: 'var(--a-blue)', strokeOpacity: 0.6 }),
        plot.dot(bins, { x: 'meanScore', y: 'rate', r: 'count', fill: 'var(--a-blue)' }),
        plot.text([`error ${score(found.ece)}`], { frameAnchor: 'bottom-right', dx: -10, dy: -10 }),
      ],
    }),
    text: () => [`expected calibration error ${score(found.ece)}`, ...bins.map(line)].join('\n'),
  };
}
