import { expectedToWire, metadataKeys, valueToWire, wireInstant, withoutWireKeys, splitsKey } from '@assay/client/wire';
import type { DatasetInfo, DatasetVersion, EvaluationRun, Tag, Usage } from '@assay/core';
import type { NodeExample, NodeExperiment, NodeSplit, NodeTaskRun } from '@assay/store';
import type { JsonObject } from './schemas.ts';

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

export function taskRunToWire(run: Omit<NodeTaskRun, 'exampleId'>) {
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

export function evaluationToWire(
  evaluation: Omit<EvaluationRun, 'id' | 'taskRunId' | 'experimentId' | 'exampleId' | 'repetition'>,
) {
  const { direction, status } = evaluation;
  return {
    name: evaluation.name,
    annotator_kind: evaluation.kind,
    label: evaluation.label,
    score: evaluation.score,
    explanation: evaluation.explanation,
    trace_id: evaluation.traceId,
    error: evaluation.error,
    metadata: {
      ...evaluation.metadata,
      ...measurementsToWire(evaluation),
      ...(direction === 'maximize' ? {} : { [metadataKeys.direction]: direction }),
      ...(status === 'skipped' ? { [metadataKeys.skipped]: true } : {}),
    },
    ...timesToWire(evaluation),
  };
}

export function tagToWire({ id, name, description }: Tag) {
  return { id, name, description };
}

interface Measured {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly attempts: number;
  readonly latencyMs: number | null;
  readonly waitMs: number | null;
  readonly usage: Usage | null;
}

/** Whether the times say all that is known, as of every record that an official client has sent. */
function isPlain({ startedAt, endedAt, attempts, latencyMs, waitMs, usage }: Measured): boolean {
  const elapsed = endedAt.getTime() - startedAt.getTime();
  return attempts === 1 && waitMs === null && usage === null && latencyMs === (elapsed < 0 ? null : elapsed);
}

/** What travels in metadata, as the wire has no field for it. */
function measurementsToWire(run: Measured): JsonObject {
  if (isPlain(run)) return {};
  return {
    [metadataKeys.attempts]: run.attempts,
    [metadataKeys.latencyMs]: run.latencyMs,
    [metadataKeys.waitMs]: run.waitMs,
    ...(run.usage === null ? {} : { [metadataKeys.usage]: run.usage }),
    ...(run.endedAt < run.startedAt ? { [metadataKeys.endedAt]: wireInstant(run.endedAt) } : {}),
  };
}

/** A clock that has stepped back is no reason to show an end before its start. */
function timesToWire({ startedAt, endedAt }: Measured) {
  return { start_time: wireInstant(startedAt), end_time: wireInstant(endedAt < startedAt ? startedAt : endedAt) };
}
