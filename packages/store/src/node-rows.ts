import { globalId } from './global-id.ts';
import type { NodeExample, NodeSplit } from './node-dataset-store.ts';
import type { IncompleteExample, IncompleteRun, NodeExperiment, NodeTaskRun } from './node-experiment-store.ts';
import type { ExampleRow } from './operations/examples.ts';
import type { ExperimentRow } from './operations/experiments.ts';
import type { IncompleteExampleRow, IncompleteRunRow } from './operations/incomplete.ts';
import type { SplitRow } from './operations/splits.ts';
import type { TaskRunRow } from './operations/task-runs.ts';
import { dateOf, exampleFromRow, experimentFromRow, splitFromRow, taskRunFromRow } from './rows.ts';

export function nodeExampleFromRow(row: ExampleRow): NodeExample {
  return { ...exampleFromRow(row), nodeId: globalId('DatasetExample', row.id), revisedAt: dateOf(row.revised_at) };
}

export function nodeSplitFromRow(row: SplitRow): NodeSplit {
  return {
    ...splitFromRow(row),
    color: row.color,
    metadata: JSON.parse(row.metadata),
    createdAt: dateOf(row.created_at),
    updatedAt: dateOf(row.updated_at),
  };
}

export function nodeExperimentFromRow(
  row: ExperimentRow,
  { ok, failed }: { readonly ok: number; readonly failed: number },
): NodeExperiment {
  return { ...experimentFromRow(row), updatedAt: dateOf(row.updated_at), okRunCount: ok, failedRunCount: failed };
}

function nodeTaskRunFromRow(row: TaskRunRow): NodeTaskRun {
  return { ...taskRunFromRow(row), exampleNodeId: globalId('DatasetExample', row.example_row) };
}

export function incompleteExampleFromRow(row: IncompleteExampleRow, repetitions: number): IncompleteExample {
  const done = new Set<number>(JSON.parse(row.done));
  const all = Array.from({ length: repetitions }, (_, index) => index + 1);
  return { example: nodeExampleFromRow(row), repetitions: all.filter((repetition) => !done.has(repetition)) };
}

export function incompleteRunFromRow(row: IncompleteRunRow, names: readonly string[]): IncompleteRun {
  const done = new Set<string>(JSON.parse(row.done));
  const example = { ...row, id: row.example_row, external_id: row.example_id, splits: '[]' };
  return {
    run: nodeTaskRunFromRow(row),
    example: nodeExampleFromRow(example),
    evaluatorNames: names.filter((name) => !done.has(name)).sort(),
  };
}
