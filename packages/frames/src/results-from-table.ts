import type { TaskRunDraft, Usage } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { type EvaluatorFields, evaluatorReaders, type ImportedEvaluation } from './evaluator-columns.ts';
import { ColumnCells } from './table-cell.ts';

/** Which columns a task run is read from. */
export interface TaskFields {
  readonly exampleId: string;
  readonly output: string;
  readonly error?: string | undefined;
  readonly repetition?: string | undefined;
  readonly latencyMs?: string | undefined;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly traceId?: string | undefined;
  readonly promptTokens?: string | undefined;
  readonly completionTokens?: string | undefined;
  readonly costUsd?: string | undefined;
  readonly metadata?: string | undefined;
}

export interface ResultsMapping {
  readonly taskFields: TaskFields;
  /** By the name of the evaluator. */
  readonly evaluatorColumns?: Readonly<Record<string, EvaluatorFields>> | undefined;
  /** Takes an output that is the text of a JSON object or list for that. Default false: text stays text. */
  readonly json?: boolean | undefined;
  /** The ids that the dataset has. Rows of any other are reported and left out. Without it none is looked up. */
  readonly exampleIds?: Iterable<string> | undefined;
}

/** A task run and its verdicts, before they belong to an experiment. */
export interface ImportedRun {
  /** Counts from 1. */
  readonly row: number;
  readonly taskRun: Omit<TaskRunDraft, 'experimentId'>;
  readonly evaluationRuns: readonly ImportedEvaluation[];
  /** What the `metadata` column holds, since a task run has no place for it. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The rows that gave no run, counting from 1. */
export interface ResultsReport {
  /** How many rows the table has. */
  readonly rows: number;
  /** Without an example id. */
  readonly withoutExample: readonly number[];
  /** Of an example that the dataset does not have. */
  readonly unknownExample: readonly { readonly row: number; readonly exampleId: string }[];
  /** Of an example and repetition that an earlier row has. */
  readonly doubled: readonly {
    readonly row: number;
    readonly firstRow: number;
    readonly exampleId: string;
    readonly repetition: number;
  }[];
  /** With neither an output nor an error. */
  readonly withoutOutput: readonly number[];
}

/** What a store or a client saves, and what was left out. */
export interface ImportedResults {
  readonly runs: readonly ImportedRun[];
  readonly report: ResultsReport;
}

/**
 * Results that were computed elsewhere, a row each, ready to be saved.
 *
 * Without times, a run has no latency and begins now. An evaluator whose cells are all empty has no verdict on that row.
 *
 * @example
 * ```ts
 * import { fromJSONL, resultsFromTable } from '@assay/frames';
 *
 * const table = fromJSONL('{"example_id":"peru","output":"Lima","correct":1}\n');
 * const { runs, report } = resultsFromTable(table, {
 *   taskFields: { exampleId: 'example_id', output: 'output' },
 *   evaluatorColumns: { correctness: { score: 'correct' } },
 * });
 * ```
 *
 * @throws AssayError `invalid-input` with the row and the column: a column that is not there, a score that is no finite
 * number, a label that is no text, a run that ends before it starts. `invalid-config` for an evaluator without a name or
 * without a column.
 */
export function resultsFromTable(table: ColumnTable, mapping: ResultsMapping): ImportedResults {
  const fields: unknown = (mapping as ResultsMapping | undefined)?.taskFields;
  if (typeof fields !== 'object' || fields === null || !('exampleId' in fields && 'output' in fields))
    throw new AssayError(
      'invalid-config',
      'Expected taskFields to name the columns of exampleId and output, got not both',
    );
  const task = taskReader(table, mapping);
  const evaluators = evaluatorReaders(table, mapping.evaluatorColumns ?? {});
  const known = mapping.exampleIds === undefined ? null : new Set(mapping.exampleIds);
  const firstRows = new Map<string, number>();
  const runs: ImportedRun[] = [];
  const report = {
    rows: table.numRows(),
    withoutExample: [] as number[],
    unknownExample: [] as ResultsReport['unknownExample'][number][],
    doubled: [] as ResultsReport['doubled'][number][],
    withoutOutput: [] as number[],
  };

  for (let index = 0; index < report.rows; index++) {
    const row = index + 1;
    const exampleId = task.exampleId(index);
    if (exampleId === null || exampleId === '') {
      report.withoutExample.push(row);
      continue;
    }
    if (known !== null && !known.has(exampleId)) {
      report.unknownExample.push({ row, exampleId });
      continue;
    }
    const taskRun = task.read(index, exampleId);
    const key = JSON.stringify([exampleId, taskRun.repetition]);
    const firstRow = firstRows.get(key);
    if (firstRow !== undefined) {
      report.doubled.push({ row, firstRow, exampleId, repetition: taskRun.repetition });
      continue;
    }
    firstRows.set(key, row);
    if (taskRun.output === null && taskRun.error === null) {
      report.withoutOutput.push(row);
      continue;
    }
    runs.push({
      row,
      taskRun,
      evaluationRuns: evaluators.flatMap((read) => read(index, taskRun) ?? []),
      metadata: task.metadata(index),
    });
  }
  return { runs, report };
}

type TaskRunPart = ImportedRun['taskRun'];

interface TaskReader {
  exampleId(row: number): string | null;
  read(row: number, exampleId: string): TaskRunPart;
  metadata(row: number): Readonly<Record<string, unknown>>;
}

function taskReader(table: ColumnTable, { taskFields, json }: ResultsMapping): TaskReader {
  const cells = (name: string | undefined): ColumnCells | null =>
    name === undefined ? null : new ColumnCells(table, name);
  const ids = new ColumnCells(table, taskFields.exampleId);
  const outputs = new ColumnCells(table, taskFields.output);
  const [errors, repetitions, latencies, traceIds] = [
    taskFields.error,
    taskFields.repetition,
    taskFields.latencyMs,
    taskFields.traceId,
  ].map(cells);
  const usage = usageReader(
    cells(taskFields.promptTokens),
    cells(taskFields.completionTokens),
    cells(taskFields.costUsd),
  );
  const times = timeReader(cells(taskFields.startTime), cells(taskFields.endTime));
  const metadata = cells(taskFields.metadata);
  return {
    exampleId: (row) => ids.id(row),
    metadata: (row) => metadata?.object(row) ?? {},
    read(row, exampleId) {
      const error = errors?.text(row) || null;
      const { startedAt, endedAt, latencyMs } = times(row);
      return {
        exampleId,
        repetition: repetitions?.count(row, 1) ?? 1,
        output: error !== null ? null : json === true ? outputs.parsedValue(row) : outputs.value(row),
        error,
        attempts: 1,
        startedAt,
        endedAt,
        latencyMs: latencies?.amount(row) ?? latencyMs,
        waitMs: null,
        traceId: traceIds?.text(row) ?? null,
        usage: usage(row),
      };
    },
  };
}

interface Times {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly latencyMs: number | null;
}

function timeReader(starts: ColumnCells | null, ends: ColumnCells | null): (row: number) => Times {
  const now = new Date();
  return (row) => {
    const start = starts?.time(row) ?? null;
    const end = ends?.time(row) ?? null;
    if (start !== null && end !== null && end < start) {
      throw new AssayError(
        'invalid-input',
        `Expected column '${ends?.name}' to hold a time after '${starts?.name}', got ${end.toISOString()} in row ${row + 1}`,
      );
    }
    const latencyMs = start === null || end === null ? null : end.getTime() - start.getTime();
    return { startedAt: start ?? end ?? now, endedAt: end ?? start ?? now, latencyMs };
  };
}

function usageReader(
  prompt: ColumnCells | null,
  completion: ColumnCells | null,
  cost: ColumnCells | null,
): (row: number) => Usage | null {
  return (row) => {
    const usage = {
      promptTokens: prompt?.count(row, 0) ?? null,
      completionTokens: completion?.count(row, 0) ?? null,
      costUsd: cost?.amount(row) ?? null,
    };
    return Object.values(usage).every((value) => value === null) ? null : usage;
  };
}
