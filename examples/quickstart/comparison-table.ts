import type { Comparison } from '@assay/frames';

/** The differences from the base, each with its interval and verdict, as text. */
export function comparisonTable(base: string, { metrics, warnings }: Comparison): string {
  const rows = metrics.map(
    ({ metric, candidate, difference, ci_low, ci_high, p_adjusted, verdict, improved, regressed }) => [
      candidate,
      metric,
      signed(difference),
      `${signed(ci_low)} to ${signed(ci_high)}`,
      p_adjusted === null ? '-' : p_adjusted < 0.001 ? '< 0.001' : p_adjusted.toFixed(3),
      `${improved} / ${regressed}`,
      verdict ?? '-',
    ],
  );
  const table = [
    ['candidate', 'metric', 'difference', '95 % interval', 'p (Holm)', 'better / worse rows', 'verdict'],
    ...rows,
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '),
  );
  return [
    `Compared with ${base}, example by example:`,
    ...lines,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n');
}

function signed(value: number | null): string {
  return value === null ? '-' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
