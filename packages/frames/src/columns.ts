import { arrowTypes, type ArrowType } from './arrow-type.ts';

/** What a column holds, in one word. Each is one Arrow type. */
export type ColumnKind = 'text' | 'coded' | 'float' | 'integer' | 'boolean' | 'time';

/** The runs frame: one row a task run. The columns of `evaluatorColumns` follow, for each evaluator. */
export const runColumns = {
  run_id: 'text',
  experiment_id: 'text',
  example_id: 'text',
  repetition: 'integer',
  attempts: 'integer',
  input: 'text',
  expected: 'text',
  output: 'text',
  metadata: 'text',
  status: 'coded',
  error: 'text',
  trace_id: 'text',
  start_time: 'time',
  end_time: 'time',
  latency_ms: 'float',
  wait_ms: 'float',
  cost_usd: 'float',
  prompt_tokens: 'integer',
  completion_tokens: 'integer',
} as const satisfies Record<string, ColumnKind>;

/** The columns of each evaluator in the runs frame, as `eval.NAME.score` and so on. */
export const evaluatorColumns = {
  status: 'coded',
  score: 'float',
  label: 'coded',
  explanation: 'text',
  error: 'text',
} as const satisfies Record<string, ColumnKind>;

/** The evaluations frame: one row an evaluation. */
export const evaluationColumns = {
  evaluation_id: 'text',
  run_id: 'text',
  experiment_id: 'text',
  example_id: 'text',
  name: 'text',
  repetition: 'integer',
  kind: 'coded',
  direction: 'coded',
  status: 'coded',
  label: 'coded',
  score: 'float',
  latency_ms: 'float',
  explanation: 'text',
  metadata: 'text',
  error: 'text',
  trace_id: 'text',
  start_time: 'time',
  end_time: 'time',
} as const satisfies Record<string, ColumnKind>;

/** The examples frame: one row an example. */
export const exampleColumns = {
  example_id: 'text',
  dataset_id: 'text',
  dataset_version_id: 'text',
  input: 'text',
  expected: 'text',
  metadata: 'text',
  splits: 'text',
} as const satisfies Record<string, ColumnKind>;

/** The columns that never hold a null. */
const required = new Set<string>([
  'run_id',
  'evaluation_id',
  'experiment_id',
  'example_id',
  'repetition',
  'status',
  'attempts',
]);

/** The name of an evaluator's column in the runs frame. */
export function evaluatorColumn(evaluator: string, part: keyof typeof evaluatorColumns): string {
  return `eval.${evaluator}.${part}`;
}

/** The evaluator and the part that a column of the runs frame is about; `null` for any other column. */
export function evaluatorOf(
  column: string,
): { readonly evaluator: string; readonly part: keyof typeof evaluatorColumns } | null {
  const match = /^eval\.(?<evaluator>.+)\.(?<part>status|score|label|explanation|error)$/s.exec(column);
  const evaluator = match?.groups?.['evaluator'];
  const part = match?.groups?.['part'];
  return evaluator === undefined || !isEvaluatorPart(part) ? null : { evaluator, part };
}

/** What a column of that name holds in our frames; `undefined` when no frame has it. */
export function kindByName(column: string): ColumnKind | undefined {
  const known: Readonly<Record<string, ColumnKind>> = { ...exampleColumns, ...evaluationColumns, ...runColumns };
  if (Object.hasOwn(known, column)) return known[column];
  const evaluator = evaluatorOf(column);
  return evaluator === null ? undefined : evaluatorColumns[evaluator.part];
}

/** The Arrow type of a kind of column. */
export function typeOfKind(kind: ColumnKind): ArrowType {
  return arrowTypes[kind];
}

/** Whether a column of that name may hold nulls. */
export function isNullable(column: string): boolean {
  return !required.has(column);
}

function isEvaluatorPart(part: string | undefined): part is keyof typeof evaluatorColumns {
  return part !== undefined && Object.hasOwn(evaluatorColumns, part);
}
