import { AssayError } from '@assay/core/errors';
import { quantile } from '@assay/frames/statistics';
import type { Display } from '../display.ts';
import { duration, percent } from '../figures.ts';
import { chartDisplay } from './plot.ts';
import { type ChartSource, colourOf, frameOf, glyphOf, seriesOf, shortName, signOf, valuesOf } from './series.ts';

const marked = [0.5, 0.9, 0.99] as const;
/** Points of a curve: more cannot be seen. */
const steps = 200;

interface Point {
  readonly at: number;
  readonly milliseconds: number;
  readonly share: number;
}

/** How many of the runs took at most so long, with the median, p90 and p99 marked. Runs without a latency are left out. */
export function latency(source: ChartSource): Display {
  const series = seriesOf(source)
    .map((one, at) => ({ name: one.name, at, sorted: valuesOf(frameOf(one), 'latency_ms').toSorted() }))
    .filter(({ sorted }) => sorted.length > 0);
  if (series.length === 0) throw new AssayError('invalid-input', 'Expected runs with a latency, got none');
  const curve = series.flatMap(({ at, sorted }) => curveOf(at, sorted));
  const points = series.flatMap(({ at, sorted }) =>
    marked.map((share): Point => ({
      at,
      share,
      milliseconds: quantile({ values: sorted }, { q: share }).quantiles[0]!,
    })),
  );
  const all = curve.map(({ milliseconds }) => milliseconds);
  const most = Math.max(...all, 0.001);
  const least = Math.max(Math.min(...all), most / 10_000);
  const isWide = most / least > 50;
  const isOne = series.length === 1;
  const name = (at: number): string => series.find((one) => one.at === at)!.name;
  const place = { x: ({ milliseconds }: Point) => Math.max(milliseconds, isWide ? least : 0), y: 'share' };
  return chartDisplay({
    title: isOne ? `Latency of ${series[0]!.name}` : 'Latency',
    description: `Share of the runs that took at most so long. ${lines(points, name).join('. ')}.`,
    options: (plot) => ({
      width: 680,
      height: 300,
      marginRight: 64,
      marginLeft: 56,
      marginTop: 28,
      marginBottom: 40,
      x: {
        type: isWide ? 'log' : 'linear',
        domain: isWide ? [least, most] : [0, most],
        label: isWide ? 'latency, on a logarithmic scale' : 'latency',
        labelAnchor: 'center',
        labelArrow: 'none',
        tickFormat: (value: number) => duration(value),
        ticks: 5,
        grid: true,
      },
      y: { domain: [0, 1], label: 'share of the runs', tickFormat: percent, grid: true, ticks: 5 },
      marks: [
        plot.line(curve, {
          ...place,
          z: 'at',
          stroke: ({ at }: Point) => colourOf(at),
          strokeWidth: 1.8,
          curve: 'step-after',
        }),
        plot.dot(points, {
          ...place,
          symbol: ({ at }: Point) => signOf(at),
          fill: ({ at }: Point) => colourOf(at),
          r: 4.5,
        }),
        ...(isOne
          ? [
              plot.text(points, {
                ...place,
                text: ({ share, milliseconds }: Point) => `p${share * 100} ${duration(milliseconds)}`,
                dx: 9,
                dy: 10,
                textAnchor: 'start' as const,
              }),
            ]
          : series.map(({ name: of, at }, index) =>
              // Below the end of the curves there is room, whatever they look like.
              plot.text([`${glyphOf(at)} ${shortName(of)}`], {
                frameAnchor: 'bottom-right',
                dx: -8,
                dy: -8 - 18 * (series.length - 1 - index),
                fill: colourOf(at),
                fontWeight: 600,
              }),
            )),
      ],
    }),
    text: () => lines(points, name).join('\n'),
  });
}

function curveOf(at: number, sorted: Float64Array): readonly Point[] {
  const length = Math.min(steps, sorted.length);
  return Array.from({ length }, (_, step): Point => {
    const share = (step + 1) / length;
    return { at, share, milliseconds: sorted[Math.ceil(share * sorted.length) - 1]! };
  });
}

function lines(points: readonly Point[], name: (at: number) => string): string[] {
  return [...new Set(points.map(({ at }) => at))].map(
    (at) =>
      `${name(at)}: ${points
        .filter((point) => point.at === at)
        .map(({ share, milliseconds }) => `p${share * 100} ${duration(milliseconds)}`)
        .join(', ')}`,
  );
}
