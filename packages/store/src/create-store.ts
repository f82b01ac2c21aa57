import type { SupersededRecord } from '@assay/core';
import { createDatasetStore } from './dataset-store.ts';
import { createExperimentParts } from './experiment-store.ts';
import { rowOf } from './global-id.ts';
import { createNodeDatasets } from './node-datasets.ts';
import { createNodeExperiments } from './node-experiments.ts';
import { createNodeLabels } from './node-labels.ts';
import { createNodeTraces } from './node-traces.ts';
import type { EvaluationRunRow } from './operations/evaluation-runs.ts';
import type { SupersededRow } from './operations/superseded.ts';
import type { TaskRunRow } from './operations/task-runs.ts';
import { pages, pageSize } from './pages.ts';
import { dateOf, evaluationRunFromRow, taskRunFromRow } from './rows.ts';
import type { Store } from './store.ts';
import type { Connection } from './connection.ts';

/** A store over a database. */
export function createStore(connection: Connection): Store {
  const { call, close } = connection;
  return {
    ...createDatasetStore(connection),
    ...createExperimentParts(connection),
    nodes: {
      ...createNodeDatasets(connection),
      ...createNodeLabels(connection),
      ...createNodeExperiments(connection),
      ...createNodeTraces(connection),
    },
    listSuperseded: (id) =>
      pages(async (last: SupersededRow | undefined) => {
        const experimentId = rowOf('Experiment', id, 'experiment');
        return call('listSuperseded', { experimentId, after: last?.id ?? 0, limit: pageSize });
      }, supersededFromRow),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function supersededFromRow({ kind, record, superseded_at, epoch }: SupersededRow): SupersededRecord {
  const when = { supersededAt: dateOf(superseded_at), epoch };
  return kind === 'task_run'
    ? { ...when, kind: 'task-run', record: taskRunFromRow(JSON.parse(record) as TaskRunRow) }
    : { ...when, kind: 'evaluation-run', record: evaluationRunFromRow(JSON.parse(record) as EvaluationRunRow) };
}
