import { ConflictError, storedEvaluationRun, storedTaskRun } from '@assay/core';
import { randomBytes } from 'node:crypto';
import { insertExperiment } from './experiment-store.ts';
import { listFigures } from './figures.ts';
import { globalId, readGlobalId, rowOf } from './global-id.ts';
import { beforeOf, pageOf, pageUpOf } from './node-datasets.ts';
import type { NodeExperiment, NodeExperimentStore } from './node-experiment-store.ts';
import type { ExperimentRow } from './operations/experiments.ts';
import type { TaskRunRow } from './operations/task-runs.ts';
import { rowAt } from './row-columns.ts';
import type { RowColumns } from './row-columns.ts';
import { incompleteExampleFromRow, incompleteRunFromRow, nodeExperimentFromRow } from './node-rows.ts';
import { evaluationRunToRow, microseconds, storedRunFromRow, taskRunFromRow, taskRunToRow } from './rows.ts';
import type { Connection } from './connection.ts';

/** The part of a node store that is about experiments. */
export function createNodeExperiments({ call }: Connection): NodeExperimentStore {
  async function withCounts(found: readonly ExperimentRow[]): Promise<readonly NodeExperiment[]> {
    const counts = await call('listRunCounts', JSON.stringify(found.map(({ id }) => id)));
    const countsOf = new Map(counts.map((count) => [count.id, count]));
    return found.map((row) => nodeExperimentFromRow(row, countsOf.get(row.id)!));
  }

  return {
    createExperiment: async (draft) => {
      const row = await insertExperiment(call, draft, `Experiment-${randomBytes(12).toString('hex')}`);
      return nodeExperimentFromRow(row, { ok: 0, failed: 0 });
    },

    getExperiment: async (id) => (await withCounts([await call('getExperiment', experimentRow(id))]))[0]!,

    listExperiments: async (id, page) => {
      const datasetId = rowOf('Dataset', id, 'dataset');
      const found = await pageOf(
        'Experiment',
        page,
        (before, limit) => call('listExperiments', { before, datasetId, name: null, limit }),
        (row) => row,
      );
      return { ...found, items: await withCounts(found.items) };
    },

    removeTag: async (id, idOrName) => {
      const node = readGlobalId(idOrName);
      const tagRow = node?.type === 'ExperimentTag' ? node.row : 0;
      await call('removeTag', { experimentId: experimentRow(id), id: tagRow, name: idOrName });
    },

    listTaskRuns: async (id, { cursor, limit }) => {
      const experimentId = experimentRow(id);
      const found = await call('listNewestTaskRuns', {
        experimentId,
        before: beforeOf('ExperimentRun', cursor),
        limit: limit + 1,
      });
      const next = found.count > limit ? globalId('ExperimentRun', rowAt(found, limit).id) : null;
      return { items: storedRuns(found, Math.min(found.count, limit), id), next };
    },

    listFigures: (id) => listFigures(call, experimentRow(id)),

    listIncompleteExamples: async (id, page) => {
      const experimentId = experimentRow(id);
      const { repetitions } = await call('getExperiment', experimentId);
      return pageUpOf(
        'DatasetExample',
        page,
        (from, limit) => call('listIncompleteExamples', { experimentId, from, limit }),
        (row) => incompleteExampleFromRow(row, repetitions),
      );
    },

    listIncompleteRuns: async (id, names, page) => {
      const experimentId = experimentRow(id);
      return pageUpOf(
        'ExperimentRun',
        page,
        (from, limit) => call('listIncompleteRuns', { experimentId, names, from, limit }),
        (row) => incompleteRunFromRow(row, names),
      );
    },

    saveTaskRun: async ({ exampleNodeId, ...draft }) => {
      const run = storedTaskRun({ ...draft, exampleId: exampleNodeId });
      const row = {
        ...taskRunToRow(draft.experimentId, run),
        example_id: null,
        example_row: rowOf('DatasetExample', exampleNodeId, 'example'),
      };
      const saved = await call('saveTaskRun', row, now());
      if ('id' in saved) return globalId('ExperimentRun', saved.id);
      throw new ConflictError(
        `Example ${exampleNodeId} has a result for repetition ${run.repetition}, which is final`,
        taskRunFromRow(saved.standing),
      );
    },

    saveEvaluationRun: async (draft) => {
      const run = storedEvaluationRun({ ...draft, experimentId: '', exampleId: '', repetition: 1 });
      const saved = await call('saveEvaluationRun', evaluationRunToRow(run), now());
      return globalId('ExperimentEvaluation', 'id' in saved ? saved.id : saved.standing.id);
    },

    experimentOf: async (taskRunId) =>
      globalId('Experiment', await call('getExperimentOfRun', rowOf('ExperimentRun', taskRunId, 'task run'))),
  };
}

/** A run is made when it is reached: a page of them at once would outlive V8's nursery, and be copied at each collection. */
function* storedRuns(rows: RowColumns<TaskRunRow>, count: number, experimentId: string) {
  for (let place = 0; place < count; place++) yield storedRunFromRow(rowAt(rows, place), experimentId);
}

function experimentRow(id: string): number {
  return rowOf('Experiment', id, 'experiment');
}

function now(): number {
  return microseconds(Date.now());
}
