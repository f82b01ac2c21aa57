import type { ExampleComparisonRow } from './comparison.ts';
import type { CandidateColumns } from './comparison-row.ts';
import type { ExampleMeans } from './example-means.ts';
import type { MetricSource } from './metric-source.ts';
import { usedCodes } from './pairing.ts';
import { changeOf } from './verdict.ts';

/** A row per example of either side: the base's examples in order, then those only the candidate has. */
export function exampleRows(
  metric: string,
  base: MetricSource,
  { name, source, pairing }: CandidateColumns,
  ofBase: ExampleMeans | null,
  ofCandidate: ExampleMeans | null,
): readonly ExampleComparisonRow[] {
  const direction = ofBase?.direction ?? ofCandidate?.direction ?? 'maximize';
  const row = (exampleId: string, baseCode: number, candidateCode: number): ExampleComparisonRow => {
    const before = valueAt(ofBase, baseCode);
    const value = valueAt(ofCandidate, candidateCode);
    const difference = before === null || value === null ? null : value - before;
    return {
      example_id: exampleId,
      metric,
      candidate: name,
      base: before,
      value,
      difference,
      change: changeOf(difference, direction),
    };
  };
  const used = usedCodes(base);
  const rows: ExampleComparisonRow[] = [];
  base.examples.dictionary.forEach((id, code) => {
    const other = pairing.candidateOf[code]!;
    if (used[code] === 1 || other >= 0) rows.push(row(id, code, other));
  });
  for (const code of pairing.onlyCandidate) rows.push(row(source.examples.dictionary[code]!, -1, code));
  return rows;
}

function valueAt(means: ExampleMeans | null, code: number): number | null {
  const value = code < 0 || means === null ? NaN : (means.means[code] ?? NaN);
  return Number.isNaN(value) ? null : value;
}
