import { AssayError } from '@assay/core/errors';
import type { ComparisonRow } from './comparison.ts';
import type { CandidateColumns } from './comparison-row.ts';
import { countOverfull, type ExampleMeans } from './example-means.ts';
import type { MetricSource } from './metric-source.ts';

/** @throws AssayError `invalid-config` when the datasets differ; another version, and no shared example, are warnings. */
export function checkDatasets(
  base: MetricSource,
  { name, source, pairing }: CandidateColumns,
  warnings: string[],
): void {
  if (base.datasetId !== null && source.datasetId !== null && base.datasetId !== source.datasetId) {
    throw new AssayError(
      'invalid-config',
      `Expected '${name}' to be an experiment on dataset ${base.datasetId} of the base, got dataset ${source.datasetId}`,
    );
  }
  if (
    base.datasetVersionId !== null &&
    source.datasetVersionId !== null &&
    base.datasetVersionId !== source.datasetVersionId
  ) {
    warnings.push(
      `'${name}' ran on version ${source.datasetVersionId} of the dataset, the base on ${base.datasetVersionId}: an example may have changed under the same id`,
    );
  }
  if (!pairing.candidateOf.some((code) => code >= 0)) warnings.push(`'${name}' shares no example id with the base`);
}

/** Warns of examples that have a row too many. */
export function warnOfDoubles(
  sources: readonly { readonly name: string; readonly source: MetricSource }[],
  warnings: string[],
): void {
  for (const { name, source } of sources) {
    const overfull = countOverfull(source);
    if (overfull > 0)
      warnings.push(`${name}: ${overfull} examples have more task runs than repetitions; all of them are averaged`);
  }
}

/** Warns of a metric on whose direction the sides do not agree. */
export function warnOfDirections(
  metric: string,
  candidate: string,
  [base, other]: readonly [base: ExampleMeans | null, candidate: ExampleMeans | null],
  warnings: string[],
): void {
  if (base === null || other === null || base.direction === other.direction) return;
  // One that was never called may stand there with a direction that nobody has said.
  if (base.scoredRuns === 0 || other.scoredRuns === 0) return;
  warnings.push(`${metric}: '${candidate}' says ${other.direction}, the base ${base.direction}, which is taken`);
}

/** Warns of examples without a pair. */
export function warnOfMissing(rows: readonly ComparisonRow[], warnings: string[]): void {
  for (const { metric, candidate, n_missing, n_paired } of rows) {
    if (n_missing > 0)
      warnings.push(
        `${metric}, '${candidate}': ${n_missing} of ${n_missing + n_paired} examples have no pair of values`,
      );
  }
}
