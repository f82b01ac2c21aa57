import { AssayError } from '@assay/core/errors';
import type { Comparison, ComparisonRow } from '@assay/frames';
import { verdictSign, verdictTone } from '../comparison-view.ts';
import type { Display } from '../display.ts';
import { difference } from '../figures.ts';
import { checkParts } from './parts.ts';
import { chartDisplay } from './plot.ts';
import { shortName, sideFor } from './series.ts';

export interface ComparisonChartOptions {
  /** The metrics to draw, on one scale. Default: evaluators whose means lie from 0 to 1; if there are none, all evaluators. */
  readonly metrics?: readonly string[] | undefined;
}

const scaled: ReadonlySet<string> = new Set(['latency_ms', 'prompt_tokens', 'completion_tokens', 'cost_usd']);

/** The difference of each metric with its interval, around 0, and the verdict beside it. */
export function comparison(of: Comparison, { metrics }: ComparisonChartOptions = {}): Display {
  checkParts('what `compare` found', of, 'metrics', 'confidence');
  const known = of.metrics.filter(
    (row) =>
      row.difference !== null && (metrics === undefined ? !scaled.has(row.metric) : metrics.includes(row.metric)),
  );
  const units = known.filter(({ base_mean }) => base_mean! >= 0 && base_mean! <= 1);
  const rows = metrics === undefined && units.length > 0 ? units : known;
  if (rows.length === 0)
    throw new AssayError('invalid-input', `Expected metrics with a difference, got ${metrics?.join(', ') ?? 'none'}`);
  const candidates = [...new Set(rows.map(({ candidate }) => candidate))];
  const isOne = candidates.length === 1;
  const reach = rows.reduce(
    (most, { difference: by, ci_low, ci_high }) =>
      Math.max(most, Math.abs(by ?? 0), Math.abs(ci_low ?? 0), Math.abs(ci_high ?? 0)),
    0,
  );
  const colour = ({ verdict }: ComparisonRow): string => {
    const tone = verdictTone(verdict);
    return `var(--a-${tone === 'muted' ? 'blue' : tone})`;
  };
  const label = ({ metric, candidate, direction }: ComparisonRow): string =>
    `${shortName(metric)}${direction === 'minimize' ? ' ↓' : ''}${isOne ? '' : ` · ${shortName(candidate)}`}`;
  const level = `${Math.round(of.confidence * 1000) / 10} %`;
  return chartDisplay({
    title: isOne ? `Differences of ${candidates[0]} from the base` : 'Differences from the base',
    description: `Dots are differences, bars their ${level} intervals; the line in the middle is no difference. ${rows.map(sentence).join(' ')}`,
    options: (plot) => ({
      width: 720,
      height: 60 + rows.length * 30,
      marginLeft: sideFor(rows.map(label), 300),
      marginRight: 140,
      marginBottom: 40,
      x: {
        domain: [-reach * 1.08 || -1, reach * 1.08 || 1],
        label: `difference, with ${level} interval`,
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        tickFormat: (value: number) => difference(Number(value.toPrecision(3))),
        ticks: 6,
      },
      y: { label: null, padding: 0.2, type: 'band', domain: [...new Set(rows.map(label))] },
      marks: [
        plot.ruleX([0], { stroke: 'var(--a-muted)', strokeDasharray: '3 3' }),
        plot.ruleY(rows, {
          filter: ({ ci_low }: ComparisonRow) => ci_low !== null,
          y: label,
          x1: 'ci_low',
          x2: 'ci_high',
          stroke: colour,
          strokeWidth: 2.5,
          strokeOpacity: 0.6,
        }),
        plot.dot(rows, { y: label, x: 'difference', r: 4.5, fill: colour }),
        plot.text(rows, {
          y: label,
          text: (row: ComparisonRow) => `${difference(row.difference)}  ${verdictSign(row.verdict)}`,
          frameAnchor: 'right',
          textAnchor: 'start',
          dx: 10,
          fill: (row: ComparisonRow) => (verdictTone(row.verdict) === 'muted' ? 'currentColor' : colour(row)),
        }),
      ],
    }),
    text: () => rows.map(sentence).join('\n'),
  });

  function sentence(row: ComparisonRow): string {
    const { metric, candidate, ci_low, ci_high, verdict } = row;
    const ends = ci_low === null || ci_high === null ? '' : ` (${difference(ci_low)} to ${difference(ci_high)})`;
    return `${isOne ? metric : `${metric} of ${candidate}`}: ${difference(row.difference)}${ends}, ${verdict ?? 'neutral'}.`;
  }
}
