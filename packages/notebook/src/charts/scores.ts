import { AssayError } from '@assay/core/errors';
import { type EvaluatorFrameSummary, summarize } from '@assay/frames';
import type { Display } from '../display.ts';
import { count, interval, score } from '../figures.ts';
import { domainOf } from '../interval-plot.ts';
import { chartDisplay } from './plot.ts';
import { type ChartSource, colourOf, seriesOf, shortName, sideFor, signOf } from './series.ts';

export interface ScoresOptions {
  /** The evaluators to draw, on one scale. Default: all with means from 0 to 1; if there are none, all with scores. */
  readonly evaluators?: readonly string[] | undefined;
}

interface Row {
  readonly evaluator: string;
  readonly name: string;
  readonly at: number;
  readonly summary: EvaluatorFrameSummary;
}

/** The mean score of each evaluator with its 95 % interval, of one experiment or of several below each other. */
export function scores(source: ChartSource, { evaluators }: ScoresOptions = {}): Display {
  const series = seriesOf(source);
  const rows = series.flatMap(({ name, source: one }, at) =>
    Object.entries(summarize(one).evaluators).map(([evaluator, summary]): Row => ({ evaluator, name, at, summary })),
  );
  const scored = rows.filter(
    ({ evaluator, summary }) => summary.mean !== null && (evaluators?.includes(evaluator) ?? true),
  );
  const units = scored.filter(({ summary: { mean } }) => mean! >= 0 && mean! <= 1);
  const drawn = evaluators === undefined && units.length > 0 ? units : scored;
  if (drawn.length === 0)
    throw new AssayError('invalid-input', `Expected evaluators with scores, got ${evaluators?.join(', ') ?? 'none'}`);
  const isOne = series.length === 1;
  const ends = drawn.flatMap(({ summary: { mean, interval: between } }) => [mean, ...(between ?? [])]);
  const names = [...new Set(drawn.map(({ evaluator }) => evaluator))];
  const label = ({ evaluator, name }: Row): string => shortName(isOne ? evaluator : name);
  return chartDisplay({
    title: isOne ? `Mean scores of ${series[0]!.name}` : 'Mean scores',
    description: `Dots are means, bars their 95 % intervals. ${drawn.map(sentence).join(' ')}`,
    options: (plot) => ({
      width: 680,
      height: 48 + drawn.length * 26 + (isOne ? 0 : 16 + names.length * 32),
      marginLeft: sideFor(drawn.map(label)),
      marginRight: 70,
      marginTop: isOne ? 8 : 30,
      marginBottom: 36,
      x: {
        domain: domainOf(ends),
        label: 'mean score',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        nice: true,
      },
      y: { label: null, type: 'band', domain: [...new Set(drawn.map(label))], padding: 0.2 },
      fy: { label: null, domain: isOne ? [''] : names, axis: null, padding: isOne ? 0 : 0.28 },
      marks: [
        ...(isOne
          ? []
          : [
              plot.text(names, {
                fy: (name: string) => name,
                text: (name: string) => name,
                frameAnchor: 'top-left' as const,
                dy: -18,
                fontWeight: 600,
              }),
            ]),
        plot.ruleY(drawn, {
          filter: ({ summary }: Row) => summary.interval !== null,
          fy: (row: Row) => (isOne ? '' : row.evaluator),
          x1: ({ summary }: Row) => summary.interval?.[0] ?? null,
          x2: ({ summary }: Row) => summary.interval?.[1] ?? null,
          y: label,
          stroke: ({ at }: Row) => colourOf(at),
          strokeWidth: 2.5,
          strokeOpacity: 0.55,
        }),
        plot.dot(drawn, {
          fy: (row: Row) => (isOne ? '' : row.evaluator),
          x: ({ summary }: Row) => summary.mean,
          y: label,
          r: 4.5,
          symbol: ({ at }: Row) => signOf(at),
          fill: ({ at }: Row) => colourOf(at),
        }),
        plot.text(drawn, {
          fy: (row: Row) => (isOne ? '' : row.evaluator),
          y: label,
          text: ({ summary }: Row) => score(summary.mean),
          frameAnchor: 'right',
          textAnchor: 'start',
          dx: 12,
          fontVariant: 'tabular-nums',
        }),
      ],
    }),
    text: () => drawn.map(sentence).join('\n'),
  });

  function sentence({ evaluator, name, summary }: Row): string {
    const of = isOne ? evaluator : `${evaluator} of ${name}`;
    return `${of}: ${score(summary.mean)} (${interval(summary.interval)}), ${count(summary.scored)} scored.`;
  }
}
