import type { Direction, EvaluationRunDraft, EvaluatorKind, TaskRunDraft } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { ColumnCells } from './table-cell.ts';

/** Which columns the verdicts of one evaluator are read from. */
export interface EvaluatorFields {
  readonly score?: string | undefined;
  readonly label?: string | undefined;
  readonly explanation?: string | undefined;
  readonly metadata?: string | undefined;
  /** Default `CODE`. */
  readonly kind?: EvaluatorKind | undefined;
  /** Default `maximize`. */
  readonly direction?: Direction | undefined;
}

/** A verdict before it belongs to an experiment. */
export type ImportedEvaluation = Omit<EvaluationRunDraft, 'experimentId' | 'taskRunId'>;

type JudgedRun = Pick<TaskRunDraft, 'exampleId' | 'repetition' | 'error' | 'startedAt' | 'endedAt'>;

/** Reads a row's verdict of one evaluator; `null` where the row has none. */
type EvaluatorReader = (row: number, run: JudgedRun) => ImportedEvaluation | null;

/** @throws AssayError `invalid-config` for an evaluator without a name or a column, of another kind or direction, or twice. */
export function evaluatorReaders(
  table: ColumnTable,
  evaluatorColumns: Readonly<Record<string, EvaluatorFields>>,
): readonly EvaluatorReader[] {
  const columns = Object.entries(evaluatorColumns).map(([name, fields]) => [name.trim(), fields] as const);
  checkEvaluators(columns);
  return columns.map(([name, fields]) => evaluatorReader(table, name, fields));
}

/** Before a row is read: what is saved under a wrong kind or direction turns a comparison around. */
function checkEvaluators(columns: readonly (readonly [name: string, fields: EvaluatorFields])[]): void {
  const invalid = (expected: string): AssayError => new AssayError('invalid-config', `Expected ${expected}`);
  for (const [at, [name, fields]] of columns.entries()) {
    if (name === '') throw invalid('the name of an evaluator, got the empty text');
    if (columns.findIndex(([other]) => other === name) < at)
      throw invalid(`every evaluator to have its own name, got '${name}' twice`);
    if (typeof fields !== 'object' || fields === null)
      throw invalid(`evaluator '${name}' to be { score, label, explanation }, got ${String(fields)}`);
    const { kind = 'CODE', direction = 'maximize' } = fields;
    if (!['CODE', 'LLM', 'HUMAN'].includes(kind))
      throw invalid(`kind of evaluator '${name}' to be CODE, LLM or HUMAN, got '${String(kind)}'`);
    if (!['maximize', 'minimize', 'neutral'].includes(direction))
      throw invalid(`direction of evaluator '${name}' to be maximize, minimize or neutral, got '${String(direction)}'`);
  }
}

function evaluatorReader(table: ColumnTable, name: string, fields: EvaluatorFields): EvaluatorReader {
  const cells = (column: string | undefined): ColumnCells | null =>
    column === undefined ? null : new ColumnCells(table, column);
  const [scores, labels, explanations, metadata] = [
    fields.score,
    fields.label,
    fields.explanation,
    fields.metadata,
  ].map(cells);
  if (!scores && !labels && !explanations) {
    throw new AssayError(
      'invalid-config',
      `Expected evaluator '${name}' to name a column for its score, label or explanation`,
    );
  }
  return (row, run) => {
    const score = scores?.number(row) ?? null;
    const label = labels?.text(row) ?? null;
    const explanation = explanations?.text(row) ?? null;
    // Failed runs are not evaluated, and no verdict is no score.
    if (run.error !== null || (score === null && label === null && explanation === null)) return null;
    return {
      exampleId: run.exampleId,
      repetition: run.repetition,
      name,
      kind: fields.kind ?? 'CODE',
      direction: fields.direction ?? 'maximize',
      status: 'ok',
      score,
      label,
      explanation,
      metadata: metadata?.object(row) ?? {},
      error: null,
      attempts: 1,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      latencyMs: null,
      waitMs: null,
      traceId: null,
      usage: null,
    };
  };
}
