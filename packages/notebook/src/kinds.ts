import type {
  DatasetInfo,
  EvaluationRun,
  ExampleDraft,
  Experiment,
  ExperimentSummary,
  RanExperiment,
  TaskRun,
} from '@assay/core';
import type { Classification, Comparison, GateResult } from '@assay/frames';
import type { ColumnTable } from 'arquero';

// Records are plain objects, perhaps of another copy of a package or from JSON: they are told by their fields.

export function isFrame(value: unknown): value is ColumnTable {
  return has(value, 'columnNames', 'numRows', 'scan');
}

export function isRan(value: unknown): value is RanExperiment {
  return has(value, 'summary', 'taskRuns', 'evaluationRuns', 'examples');
}

export function isSummary(value: unknown): value is ExperimentSummary {
  return has(value, 'experimentId', 'taskRuns', 'evaluators', 'latencyMs');
}

export function isComparison(value: unknown): value is Comparison {
  return has(value, 'confidence', 'metrics', 'warnings');
}

export function isClassification(value: unknown): value is Classification {
  return has(value, 'matrix', 'labels', 'support');
}

export function isGate(value: unknown): value is GateResult {
  return has(value, 'passed', 'checks');
}

export function isDatasetInfo(value: unknown): value is DatasetInfo {
  return has(value, 'id', 'name', 'versionId', 'exampleCount');
}

export function isExperiment(value: unknown): value is Experiment {
  return has(value, 'id', 'name', 'datasetVersionId', 'repetitions');
}

export function isTaskRun(value: unknown): value is TaskRun {
  return has(value, 'exampleId', 'repetition', 'output', 'error');
}

export function isEvaluationRun(value: unknown): value is EvaluationRun {
  return has(value, 'taskRunId', 'name', 'score', 'label', 'explanation');
}

export function isNamedExamples(
  value: unknown,
): value is { readonly name: string; readonly examples: readonly ExampleDraft[] } {
  return has(value, 'name', 'examples') && isExampleList((value as { readonly examples: unknown }).examples);
}

export function isExample(value: unknown): value is ExampleDraft {
  return has(value, 'input');
}

function isExampleList(value: unknown): value is readonly ExampleDraft[] {
  return Array.isArray(value) && value.every(isExample);
}

function has(value: unknown, ...fields: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && fields.every((field) => field in value);
}
