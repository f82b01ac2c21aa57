import { metadataKeys, withoutWireKeys } from '@assay/client/wire';
import type { EvaluationRunDraft, TaskRunDraft, Usage } from '@assay/core';
import type { z } from '@hono/zod-openapi';
import { Failure } from './failure.ts';
import { checkId } from './node-id.ts';
import type { JsonObject } from './schemas.ts';
import type { evaluationBody, taskRunBody } from './wire-records.ts';

/* Where the wire's words become ours. */

type NodeTaskRunDraft = Omit<TaskRunDraft, 'exampleId'> & { readonly exampleNodeId: string };
type NodeEvaluationDraft = Omit<EvaluationRunDraft, 'experimentId' | 'exampleId' | 'repetition'>;

/** @throws Failure 404 or 422 for ids of another kind, 422 for a run that ends before it starts. */
export function taskRunFromWire(experimentId: string, run: z.output<typeof taskRunBody>): NodeTaskRunDraft {
  if (run.end_time < run.start_time) throw new Failure(422, 'Expected end_time not to lie before start_time');
  return {
    experimentId,
    exampleNodeId: checkId('DatasetExample', run.dataset_example_id),
    repetition: run.repetition_number,
    output: run.output,
    error: run.error ?? null,
    traceId: run.trace_id ?? null,
    startedAt: run.start_time,
    ...measurementsFromWire(run, run.metadata ?? {}),
  };
}

/** @throws Failure 404 or 422 for ids of another kind, 422 without a result and an error. */
export function evaluationFromWire(evaluation: z.output<typeof evaluationBody>): NodeEvaluationDraft {
  const { result, name } = evaluation;
  const error = evaluation.error ?? null;
  if (!result && error === null) throw new Failure(422, 'Expected result or error to be given, got neither');
  // Clients put it in the result, where it does not belong.
  const metadata = { ...result?.metadata, ...evaluation.metadata };
  const direction = metadata[metadataKeys.direction];
  const isSkipped = metadata[metadataKeys.skipped] === true;
  return {
    taskRunId: checkId('ExperimentRun', evaluation.experiment_run_id),
    name,
    kind: evaluation.annotator_kind,
    direction: direction === 'minimize' || direction === 'neutral' ? direction : 'maximize',
    status: error !== null ? 'failed' : isSkipped ? 'skipped' : 'ok',
    // The official TypeScript client sends an empty result with every error.
    score: error === null ? (result?.score ?? null) : null,
    label: error === null ? (result?.label ?? null) : null,
    explanation: error === null ? (result?.explanation ?? null) : null,
    metadata: withoutWireKeys(metadata),
    error,
    traceId: evaluation.trace_id ?? null,
    startedAt: evaluation.start_time,
    ...measurementsFromWire(evaluation, metadata),
  };
}

/** Without our metadata: one attempt, that took from its start to its end. */
function measurementsFromWire(
  { start_time, end_time }: { readonly start_time: Date; readonly end_time: Date },
  metadata: JsonObject,
) {
  const attempts = metadata[metadataKeys.attempts];
  const endedAt = metadata[metadataKeys.endedAt];
  const elapsed = end_time.getTime() - start_time.getTime();
  const isOurs = metadataKeys.attempts in metadata;
  return {
    attempts: typeof attempts === 'number' && Number.isSafeInteger(attempts) && attempts >= 1 ? attempts : 1,
    endedAt: dateOf(endedAt) ?? end_time,
    latencyMs: isOurs ? numberOrNull(metadata[metadataKeys.latencyMs]) : elapsed < 0 ? null : elapsed,
    waitMs: numberOrNull(metadata[metadataKeys.waitMs]),
    usage: usageFrom(metadata[metadataKeys.usage]),
  };
}

function usageFrom(value: unknown): Usage | null {
  if (typeof value !== 'object' || value === null) return null;
  const { promptTokens, completionTokens, costUsd } = value as Readonly<Record<string, unknown>>;
  return {
    promptTokens: numberOrNull(promptTokens),
    completionTokens: numberOrNull(completionTokens),
    costUsd: numberOrNull(costUsd),
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function dateOf(value: unknown): Date | null {
  const date = typeof value === 'string' ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
