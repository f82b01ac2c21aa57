import type { Operation } from '../operation.ts';
import { createShardPlanOperations } from './shard-plans.ts';
import { createLimitOperations } from './limits.ts';
import type { Dialect } from '../dialect.ts';
import { createDatasetOperations } from './datasets.ts';
import { createEvaluationRunOperations } from './evaluation-runs.ts';
import { createExampleOperations } from './examples.ts';
import { createExperimentOperations } from './experiments.ts';
import { createFencedSaveOperations } from './fenced-saves.ts';
import { createIncompleteOperations } from './incomplete.ts';
import { createLabelOperations } from './labels.ts';
import { createJobCountOperations } from './job-counts.ts';
import { createJobErrorOperations } from './job-errors.ts';
import { createJobLeaseOperations } from './job-leases.ts';
import { createJobOperations } from './jobs.ts';
import { createModelCallOperations } from './model-calls.ts';
import { createSpanOperations } from './spans.ts';
import { createSplitOperations } from './splits.ts';
import { createSupersededOperations } from './superseded.ts';
import { createTagOperations } from './tags.ts';
import { createTaskRunOperations } from './task-runs.ts';
import { createTraceAnnotationOperations } from './trace-annotations.ts';
import { createUnfinishedOperations } from './unfinished.ts';
import { createUploadOperations } from './uploads.ts';

/** Everything that a store asks of its database, by name. */
export function createOperations(db: Dialect) {
  const superseded = createSupersededOperations(db);
  const datasets = createDatasetOperations(db);
  const experiments = createExperimentOperations(db, datasets);
  const evaluationRuns = createEvaluationRunOperations(db, superseded);
  const { getDataset, listDatasets, listVersions, updateDataset, deleteDataset } = datasets;
  const jobCounts = createJobCountOperations(db);
  const { listTaskRuns, ...taskRuns } = createTaskRunOperations(db, superseded, evaluationRuns);

  /** An experiment without rows and no experiment at all look the same to a list. */
  function ofExperiment<Page extends { readonly experimentId: number }, Row>(
    list: (page: Page) => Operation<readonly Row[]>,
  ) {
    return function* (page: Page): Operation<readonly Row[]> {
      const found = yield* list(page);
      if (found.length === 0) yield* experiments.getExperiment(page.experimentId);
      return found;
    };
  }

  return {
    getDataset,
    listDatasets,
    listVersions,
    updateDataset,
    deleteDataset,
    ...createUploadOperations(db, datasets),
    ...createExampleOperations(db, datasets, experiments),
    ...createSplitOperations(db, datasets),
    ...createIncompleteOperations(db, experiments),
    ...createLabelOperations(db, datasets),
    ...createModelCallOperations(db),
    ...createSpanOperations(db),
    ...createTraceAnnotationOperations(db),
    ...experiments,
    ...taskRuns,
    saveEvaluationRun: evaluationRuns.saveEvaluationRun,
    annotateRuns: evaluationRuns.annotateRuns,
    ...createTagOperations(db, experiments),
    ...createLimitOperations(db),
    ...createShardPlanOperations(db, experiments),
    ...createJobOperations(db, experiments, jobCounts),
    ...createJobLeaseOperations(db),
    ...createJobErrorOperations(db),
    ...createFencedSaveOperations(db, taskRuns, evaluationRuns, jobCounts),
    ...createUnfinishedOperations(db, experiments),
    listTaskRuns: ofExperiment(listTaskRuns),
    listEvaluationFigures: evaluationRuns.listEvaluationFigures,
    listEvaluationRuns: ofExperiment(evaluationRuns.listEvaluationRuns),
    listSuperseded: ofExperiment(superseded.listSuperseded),
  };
}

export type Operations = ReturnType<typeof createOperations>;

export type OperationName = keyof Operations;

/** What an operation comes to. */
export type ResultOf<Name extends OperationName> =
  ReturnType<Operations[Name]> extends Generator<unknown, infer Result, never> ? Result : never;

/** Whether an operation leaves the database as it was. */
export function isRead(name: OperationName): boolean {
  return name.startsWith('get') || name.startsWith('list');
}
