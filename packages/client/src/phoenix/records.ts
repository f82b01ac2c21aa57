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
} from '@assay/core';
import type { WireDataset, WireDatasetVersion, WireExample, WireSplit } from '../wire/dataset.ts';
import type { WireEvaluation, WireExperiment, WireTag, WireTaskRun } from '../wire/experiment.ts';
import { measurementsFromWire, measurementsToWire, timesToWire } from '../wire/measurements.ts';
import { splitsKey, withoutWireKeys } from '../wire/metadata.ts';
import { evaluationMetadataToWire, outcomeFromWire } from '../wire/outcome.ts';
import { expectedFromWire, type JsonObject, valueFromWire } from '../wire/value.ts';

/* Where the wire's words and ours meet. */

export function datasetFromWire(
  dataset: WireDataset,
  versionId: string,
  pin: { readonly splits: readonly string[] | null; readonly exampleCount: number },
): DatasetInfo {
  return {
    id: dataset.id,
    name: dataset.name,
    description: textOrNull(dataset.description),
    metadata: dataset.metadata ?? {},
    versionId,
    splits: pin.splits,
    exampleCount: pin.exampleCount,
    createdAt: dataset.created_at,
    updatedAt: dataset.updated_at,
  };
}

export function versionFromWire(datasetId: string, version: WireDatasetVersion): DatasetVersion {
  return {
    id: version.version_id,
    datasetId,
    description: textOrNull(version.description),
    metadata: version.metadata ?? {},
    createdAt: version.created_at,
  };
}

export function exampleFromWire(example: WireExample): Example {
  return {
    id: example.id,
    input: valueFromWire(example.input),
    expected: expectedFromWire(example.output ?? {}),
    metadata: example.metadata ?? {},
    splits: [...(example.splits ?? [])].sort(),
  };
}

export function splitFromWire({ id, name, description, example_count }: WireSplit): Split {
  return { id, name, description: textOrNull(description), exampleCount: example_count };
}

export function experimentFromWire(experiment: WireExperiment): Experiment {
  const metadata = experiment.metadata ?? {};
  const splits = metadata[splitsKey];
  return {
    id: experiment.id,
    name: experiment.name,
    description: textOrNull(experiment.description),
    metadata: withoutWireKeys(metadata),
    datasetId: experiment.dataset_id,
    datasetVersionId: experiment.dataset_version_id,
    splits: Array.isArray(splits) ? splits.map(String) : null,
    repetitions: experiment.repetitions,
    exampleCount: experiment.example_count,
    projectName: experiment.project_name ?? null,
    createdAt: experiment.created_at,
  };
}

export function tagFromWire(experimentId: string, { id, name, description }: WireTag): Tag {
  return { id, experimentId, name, description: description ?? null };
}

/** @param exampleId - The example's id above the store; the wire has its node id. */
export function taskRunFromWire(run: WireTaskRun, exampleId: string): TaskRun {
  const error = run.error === '' ? 'Unknown error' : (run.error ?? null);
  return {
    id: run.id,
    experimentId: run.experiment_id,
    exampleId,
    repetition: run.repetition_number,
    output: error === null ? (run.output ?? null) : null,
    error,
    traceId: run.trace_id ?? null,
    ...measurementsFromWire(run, run.metadata ?? {}),
  };
}

export function taskRunToWire(run: StoredTaskRun, nodeId: string): JsonObject {
  return {
    dataset_example_id: nodeId,
    // A run that gives nothing must say so: without the key Phoenix refuses it.
    output: JSON.parse(run.output),
    repetition_number: run.repetition,
    ...timesToWire(run),
    trace_id: run.traceId,
    error: run.error,
    metadata: measurementsToWire(run),
  };
}

/** An evaluation has no id of its own on the wire: its key, run and name, is its id. */
export function evaluationIdOf(taskRunId: string, name: string): string {
  return `${taskRunId}/${name}`;
}

export function evaluationFromWire(
  evaluation: WireEvaluation,
  run: Pick<TaskRun, 'id' | 'experimentId' | 'exampleId' | 'repetition'>,
): EvaluationRun {
  const metadata = evaluation.metadata ?? {};
  const error = evaluation.error === '' ? 'Unknown error' : (evaluation.error ?? null);
  return {
    id: evaluationIdOf(run.id, evaluation.name),
    taskRunId: run.id,
    experimentId: run.experimentId,
    exampleId: run.exampleId,
    repetition: run.repetition,
    name: evaluation.name,
    kind: evaluation.annotator_kind,
    ...outcomeFromWire(evaluation, error, metadata),
    traceId: evaluation.trace_id ?? null,
    ...measurementsFromWire(evaluation, metadata),
  };
}

export function evaluationToWire(run: StoredEvaluationRun): JsonObject & { readonly name: string } {
  const metadata = evaluationMetadataToWire({ ...run, metadata: JSON.parse(run.metadata) as JsonObject }, run);
  const { score, label, explanation } = run;
  return {
    experiment_run_id: run.taskRunId,
    name: run.name,
    annotator_kind: run.kind,
    ...timesToWire(run),
    // Servers of before 20 drop the metadata at the top, later ones merge both.
    result: run.error === null ? { score, label, explanation, metadata } : null,
    error: run.error,
    metadata,
    trace_id: run.traceId,
  };
}

/** Phoenix keeps a description that was not given as an empty text. */
function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}
