import type { ExperimentRecord } from './experiment-records.ts';

/** Which rows are wanted. What is left out does not limit them. */
export interface RowFilter {
  readonly status?: 'ok' | 'failed' | undefined;
  readonly evaluator?: string | undefined;
  readonly label?: string | undefined;
  readonly min_score?: number | undefined;
  readonly max_score?: number | undefined;
  readonly text?: string | undefined;
  readonly split?: string | undefined;
}

export function matches({ run, example, evaluations }: ExperimentRecord, filter: RowFilter): boolean {
  if (filter.status !== undefined && filter.status !== (run.error === null ? 'ok' : 'failed')) return false;
  if (filter.split !== undefined && !example.splits.includes(filter.split)) return false;
  if (filter.text !== undefined) {
    const sought = filter.text.toLowerCase();
    const texts = [example.input, example.expected, run.output, run.error].map((value) => cellText(value) ?? '');
    if (!texts.some((text) => text.toLowerCase().includes(sought))) return false;
  }
  if (filter.evaluator === undefined) return true;
  const evaluation = evaluations.find(({ name }) => name === filter.evaluator);
  if (!evaluation) return false;
  if (filter.label !== undefined && evaluation.label !== filter.label) return false;
  const { score } = evaluation;
  if (filter.min_score !== undefined && (score === null || score < filter.min_score)) return false;
  return filter.max_score === undefined || (score !== null && score <= filter.max_score);
}

/** A row of the runs frame. */
export function rowOf({
  run,
  example,
  evaluations,
  promptTokens,
  completionTokens,
}: ExperimentRecord): Record<string, unknown> {
  return {
    run_id: run.id,
    experiment_id: run.experimentId,
    example_id: run.exampleId,
    repetition: run.repetition,
    attempts: run.attempts,
    input: cellText(example.input),
    expected: cellText(example.expected),
    output: cellText(run.output),
    metadata: cellText(example.metadata),
    status: run.error === null ? 'ok' : 'failed',
    error: run.error,
    trace_id: run.traceId,
    start_time: run.startedAt.toISOString(),
    end_time: run.endedAt.toISOString(),
    latency_ms: run.latencyMs,
    wait_ms: run.waitMs,
    cost_usd: run.usage?.costUsd ?? null,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    ...Object.fromEntries(
      evaluations.flatMap(({ name, status, score, label, explanation, error }) =>
        Object.entries({ status, score, label, explanation, error }).map(([part, value]) => [
          `eval.${name}.${part}`,
          value,
        ]),
      ),
    ),
  };
}

/** Whether a row can have a column of this name. */
export function isColumn(name: string): boolean {
  return columns.has(name) || /^eval\..+\.(status|score|label|explanation|error)$/.test(name);
}

const columns = new Set([
  'run_id',
  'experiment_id',
  'example_id',
  'repetition',
  'attempts',
  'input',
  'expected',
  'output',
  'metadata',
  'status',
  'error',
  'trace_id',
  'start_time',
  'end_time',
  'latency_ms',
  'wait_ms',
  'cost_usd',
  'prompt_tokens',
  'completion_tokens',
]);

/** What a row is sorted by; `null` when it has no such thing. */
export function sortKey(record: ExperimentRecord, column: string): number | string | null {
  const value = rowOf(record)[column];
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/** A string as it is, anything else as JSON; `null` for nothing. */
function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
