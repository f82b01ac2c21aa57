import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { toParquetBatches } from './arrow-write.ts';
import { readyTable } from './ready-table.ts';
import { RunsFrameBuilder, type RunsFrameOptions, type RunsFrameShape } from './runs-builder.ts';
import { addPage } from './runs-frame.ts';
import { readExperiment, readPages, type StoredExperiment } from './source.ts';

/** Task runs of one row group. */
const runsPerGroup = 32_768;

/**
 * The runs frame of a stored experiment as Arrow IPC streams, one for each row group, so that no more than a group is in
 * memory.
 *
 * All groups need the columns of all evaluators, which are known when everything was read. The first group tells them as
 * a rule; when a later one has another evaluator, `LateColumns` is thrown, and all is written again by `learnShape`.
 */
export async function* experimentBatches(
  stored: StoredExperiment,
  options: RunsFrameOptions,
  known: RunsFrameShape | null,
): AsyncGenerator<Uint8Array> {
  const experiment = await readExperiment(stored);
  let shape = known;
  let builder = new RunsFrameBuilder(options);
  let groups = 0;

  function* flush(): Generator<Uint8Array> {
    builder.setExperiment(experiment);
    shape ??= builder.shape();
    if (builder.isBeyond(shape)) throw new LateColumns();
    yield* toParquetBatches(builder.table(shape));
    builder = new RunsFrameBuilder(options);
    groups++;
  }

  for await (const page of readPages(stored, experiment)) {
    addPage(builder, page);
    if (builder.length >= runsPerGroup) yield* flush();
  }
  if (builder.length > 0 || groups === 0) yield* flush();
}

/** Thrown when a column turns up after the first row group was written without it. */
export class LateColumns extends Error {}

/** Reads all records once, for the evaluators and for the keys of `flatten`. */
export async function learnShape(stored: StoredExperiment, options: RunsFrameOptions): Promise<RunsFrameShape> {
  const experiment = await readExperiment(stored);
  const builder = new RunsFrameBuilder(options, 'shape only');
  builder.setExperiment(experiment);
  for await (const page of readPages(stored, experiment)) addPage(builder, page);
  return builder.shape();
}

/**
 * Tables that follow each other as Arrow IPC streams of one schema.
 *
 * @throws AssayError `invalid-input` when a table has other columns or types than the first.
 */
export async function* tableBatches(
  tables: Iterable<ColumnTable> | AsyncIterable<ColumnTable>,
): AsyncGenerator<Uint8Array> {
  let first: string | null = null;
  let count = 0;
  for await (const table of tables) {
    count++;
    const schema = JSON.stringify(readyTable(table).columns.map(({ name, type }) => [name, type]));
    first ??= schema;
    if (schema !== first)
      throw new AssayError('invalid-input', `Expected table ${count} to have the columns and types of the first`);
    yield* toParquetBatches(table, { nullable: true });
  }
  if (count === 0) throw new AssayError('invalid-input', 'Expected at least one table, got none');
}
