import { measurementsFromWire, outcomeFromWire } from '@assay/client/wire';
import type { EvaluationRunDraft, TaskRunDraft } from '@assay/core';
import type { z } from '@hono/zod-openapi';
import { Failure } from './failure.ts';
import { checkId } from './node-id.ts';
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
  return {
    taskRunId: checkId('ExperimentRun', evaluation.experiment_run_id),
    name,
    kind: evaluation.annotator_kind,
    ...outcomeFromWire(result ?? {}, error, metadata),
    traceId: evaluation.trace_id ?? null,
    ...measurementsFromWire(evaluation, metadata),
  };
}
