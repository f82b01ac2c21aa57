import type { SupersededRecord } from '@assay/core';
import { createDatasetStore } from './dataset-store.ts';
import { createExperimentParts } from './experiment-store.ts';
import { createFenced } from './fenced-store.ts';
import { rowOf } from './global-id.ts';
import { createJobStore } from './jobs.ts';
import { createNodeDatasets } from './node-datasets.ts';
import { createNodeExperiments } from './node-experiments.ts';
import { createNodeLabels } from './node-labels.ts';
import { createNodeTraces } from './node-traces.ts';
import type { EvaluationRunRow } from './operations/evaluation-runs.ts';
import type { SupersededRow } from './operations/superseded.ts';
import type { TaskRunRow } from './operations/task-runs.ts';
import { pages, pageSize } from './pages.ts';
import { dateOf, evaluationRunFromRow, microseconds, taskRunFromRow } from './rows.ts';
import { createSharedLimiter } from './shared-limiter.ts';
import type { Store } from './store.ts';
import type { Connection } from './connection.ts';

/**
 * A store over a database.
 *
 * @param ownJobs - Makes this process the one owner of its jobs, and gives back what gives them up; `null` where there may be
 * several.
 */
export function createStore(connection: Connection, ownJobs: (() => () => void) | null): Store {
  const { call, postgres, close } = connection;
  const experimentStore = {
    ...createDatasetStore(connection),
    ...createExperimentParts(connection),
    listSuperseded: (id: string) =>
      pages(async (last: SupersededRow | undefined) => {
        const experimentId = rowOf('Experiment', id, 'experiment');
        return call('listSuperseded', { experimentId, after: last?.id ?? 0, limit: pageSize });
      }, supersededFromRow),
  };
  return {
    ...experimentStore,
    jobs: createJobStore(connection, ownJobs),
    fenced: createFenced(experimentStore, connection),
    nodes: {
      ...createNodeDatasets(connection),
      ...createNodeLabels(connection),
      ...createNodeExperiments(connection),
      ...createNodeTraces(connection),
    },
    postgres,
    createRateLimiter: (options) => createSharedLimiter(connection, options),
    calls: {
      get: (key) => call('getModelCall', { key }),
      put: async (key, answer) => {
        await call('saveModelCall', { key, answer, now: microseconds(Date.now()) });
      },
    },
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
