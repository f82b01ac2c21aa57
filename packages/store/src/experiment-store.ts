import {
  AssayError,
  ConflictError,
  evaluationOfAnnotation,
  evaluationRunOf,
  jsonObjectText,
  needIterable,
  needObject,
  storedEvaluationRun,
  storedName,
  storedNameIfAny,
  storedTagName,
  storedTaskRun,
  storedText,
  taskRunOf,
} from '@assay/core';
import type { Catalog, ExperimentDraft, TaskRun, TaskRunDraft } from '@assay/core';
import { randomBytes } from 'node:crypto';
import { splitNames } from './dataset-store.ts';
import { globalId, readGlobalId, rowOf } from './global-id.ts';
import { newestFirst, pages, pageSize } from './pages.ts';
import {
  evaluationRunFromRow,
  evaluationRunToRow,
  exampleRows,
  experimentFromRow,
  microseconds,
  tagFromRow,
  taskRunFromRow,
  taskRunToRow,
} from './rows.ts';
import type { Connection } from './connection.ts';
import type { ExperimentRow } from './operations/experiments.ts';

type ExperimentParts = Pick<
  Catalog,
  | 'createExperiment'
  | 'getExperiment'
  | 'saveTaskRun'
  | 'saveEvaluationRun'
  | 'listTaskRuns'
  | 'listEvaluationRuns'
  | 'listExperiments'
  | 'patchExperiment'
  | 'deleteExperiment'
  | 'annotateRuns'
  | 'saveTag'
  | 'listTags'
>;

/** Makes an experiment, with a name that nobody else has if it has none. */
export async function insertExperiment(
  call: Connection['call'],
  draft: ExperimentDraft,
  projectName: string | null,
): Promise<ExperimentRow> {
  checkRepetitions(needObject('an experiment to create', draft).repetitions);
  const experiment = {
    datasetId: rowOf('Dataset', draft.datasetId, 'dataset'),
    versionId: rowOf('DatasetVersion', draft.datasetVersionId, 'version'),
    splits: splitNames(draft.splits),
    name: storedNameIfAny(draft.name, 'the name of an experiment'),
    description: storedText(draft.description),
    metadata: jsonObjectText(draft.metadata, 'the metadata of an experiment'),
    repetitions: draft.repetitions,
    projectName,
  };
  return call('createExperiment', experiment, `-${randomBytes(4).toString('hex')}`, now());
}

/** The part of a store that is about experiments. */
export function createExperimentParts({ call }: Connection): ExperimentParts {
  async function saveTaskRun(draft: TaskRunDraft): Promise<TaskRun> {
    const run = storedTaskRun(draft);
    const saved = await call('saveTaskRun', taskRunToRow(draft.experimentId, run), now());
    if ('id' in saved) return taskRunOf(globalId('ExperimentRun', saved.id), draft.experimentId, run);
    throw new ConflictError(
      `Example ${run.exampleId} has a result for repetition ${run.repetition}, which is final`,
      taskRunFromRow(saved.standing),
    );
  }

  return {
    createExperiment: async (draft) => experimentFromRow(await insertExperiment(call, draft, null)),
    getExperiment: async (id) => experimentFromRow(await call('getExperiment', experimentRow(id))),

    // What a store gives back of an output is what JSON made of it, and its type is the caller's word.
    saveTaskRun: async <Output>(draft: TaskRunDraft<Output>) => (await saveTaskRun(draft)) as TaskRun<Output>,

    saveEvaluationRun: async (draft) => {
      const run = storedEvaluationRun(draft);
      const saved = await call('saveEvaluationRun', evaluationRunToRow(run), now());
      return 'id' in saved
        ? evaluationRunOf(globalId('ExperimentEvaluation', saved.id), draft, run)
        : evaluationRunFromRow(saved.standing);
    },

    listTaskRuns: (id, of) =>
      pages(async (last) => {
        const after = { example: last?.example_row ?? 0, repetition: last?.repetition ?? 0 };
        return call('listTaskRuns', { ...(await listOf(id, of)), ...after });
      }, taskRunFromRow),

    listEvaluationRuns: (id, of) =>
      pages(async (last) => {
        const after = { example: last?.example_row ?? 0, repetition: last?.repetition ?? 0, name: last?.name ?? '' };
        return call('listEvaluationRuns', { ...(await listOf(id, of)), ...after });
      }, evaluationRunFromRow),

    listExperiments: (of = {}) =>
      newestFirst(async (before) => {
        needObject('which experiments to list as { datasetId, name }', of);
        const datasetId = of.datasetId === undefined ? null : rowOf('Dataset', of.datasetId, 'dataset');
        return call('listExperiments', { before, datasetId, name: of.name?.trim() ?? null, limit: pageSize });
      }, experimentFromRow),

    patchExperiment: async (id, changes) => {
      needObject('what to change of the experiment', changes);
      const patch = {
        name: changes.name === undefined ? undefined : storedName(changes.name, 'the name of an experiment'),
        description: changes.description === undefined ? undefined : storedText(changes.description),
        metadata: changes.metadata && jsonObjectText(changes.metadata, 'the metadata of an experiment'),
      };
      return experimentFromRow(await call('patchExperiment', experimentRow(id), patch, now()));
    },
    deleteExperiment: async (id) => {
      await call('deleteExperiment', experimentRow(id));
    },

    annotateRuns: async (id, given) => {
      const at = new Date();
      const annotations = [...needIterable('annotations as a list', given)];
      const known = annotations.filter(({ taskRunId }) => readGlobalId(taskRunId)?.type === 'ExperimentRun');
      const drafts = known.map((annotation) => {
        const of = { taskRunId: annotation.taskRunId, experimentId: id, exampleId: '', repetition: 1 };
        return evaluationRunToRow(storedEvaluationRun(evaluationOfAnnotation(annotation, of, at)));
      });
      await call('getExperiment', experimentRow(id));
      const written = await call('annotateRuns', experimentRow(id), drafts, microseconds(at.getTime()));
      const isKnown = new Set(known.filter((_annotation, index) => written[index] !== null));
      return {
        saved: written.flatMap((row) => (row === null ? [] : [evaluationRunFromRow(row)])),
        unknownTaskRunIds: annotations
          .filter((annotation) => !isKnown.has(annotation))
          .map(({ taskRunId }) => taskRunId),
      };
    },

    saveTag: async (tag) => {
      const { experimentId, name, description } = needObject('a tag as { experimentId, name }', tag);
      const text = description === undefined ? undefined : storedText(description);
      return tagFromRow(
        await call('saveTag', {
          experimentId: experimentRow(experimentId),
          name: storedTagName(name),
          description: text,
        }),
      );
    },
    listTags: async function* (id) {
      for (const row of await call('listTags', experimentRow(id))) yield tagFromRow(row);
    },
  };
}

async function listOf(id: string, of: { readonly exampleIds: readonly string[] } | undefined) {
  return {
    experimentId: experimentRow(id),
    exampleIds: of ? JSON.stringify(of.exampleIds) : null,
    exampleRows: exampleRows(of?.exampleIds ?? []),
    limit: pageSize,
  };
}

function checkRepetitions(repetitions: number): void {
  if (Number.isSafeInteger(repetitions) && repetitions >= 1) return;
  throw new AssayError('invalid-input', `Expected repetitions to be a whole number from 1, got ${repetitions}`);
}

function experimentRow(id: string): number {
  return rowOf('Experiment', id, 'experiment');
}

function now(): number {
  return microseconds(Date.now());
}
