import type { Direction, EvaluationRun, Example, Experiment } from '@assay/core';
import type { ColumnTable } from 'arquero';
import { cellText } from './cell-text.ts';
import { CodedBuilder, FloatBuilder, Growing, IntegerBuilder, TextBuilder, TimeBuilder } from './column/builder.ts';
import { Coder } from './column/coded.ts';
import { infoOf } from './frame-info.ts';
import { frameTable } from './frame-table.ts';
import { columnsOf } from './run-rows.ts';
import {
  type AsyncRecordSource,
  experimentOf,
  isRecordSource,
  checkSource,
  isStored,
  readExperiment,
  readPages,
  type RecordSource,
  type RecordStore,
  type StoredExperiment,
} from './source.ts';
import type { EvaluationsFrame } from './typed-frame.ts';

/**
 * One row an evaluation, ordered by (dataset order, repetition, evaluator in order of first appearance).
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { evaluationsFrame } from '@assay/frames';
 * import { op } from 'arquero';
 *
 * const experiment = await runExperiment({
 *   dataset: [{ input: 'Capital of Peru?', expected: 'Lima' }],
 *   task: () => 'Lima',
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 * });
 *
 * const scores = evaluationsFrame(experiment).groupby('name').rollup({ mean: op.mean('score') });
 * ```
 */
export function evaluationsFrame(source: RecordSource): EvaluationsFrame;
export function evaluationsFrame(source: StoredExperiment | AsyncRecordSource): Promise<EvaluationsFrame>;
export function evaluationsFrame(store: RecordStore, experimentId: string): Promise<EvaluationsFrame>;
export function evaluationsFrame(
  source: RecordSource | AsyncRecordSource | StoredExperiment | RecordStore,
  experimentId?: string,
): ColumnTable | Promise<ColumnTable> {
  if (experimentId !== undefined) return fromStore({ store: source as RecordStore, experimentId });
  checkSource(source);
  if (isStored(source)) return fromStore(source);
  const records = source as RecordSource | AsyncRecordSource;
  return isRecordSource(records) ? fromRecords(records) : fromAsyncRecords(records);
}

function fromRecords(source: RecordSource): ColumnTable {
  const rows = new EvaluationRows();
  for (const { id } of source.examples) rows.addExample(id);
  for (const run of source.evaluationRuns) rows.push(run);
  return rows.table(experimentOf(source));
}

async function fromAsyncRecords(source: AsyncRecordSource): Promise<ColumnTable> {
  const rows = new EvaluationRows();
  for await (const { id } of source.examples) rows.addExample(id);
  for await (const run of source.evaluationRuns) rows.push(run);
  return rows.table(source.experiment);
}

async function fromStore(stored: StoredExperiment): Promise<ColumnTable> {
  const experiment = await readExperiment(stored);
  const rows = new EvaluationRows();
  for await (const page of readPages(stored, experiment)) {
    for (const { id } of page.examples) rows.addExample(id);
    for (const run of page.evaluationRuns) rows.push(run);
  }
  return rows.table(experiment);
}

class EvaluationRows {
  readonly #examples = new Coder();
  readonly #evaluators = new Coder();
  readonly #directions: Record<string, Direction> = Object.create(null) as Record<string, Direction>;
  readonly #exampleCodes = new Growing(Int32Array);
  readonly #repetitions = new Growing(Int32Array);
  readonly #evaluatorCodes = new Growing(Int32Array);
  readonly #columns = {
    evaluation_id: new TextBuilder(),
    run_id: new TextBuilder(),
    experiment_id: new CodedBuilder(),
    example_id: new CodedBuilder(),
    name: new CodedBuilder(),
    repetition: new IntegerBuilder(),
    kind: new CodedBuilder(),
    direction: new CodedBuilder(),
    status: new CodedBuilder(),
    label: new CodedBuilder(),
    score: new FloatBuilder(),
    latency_ms: new FloatBuilder(),
    explanation: new TextBuilder(),
    metadata: new TextBuilder(),
    error: new TextBuilder(),
    trace_id: new TextBuilder(),
    start_time: new TimeBuilder(),
    end_time: new TimeBuilder(),
  };

  addExample(id: Example['id']): void {
    this.#examples.code(id);
  }

  push(run: EvaluationRun): void {
    const columns = this.#columns;
    this.#exampleCodes.push(this.#examples.code(run.exampleId));
    this.#repetitions.push(run.repetition);
    this.#evaluatorCodes.push(this.#evaluators.code(run.name));
    this.#directions[run.name] = run.direction;
    columns.evaluation_id.push(run.id);
    columns.run_id.push(run.taskRunId);
    columns.experiment_id.push(run.experimentId);
    columns.example_id.push(run.exampleId);
    columns.name.push(run.name);
    columns.repetition.push(run.repetition);
    columns.kind.push(run.kind);
    columns.direction.push(run.direction);
    columns.status.push(run.status);
    columns.label.push(run.label);
    columns.score.push(run.score);
    columns.latency_ms.push(run.latencyMs);
    columns.explanation.push(run.explanation);
    columns.metadata.push(cellText(run.metadata));
    columns.error.push(run.error);
    columns.trace_id.push(run.traceId);
    columns.start_time.push(run.startedAt);
    columns.end_time.push(run.endedAt);
  }

  table(experiment: Experiment): ColumnTable {
    return frameTable(columnsOf(this.#columns, this.#order()), infoOf(experiment, { ...this.#directions }));
  }

  #order(): Int32Array | null {
    const keys = [this.#exampleCodes.filled(), this.#repetitions.filled(), this.#evaluatorCodes.filled()];
    const compare = (a: number, b: number): number => {
      for (const key of keys) {
        const difference = (key[a] ?? 0) - (key[b] ?? 0);
        if (difference !== 0) return difference;
      }
      return 0;
    };
    for (let row = 1; row < this.#repetitions.length; row++) {
      if (compare(row - 1, row) > 0)
        return Int32Array.from({ length: this.#repetitions.length }, (_, index) => index).sort(compare);
    }
    return null;
  }
}
