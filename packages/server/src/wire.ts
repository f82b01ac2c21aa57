import {
  evaluationMetadataToWire,
  expectedToWire,
  measurementsToWire,
  splitsKey,
  timesToWire,
  valueToWire,
  wireInstant,
  withoutWireKeys,
} from '@assay/client/wire';
import type { Measured } from '@assay/client/wire';
import type { DatasetInfo, DatasetVersion, EvaluationRun, Tag } from '@assay/core';
import type { NodeExample, NodeExperiment, NodeSplit } from '@assay/store';

/* Where our words become those of the wire. */

export function datasetToWire(dataset: DatasetInfo) {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    metadata: dataset.metadata,
    created_at: wireInstant(dataset.createdAt),
    updated_at: wireInstant(dataset.updatedAt),
    example_count: dataset.exampleCount,
  };
}

export function versionToWire({ id, description, metadata, createdAt }: DatasetVersion) {
  return { version_id: id, description, metadata, created_at: wireInstant(createdAt) };
}

export function exampleToWire(example: NodeExample) {
  return {
    id: example.id,
    node_id: example.nodeId,
    ...contentToWire(example),
    updated_at: wireInstant(example.revisedAt),
    source: null,
  };
}

export function contentToWire({ input, expected, metadata }: Pick<NodeExample, 'input' | 'expected' | 'metadata'>) {
  return { input: valueToWire(input), output: expectedToWire(expected), metadata };
}

export function splitToWire(split: NodeSplit) {
  return {
    id: split.id,
    name: split.name,
    description: split.description,
    color: split.color,
    metadata: split.metadata,
    example_count: split.exampleCount,
    created_at: wireInstant(split.createdAt),
    updated_at: wireInstant(split.updatedAt),
  };
}

export function experimentToWire(experiment: NodeExperiment) {
  const { okRunCount, failedRunCount, exampleCount, repetitions, splits } = experiment;
  const metadata = withoutWireKeys(experiment.metadata);
  return {
    id: experiment.id,
    dataset_id: experiment.datasetId,
    dataset_version_id: experiment.datasetVersionId,
    name: experiment.name,
    description: experiment.description,
    repetitions,
    metadata: splits === null ? metadata : { ...metadata, [splitsKey]: splits },
    project_name: experiment.projectName,
    created_at: wireInstant(experiment.createdAt),
    updated_at: wireInstant(experiment.updatedAt),
    example_count: exampleCount,
    successful_run_count: okRunCount,
    failed_run_count: failedRunCount,
    missing_run_count: Math.max(0, exampleCount * repetitions - okRunCount - failedRunCount),
  };
}

/** Of what a run is written. Its times are Dates, or milliseconds since 1970. */
interface WrittenRun extends Measured {
  readonly id: string;
  readonly experimentId: string;
  readonly exampleNodeId: string;
  readonly repetition: number;
  readonly error: string | null;
  readonly traceId: string | null;
}

export function taskRunToWire(run: WrittenRun & { readonly output: unknown }) {
  return {
    id: run.id,
    experiment_id: run.experimentId,
    dataset_example_id: run.exampleNodeId,
    repetition_number: run.repetition,
    output: run.output,
    error: run.error,
    ...timesToWire(run),
    trace_id: run.traceId,
    metadata: measurementsToWire(run),
  };
}

/**
 * `taskRunToWire` as JSON up to the output, after which only a brace is missing: outputs are stored as JSON, and a long list
 * neither parses them nor copies them to be joined to the rest.
 */
export function taskRunHead(run: WrittenRun): string {
  const { start_time, end_time } = timesToWire(run);
  // Ids and times hold nothing that JSON would escape.
  return `{"id":"${run.id}","experiment_id":"${run.experimentId}","dataset_example_id":"${run.exampleNodeId}",\
"repetition_number":${run.repetition},"error":${JSON.stringify(run.error)},\
"start_time":"${start_time}","end_time":"${end_time}","trace_id":${JSON.stringify(run.traceId)},\
"metadata":${JSON.stringify(measurementsToWire(run))},"output":`;
}

export function evaluationToWire(
  evaluation: Omit<EvaluationRun, 'id' | 'taskRunId' | 'experimentId' | 'exampleId' | 'repetition'>,
) {
  return {
    name: evaluation.name,
    annotator_kind: evaluation.kind,
    label: evaluation.label,
    score: evaluation.score,
    explanation: evaluation.explanation,
    trace_id: evaluation.traceId,
    error: evaluation.error,
    metadata: evaluationMetadataToWire(evaluation, evaluation),
    ...timesToWire(evaluation),
  };
}

export function tagToWire({ id, name, description }: Tag) {
  return { id, name, description };
}
