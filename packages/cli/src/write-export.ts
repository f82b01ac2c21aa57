import type { ExperimentStore, RanExperiment } from '@assay/core';
import { exportFormatOf } from './export-path.ts';
import { writeJson } from './write-json.ts';

/** What is exported: records at hand, or an experiment in a store. */
export type ExportSource = RanExperiment | StoredSource;

export interface StoredSource {
  /** A store that may keep what its records said before they were replaced. */
  readonly store: ExperimentStore;
  readonly experimentId: string;
}

export interface ExportOptions {
  /** A row per evaluation in place of a row per run. */
  readonly long?: boolean | undefined;
  /** Columns for the keys of objects, in place of JSON text. */
  readonly flatten?: boolean | undefined;
}

/**
 * Writes an experiment to a file, in the format of its extension. A file that is there already is replaced, and only once
 * the new one is whole.
 *
 * @throws AssayError `not-found` when there is no such folder, `full` or `unavailable` when it cannot be written.
 */
export async function writeExport(
  source: ExportSource,
  path: string,
  { long = false, flatten = false }: ExportOptions = {},
): Promise<void> {
  const format = exportFormatOf(path);
  if (format === 'json') return writeJson(source, path);
  // Loaded only here, as Arquero and Arrow would slow every other command down.
  const { evaluationsFrame, runsFrame } = await import('@assay/frames');
  const { writeParquet, writeTable } = await import('@assay/frames/files');
  if ('store' in source) {
    if (long) return writeTable(await evaluationsFrame(source), path);
    // By row group, so that a million runs fit in memory.
    return format === 'parquet'
      ? writeParquet(source, path, { flatten })
      : writeTable(await runsFrame(source, { flatten }), path);
  }
  return writeTable(long ? evaluationsFrame(source) : runsFrame(source, { flatten }), path);
}
