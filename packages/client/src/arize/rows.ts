import { AssayError, needIterable, needObject } from '@assay/core';

/** A row of a table: a column's name and its value. */
export type Row = Readonly<Record<string, unknown>>;

/** Which columns a run is read from. */
export interface TaskFields {
  readonly exampleId: string;
  readonly output: string;
}

/** Which columns the verdicts of one evaluator are read from. `score` or `label` must be there. */
export interface EvaluatorColumns {
  readonly score?: string | undefined;
  readonly label?: string | undefined;
  readonly explanation?: string | undefined;
  /** Metadata keys, each with its column; `null`: the column of that name. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

/** How rows become runs. */
export interface RowMapping {
  /** Default: `{ exampleId: 'example_id', output: 'output' }`. */
  readonly taskFields?: TaskFields | undefined;
  /** By the name of the evaluator. */
  readonly evaluatorColumns?: Readonly<Record<string, EvaluatorColumns>> | undefined;
}

/** A run as Arize AX takes it: flat, with a text as its output. */
export type RunInput = Row & { readonly example_id: string; readonly output: string };

/**
 * Reads rows as runs. Columns that are named by no mapping go along under their own name; one column may serve several
 * evaluators.
 *
 * @throws AssayError `invalid-input` with the row, which counts from 1; `invalid-config` for a mapping without a column.
 */
export function runInputsOf(
  rows: Iterable<Row>,
  { taskFields = { exampleId: 'example_id', output: 'output' }, evaluatorColumns = {} }: RowMapping,
): RunInput[] {
  const columns = Object.entries(evaluatorColumns).flatMap(([name, evaluator]) => evaluationColumns(name, evaluator));
  const mapped = new Set([taskFields.exampleId, taskFields.output, ...columns.map(({ from }) => from)]);
  const given = needIterable('experimentRuns as a list of rows', rows);
  const runs = Array.from(given, (row, index) =>
    runInputOf(needObject(`row ${index + 1} as an object`, row), `row ${index + 1}`, taskFields, columns, mapped),
  );
  if (runs.length === 0) throw new AssayError('invalid-input', 'Expected at least one run, got none');
  return runs;
}

interface EvaluationColumn {
  readonly from: string;
  readonly to: string;
  readonly isScore: boolean;
}

function evaluationColumns(
  name: string,
  { score, label, explanation, metadata = {} }: EvaluatorColumns,
): EvaluationColumn[] {
  if (score === undefined && label === undefined) {
    throw new AssayError(
      'invalid-config',
      `Expected the columns of the evaluator ${name} to have a score or a label, got neither`,
    );
  }
  const parts = Object.entries({ score, label, explanation }).flatMap(([part, from]) =>
    from === undefined ? [] : [{ from, to: `eval.${name}.${part}`, isScore: part === 'score' }],
  );
  return [
    ...parts,
    ...Object.entries(metadata).map(([key, from]) => ({
      from: from ?? key,
      to: `eval.${name}.metadata.${key}`,
      isScore: false,
    })),
  ];
}

function runInputOf(
  row: Row,
  where: string,
  taskFields: TaskFields,
  columns: readonly EvaluationColumn[],
  mapped: ReadonlySet<string>,
): RunInput {
  const exampleId = row[taskFields.exampleId];
  if (typeof exampleId !== 'string' || exampleId === '') {
    throw new AssayError(
      'invalid-input',
      `Expected ${where} to have the id of an example in ${taskFields.exampleId}, got ${exampleId === undefined ? 'no such column' : JSON.stringify(exampleId)}`,
    );
  }
  if (!(taskFields.output in row))
    throw new AssayError(
      'invalid-input',
      `Expected ${where} to have an output in ${taskFields.output}, got no such column`,
    );
  const run: Record<string, unknown> = {};
  // A row of a table may have its columns on its prototype.
  for (const column in row) if (!mapped.has(column)) run[column] = cellOf(row[column], where, column);
  for (const { from, to, isScore } of columns) {
    const value = row[from];
    if (isScore && value !== null && value !== undefined && !Number.isFinite(value)) {
      throw new AssayError(
        'invalid-input',
        `Expected the score of ${where} in ${from} to be a finite number, got ${String(value)}`,
      );
    }
    if (value !== null && value !== undefined) run[to] = cellOf(value, where, from);
  }
  return { ...run, example_id: exampleId, output: outputText(row[taskFields.output], where) };
}

/** An output as text, which is all that AX takes: a text as it is, anything else as JSON, nothing as an empty text. */
export function outputText(output: unknown, where: string): string {
  if (output === null || output === undefined) return '';
  return typeof output === 'string' ? output : jsonOf(output, where, 'output');
}

/** A cell: AX takes flat values only, so that lists and objects become JSON. */
function cellOf(value: unknown, where: string, column: string): string | number | boolean | null {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
    return value ?? null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return String(value);
  return value instanceof Date ? value.toISOString() : jsonOf(value, where, column);
}

function jsonOf(value: unknown, where: string, column: string): string {
  try {
    const text = JSON.stringify(value);
    if (typeof text === 'string') return text;
  } catch {
    // Told below, as what cannot be written at all.
  }
  throw new AssayError('invalid-input', `Expected ${where} to have JSON in ${column}, got a ${typeof value}`);
}
