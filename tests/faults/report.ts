import { appendFileSync } from 'node:fs';

/** Adds a row to a table of `npm run faults`, which prints them all at its end. Without it, nothing is written. */
export function report(table: string, row: Readonly<Record<string, string | number>>): void {
  const file = process.env['ASSAY_FAULTS_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify({ table, row })}\n`);
}

/** The value below which that share of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
