import type { ColumnTable } from 'arquero';
import { RunsFrameBuilder, type RunsFrameOptions } from './runs-builder.ts';
import {
  type AsyncRecordSource,
  experimentOf,
  isRecordSource,
  checkSource,
  isStored,
  readExperiment,
  readPages,
  type RecordPage,
  type RecordSource,
  type RecordStore,
  type StoredExperiment,
} from './source.ts';
import type { RunsFrame } from './typed-frame.ts';

/**
 * One row a task run, with its example and the verdicts of every evaluator, ordered by (dataset order, repetition).
 *
 * From a store it is read a page at a time and kept as Arrow data, so that a million runs fit in a gigabyte. A run that
 * was planned and never saved has no row.
 *
 * @example
 * ```ts
 * import { createMemoryStore, runExperiment } from '@assay/core';
 * import { runsFrame } from '@assay/frames';
 *
 * const store = createMemoryStore();
 * const experiment = await runExperiment({
 *   dataset: [{ input: 'Capital of Peru?', expected: 'Lima' }],
 *   task: () => 'Lima',
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 *   store,
 * });
 *
 * const frame = runsFrame(experiment);
 * const same = await runsFrame(store, experiment.id);
 * ```
 */
export function runsFrame(source: RecordSource, options?: RunsFrameOptions): RunsFrame;
export function runsFrame(source: StoredExperiment | AsyncRecordSource, options?: RunsFrameOptions): Promise<RunsFrame>;
export function runsFrame(store: RecordStore, experimentId: string, options?: RunsFrameOptions): Promise<RunsFrame>;
export function runsFrame(
  source: RecordSource | AsyncRecordSource | StoredExperiment | RecordStore,
  idOrOptions: string | RunsFrameOptions = {},
  storeOptions: RunsFrameOptions = {},
): ColumnTable | Promise<ColumnTable> {
  if (typeof idOrOptions === 'string')
    return fromStore({ store: source as RecordStore, experimentId: idOrOptions }, storeOptions);
  checkSource(source);
  if (isStored(source)) return fromStore(source, idOrOptions);
  const records = source as RecordSource | AsyncRecordSource;
  return isRecordSource(records) ? fromRecords(records, idOrOptions) : fromAsyncRecords(records, idOrOptions);
}

/** Gives a page of records to the builder. */
export function addPage(builder: RunsFrameBuilder, { examples, taskRuns, evaluationRuns }: RecordPage): void {
  for (const example of examples) builder.addExample(example);
  for (const run of taskRuns) builder.addTaskRun(run);
  for (const run of evaluationRuns) builder.addEvaluationRun(run);
}

function fromRecords(source: RecordSource, options: RunsFrameOptions): ColumnTable {
  const builder = new RunsFrameBuilder(options);
  builder.setExperiment(experimentOf(source));
  for (const example of source.examples) builder.addExample(example);
  for (const run of source.taskRuns) builder.addTaskRun(run);
  for (const run of source.evaluationRuns) builder.addEvaluationRun(run);
  return builder.table();
}

async function fromAsyncRecords(source: AsyncRecordSource, options: RunsFrameOptions): Promise<ColumnTable> {
  const builder = new RunsFrameBuilder(options);
  builder.setExperiment(source.experiment);
  for await (const example of source.examples) builder.addExample(example);
  for await (const run of source.taskRuns) builder.addTaskRun(run);
  for await (const run of source.evaluationRuns) builder.addEvaluationRun(run);
  return builder.table();
}

async function fromStore(stored: StoredExperiment, options: RunsFrameOptions): Promise<ColumnTable> {
  const experiment = await readExperiment(stored);
  const builder = new RunsFrameBuilder(options);
  builder.setExperiment(experiment);
  for await (const page of readPages(stored, experiment)) addPage(builder, page);
  return builder.table();
}
