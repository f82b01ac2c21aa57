import { AssayError } from '@assay/core/errors';
import { codesOf } from '@assay/frames';
import type { ColumnTable } from 'arquero';
import type { Display } from '../display.ts';
import { count, counted, decimal, percent } from '../figures.ts';
import { chartDisplay } from './plot.ts';
import { type ChartSource, colourOf, frameOf, seriesOf, shortName, sideFor, valuesOf } from './series.ts';

export interface DistributionOptions {
  /** How many bars a histogram has. Default 20. */
  readonly bins?: number | undefined;
}

interface Bar {
  readonly at: number;
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly label: string;
  readonly runs: number;
  readonly share: number;
}

/**
 * How the scores of an evaluator, or the numbers of a column such as `latency_ms`, are spread over the runs; for an
 * evaluator without scores, how often it gave each label. Several experiments stand below each other.
 *
 * @throws AssayError `invalid-input` when there is neither.
 */
export function distribution(source: ChartSource, metric: string, { bins = 20 }: DistributionOptions = {}): Display {
  if (!Number.isInteger(bins) || bins < 1)
    throw new AssayError('invalid-config', `Expected bins to be a whole number of at least 1, got ${bins}`);
  if (typeof metric !== 'string')
    throw new AssayError(
      'invalid-input',
      `Expected the name of an evaluator or of a column to draw, got ${metric === null ? 'null' : typeof metric}`,
    );
  const series = seriesOf(source).map(({ name, source: one }) => ({ name, table: frameOf({ name, source: one }) }));
  const isLabelled =
    series.every(({ table }) => !hasNumbers(table, metric)) && series.some(({ table }) => hasLabels(table, metric));
  const bars = isLabelled ? labelBars(series, metric) : histogram(series, metric, bins);
  if (bars.length === 0) throw new AssayError('invalid-input', `Expected runs with a value of ${metric}, got none`);
  const title = `${isLabelled ? 'Labels' : 'Distribution'} of ${metric}`;
  return isLabelled ? labelChart(title, bars, series.length) : histogramChart(title, metric, bars, series.length);
}

interface NamedTable {
  readonly name: string;
  readonly table: ColumnTable;
}

function hasNumbers(table: ColumnTable, metric: string): boolean {
  const names = table.columnNames();
  if (!names.includes(metric) && !names.includes(`eval.${metric}.score`) && hasLabels(table, metric)) return false;
  return valuesOf(table, metric).length > 0;
}

function hasLabels(table: ColumnTable, metric: string): boolean {
  return table.columnNames().includes(`eval.${metric}.label`);
}

function histogram(series: readonly NamedTable[], metric: string, bins: number): readonly Bar[] {
  const columns = series.map(({ name, table }) => ({ name, values: valuesOf(table, metric) }));
  let low = Infinity;
  let high = -Infinity;
  for (const { values } of columns) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [];
  if (low >= 0 && high <= 1) [low, high] = [0, 1];
  const width = high === low ? 1 : (high - low) / bins;
  return columns.flatMap(({ name, values }, at) => {
    const counts = new Uint32Array(bins);
    for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / width))]! += 1;
    return [...counts].map((runs, bin): Bar => ({
      at,
      name,
      low: low + bin * width,
      high: low + (bin + 1) * width,
      label: `${decimal(low + bin * width)} to ${decimal(low + (bin + 1) * width)}`,
      runs,
      share: values.length === 0 ? 0 : runs / values.length,
    }));
  });
}

const mostLabels = 12;

function labelBars(series: readonly NamedTable[], metric: string): readonly Bar[] {
  const counts = series.map(({ table }) => labelCounts(table, metric));
  const total = new Map<string, number>();
  for (const ofSeries of counts) for (const [label, runs] of ofSeries) total.set(label, (total.get(label) ?? 0) + runs);
  const labels = [...total].sort(([, a], [, b]) => b - a).slice(0, mostLabels);
  return series.flatMap(({ name }, at) => {
    const all = [...counts[at]!.values()].reduce((sum, runs) => sum + runs, 0);
    return labels.map(([label]): Bar => {
      const runs = counts[at]!.get(label) ?? 0;
      return { at, name, low: 0, high: 0, label, runs, share: all === 0 ? 0 : runs / all };
    });
  });
}

function labelCounts(table: ColumnTable, metric: string): ReadonlyMap<string, number> {
  const { codes, dictionary } = codesOf(table, `eval.${metric}.label`);
  const counts = new Map<string, number>();
  for (const code of codes) {
    const label = dictionary[code];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

function histogramChart(title: string, metric: string, bars: readonly Bar[], series: number): Display {
  const isOne = series === 1;
  return chartDisplay({
    title: isOne ? `${title}, ${bars[0]!.name}` : title,
    description: `A histogram of ${counted(total(bars), 'run')}. ${tallest(bars)}`,
    options: (plot) => ({
      width: 680,
      height: isOne ? 260 : 70 + series * 120,
      marginLeft: 56,
      marginRight: isOne
        ? 16
        : sideFor(
            bars.map(({ name }) => name),
            160,
          ),
      marginBottom: 40,
      x: { label: metric, labelAnchor: 'center', labelArrow: 'none' },
      y: {
        label: isOne ? 'runs' : 'share of the runs',
        grid: true,
        ...(isOne ? {} : { tickFormat: percent, ticks: 3 }),
      },
      fy: { label: null, axis: isOne ? null : 'right', tickFormat: shortName },
      marks: [
        plot.rectY(bars, {
          fy: 'name',
          x1: 'low',
          x2: 'high',
          y: isOne ? 'runs' : 'share',
          fill: ({ at }: Bar) => colourOf(at),
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        plot.ruleY([0], { stroke: 'var(--a-muted)' }),
      ],
    }),
    text: () => barLines(bars, isOne),
  });
}

function labelChart(title: string, bars: readonly Bar[], series: number): Display {
  const isOne = series === 1;
  const labels = [...new Set(bars.map(({ label }) => label))];
  const rows = isOne ? labels : [...new Set(bars.map(({ name }) => name))];
  const place = { fy: isOne ? () => '' : 'label', y: isOne ? 'label' : 'name', x: 'share' };
  return chartDisplay({
    title: isOne ? `${title}, ${bars[0]!.name}` : title,
    description: `Labels of ${counted(total(bars), 'run')}. ${tallest(bars)}`,
    options: (plot) => ({
      width: 680,
      height: 48 + bars.length * 26 + (isOne ? 0 : 16 + labels.length * 32),
      marginLeft: sideFor(rows),
      marginRight: 80,
      marginTop: isOne ? 8 : 30,
      marginBottom: 36,
      x: {
        label: 'share of the runs',
        labelAnchor: 'center',
        labelArrow: 'none',
        tickFormat: percent,
        grid: true,
        ticks: 5,
      },
      y: { label: null, padding: 0.22, tickFormat: shortName, domain: rows },
      fy: { label: null, axis: null, domain: isOne ? [''] : labels, padding: isOne ? 0 : 0.28 },
      marks: [
        ...(isOne
          ? []
          : [
              plot.text(labels, {
                fy: (label: string) => label,
                text: shortName,
                frameAnchor: 'top-left' as const,
                dy: -18,
                fontWeight: 600,
              }),
            ]),
        plot.barX(bars, { ...place, fill: ({ at }: Bar) => colourOf(at) }),
        plot.text(bars, {
          ...place,
          text: ({ runs, share }: Bar) => `${count(runs)} · ${percent(share)}`,
          textAnchor: 'start',
          dx: 6,
        }),
      ],
    }),
    text: () => barLines(bars, isOne),
  });
}

function total(bars: readonly Bar[]): number {
  return bars.reduce((sum, { runs }) => sum + runs, 0);
}

function tallest(bars: readonly Bar[]): string {
  const { label, share } = bars.reduce((most, bar) => (bar.share > most.share ? bar : most));
  return `Most often ${label}: ${percent(share)}.`;
}

function barLines(bars: readonly Bar[], isOne: boolean): string {
  return bars
    .filter(({ runs }) => runs > 0)
    .map(({ name, label, runs, share }) => `${isOne ? '' : `${name}, `}${label}: ${count(runs)} (${percent(share)})`)
    .join('\n');
}
