import { AssayError, evaluationRunOf, taskRunOf } from '@assay/core';
import type {
  DatasetInfo,
  DatasetVersion,
  EvaluationRun,
  Example,
  Experiment,
  Split,
  StoredEvaluationRun,
  StoredTaskRun,
  Tag,
  TaskRun,
  Usage,
} from '@assay/core';
import { globalId, readGlobalId, rowOf } from './global-id.ts';
import type { DatasetRow, VersionRow } from './operations/datasets.ts';
import type { EvaluationRunRow, NewEvaluationRun } from './operations/evaluation-runs.ts';
import type { ExampleRow } from './operations/examples.ts';
import type { ExperimentRow } from './operations/experiments.ts';
import type { SplitRow } from './operations/splits.ts';
import type { TagRow } from './operations/tags.ts';
import type { NewTaskRun, TaskRunRow } from './operations/task-runs.ts';
import type { CallColumns } from './call-columns.ts';

/**
 * Microseconds since 1970, as times are kept.
 *
 * @throws AssayError `invalid-input` before 1684 and after 2255, where they are no whole numbers of JavaScript's any more.
 */
export function microseconds(milliseconds: number): number {
  return storedTime(Math.round(milliseconds * 1000));
}

/** The time itself, in microseconds since 1970. @throws AssayError `invalid-input` when it could not be read back. */
export function storedTime(time: number): number {
  if (Number.isSafeInteger(time)) return time;
  const when = new Date(time / 1000);
  const shown = Number.isNaN(when.getTime()) ? String(time) : when.toISOString();
  throw new AssayError('invalid-input', `Expected a time between the years 1685 and 2255, got ${shown}`);
}

export function taskRunToRow(experimentId: string, run: StoredTaskRun): NewTaskRun {
  return {
    experiment_id: rowOf('Experiment', experimentId, 'experiment'),
    example_id: run.exampleId,
    example_row: exampleRow(run.exampleId),
    repetition: run.repetition,
    output: run.output,
    ...callToColumns(run),
  };
}

/** The row of an example whose id is its node id; `null` for an id of the user's own. */
export function exampleRow(exampleId: string): number | null {
  const read = readGlobalId(exampleId);
  return read?.type === 'DatasetExample' ? read.row : null;
}

/** The rows that ids of examples may stand for, as a JSON list. */
export function exampleRows(exampleIds: readonly string[]): string {
  return JSON.stringify(exampleIds.flatMap((id) => exampleRow(id) ?? []));
}

/** Above the store an example has one id: the user's own where there is one. */
function exampleIdOf(row: { readonly example_id: string | null; readonly example_row: number }): string {
  return row.example_id ?? globalId('DatasetExample', row.example_row);
}

export function taskRunFromRow(row: TaskRunRow): TaskRun {
  const run = { exampleId: exampleIdOf(row), repetition: row.repetition, output: row.output, ...callFromColumns(row) };
  return taskRunOf(globalId('ExperimentRun', row.id), globalId('Experiment', row.experiment_id), run);
}

/** A task run as it is kept, with the ids that it goes by. */
export function storedRunFromRow(row: TaskRunRow, experimentId: string) {
  return {
    id: globalId('ExperimentRun', row.id),
    experimentId,
    exampleNodeId: globalId('DatasetExample', row.example_row),
    repetition: row.repetition,
    output: row.output,
    error: row.error,
    attempts: row.attempts,
    startedAt: row.started_at / 1000,
    endedAt: row.ended_at / 1000,
    latencyMs: row.latency_ms,
    waitMs: row.wait_ms,
    traceId: row.trace_id,
    usage: usageFromColumns(row),
  };
}

export function evaluationRunToRow(run: StoredEvaluationRun): NewEvaluationRun {
  return {
    task_run_id: rowOf('ExperimentRun', run.taskRunId, 'task run'),
    name: run.name,
    kind: run.kind,
    direction: run.direction,
    status: run.status,
    score: run.score,
    label: run.label,
    explanation: run.explanation,
    metadata: run.metadata,
    ...callToColumns(run),
  };
}

export function evaluationRunFromRow(row: EvaluationRunRow): EvaluationRun {
  const of = {
    experimentId: globalId('Experiment', row.experiment_id),
    exampleId: exampleIdOf(row),
    repetition: row.repetition,
  };
  return evaluationRunOf(globalId('ExperimentEvaluation', row.id), of, {
    taskRunId: globalId('ExperimentRun', row.task_run_id),
    name: row.name,
    // The table holds nothing else.
    kind: row.kind as EvaluationRun['kind'],
    direction: row.direction as EvaluationRun['direction'],
    status: row.status as EvaluationRun['status'],
    score: row.score,
    label: row.label,
    explanation: row.explanation,
    metadata: row.metadata,
    ...callFromColumns(row),
  });
}

export function datasetFromRow(row: DatasetRow, splits: readonly string[] | null): DatasetInfo {
  return {
    id: globalId('Dataset', row.id),
    name: row.name,
    description: row.description,
    metadata: JSON.parse(row.metadata),
    versionId: globalId('DatasetVersion', row.version_id),
    splits,
    exampleCount: row.example_count,
    createdAt: dateOf(row.created_at),
    updatedAt: dateOf(row.updated_at),
  };
}

export function versionFromRow(row: VersionRow): DatasetVersion {
  return {
    id: globalId('DatasetVersion', row.id),
    datasetId: globalId('Dataset', row.dataset_id),
    description: row.description,
    metadata: JSON.parse(row.metadata),
    createdAt: dateOf(row.created_at),
  };
}

/** Above the store an example has one id: the user's own where there is one. */
export function exampleFromRow(row: ExampleRow): Example {
  return {
    id: row.external_id ?? globalId('DatasetExample', row.id),
    input: JSON.parse(row.input),
    expected: JSON.parse(row.expected),
    metadata: JSON.parse(row.metadata),
    splits: JSON.parse(row.splits),
  };
}

export function splitFromRow(row: SplitRow): Split {
  return {
    id: globalId('DatasetSplit', row.id),
    name: row.name,
    description: row.description,
    exampleCount: row.example_count,
  };
}

export function experimentFromRow(row: ExperimentRow): Experiment {
  const splits: readonly string[] = JSON.parse(row.splits);
  return {
    id: globalId('Experiment', row.id),
    name: row.name,
    description: row.description,
    metadata: JSON.parse(row.metadata),
    datasetId: globalId('Dataset', row.dataset_id),
    datasetVersionId: globalId('DatasetVersion', row.version_id),
    splits: splits.length === 0 ? null : splits,
    repetitions: row.repetitions,
    exampleCount: row.example_count,
    projectName: row.project_name,
    createdAt: dateOf(row.created_at),
  };
}

export function tagFromRow(row: TagRow): Tag {
  const { name, description } = row;
  return {
    id: globalId('ExperimentTag', row.id),
    experimentId: globalId('Experiment', row.experiment_id),
    name,
    description,
  };
}

export function dateOf(time: number): Date {
  return new Date(time / 1000);
}

type StoredCall = Omit<StoredTaskRun, 'exampleId' | 'repetition' | 'output'>;

function callToColumns(call: StoredCall): CallColumns {
  return {
    error: call.error,
    attempts: call.attempts,
    started_at: microseconds(call.startedAt),
    ended_at: microseconds(call.endedAt),
    latency_ms: call.latencyMs,
    wait_ms: call.waitMs,
    trace_id: call.traceId,
    prompt_tokens: call.usage?.promptTokens ?? null,
    completion_tokens: call.usage?.completionTokens ?? null,
    cost_usd: call.usage?.costUsd ?? null,
    cached_prompt_tokens: call.usage?.cachedPromptTokens ?? null,
    replayed_calls: call.usage?.replayedCalls ?? null,
  };
}

type UsageColumns = Pick<
  CallColumns,
  'prompt_tokens' | 'completion_tokens' | 'cost_usd' | 'cached_prompt_tokens' | 'replayed_calls'
>;

/** A record that was superseded before there were columns for cached and replayed calls has none of them. */
export function usageFromColumns(row: UsageColumns): Usage | null {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, cost_usd: costUsd } = row;
  const cached = row.cached_prompt_tokens ?? null;
  const replayed = row.replayed_calls ?? null;
  if (promptTokens === null && completionTokens === null && costUsd === null && cached === null && replayed === null)
    return null;
  return {
    promptTokens,
    completionTokens,
    costUsd,
    ...(cached === null ? {} : { cachedPromptTokens: cached }),
    ...(replayed === null ? {} : { replayedCalls: replayed }),
  };
}

function callFromColumns(row: CallColumns): StoredCall {
  return {
    error: row.error,
    attempts: row.attempts,
    startedAt: row.started_at / 1000,
    endedAt: row.ended_at / 1000,
    latencyMs: row.latency_ms,
    waitMs: row.wait_ms,
    traceId: row.trace_id,
    usage: usageFromColumns(row),
  };
}
