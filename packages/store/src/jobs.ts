import { globalId, rowOf } from './global-id.ts';
import type { JobDraft, JobError, JobLease, JobStore } from './job-store.ts';
import { pageOf } from './node-datasets.ts';
import type { JobErrorRow } from './operations/job-errors.ts';
import type { JobStateRow, Lease } from './operations/job-leases.ts';
import type { JobRow, NewJob } from './operations/jobs.ts';
import { nodeExampleFromRow } from './node-rows.ts';
import { dateOf, microseconds } from './rows.ts';
import type { JobState, StoredJob } from './job-store.ts';
import type { Connection } from './connection.ts';

/** How long a lease lasts, in microseconds. Holders renew theirs every 3 s. */
const leaseFor = microseconds(10_000);

/** @param own - As `ownJobs` of `createStore`. */
export function createJobStore({ call }: Connection, own: (() => () => void) | null): JobStore {
  async function withErrors(found: readonly JobRow[]): Promise<readonly StoredJob[]> {
    const errors = await call('listLastJobErrors', JSON.stringify(found.map((row) => row.experiment_id)));
    const lastOf = new Map(errors.map((error) => [error.experiment_id, error]));
    return found.map((row) => jobFromRow(row, lastOf.get(row.experiment_id)));
  }

  async function withError(found: JobRow): Promise<StoredJob> {
    return (await withErrors([found]))[0]!;
  }

  return {
    own: async () => {
      const release = own?.() ?? (() => {});
      // Nobody else can hold one then.
      if (own) await call('releaseAllLeases');
      return { release: async () => release() };
    },

    create: async (draft) => withError(await call('createJob', jobToRow(draft))),
    get: async (id) => withError(await call('getJob', experimentRow(id))),
    list: async ({ status = null, ...page }) => {
      const found = await pageOf(
        'ExperimentJob',
        page,
        (before, limit) => call('listJobs', { before, status, limit }),
        (row) => row,
      );
      return { ...found, items: await withErrors(found.items) };
    },
    stop: async (id) => withError(await call('endJob', experimentRow(id), 'STOPPED', 0)),
    resume: async (draft) => withError(await call('resumeJob', jobToRow(draft))),
    finish: async ({ experimentId, token }, status) =>
      withError(await call('endJob', experimentRow(experimentId), status, token)),
    watched: async (ids) => {
      await call('watchJobs', JSON.stringify(ids.map(experimentRow)));
    },
    sweepEphemeral: async (olderThanMs) => {
      const stale = await call('listStaleJobs', microseconds(olderThanMs));
      for (const { experiment_id: id } of stale) await call('deleteExperiment', id);
      return stale.length;
    },

    listTakeable: async (limit) =>
      (await call('listTakeableJobs', limit)).map((row) => globalId('Experiment', row.experiment_id)),
    listHeld: async (limit) =>
      (await call('listHeldJobs', limit)).map(({ experiment_id, epoch }) => ({
        experimentId: globalId('Experiment', experiment_id),
        token: epoch,
      })),
    take: async (experimentId, holder) => {
      const token = await call('takeJob', experimentRow(experimentId), holder, leaseFor);
      return token === null ? null : { experimentId, holder, token };
    },
    join: async (lease) => call('joinJob', leaseToRow(lease), leaseFor),
    renew: async (leases) => {
      const rows = leases.map(({ inFlight, isStopping = false, ...lease }) => ({
        ...leaseToRow(lease),
        inFlight,
        stopping: isStopping ? 1 : 0,
      }));
      return (await call('renewLeases', rows, leaseFor)).map(({ experimentId, holder, token }) => ({
        experimentId: globalId('Experiment', experimentId),
        holder,
        token,
      }));
    },
    release: async (lease) => {
      await call('releaseLease', leaseToRow(lease));
    },
    fence: async (id) => {
      await call('fenceJob', experimentRow(id));
    },
    listStates: async (ids) => (await call('listJobStates', JSON.stringify(ids.map(experimentRow)))).map(stateFromRow),

    addErrors: async (id, errors) => {
      await call('addJobErrors', experimentRow(id), errors.map(errorToRow));
    },
    listErrors: async (id, page) => {
      const experimentId = experimentRow(id);
      await call('getJob', experimentId);
      return pageOf(
        'ExperimentLog',
        page,
        (before, limit) => call('listJobErrors', { experimentId, before, limit }),
        errorFromRow,
      );
    },

    listUnfinished: async (id, { evaluatorNames, withTask, after, upTo, limit }) => {
      const found = await call('listUnfinishedExamples', {
        experimentId: experimentRow(id),
        evaluatorNames: JSON.stringify(evaluatorNames),
        withTask,
        after: after === undefined ? 0 : rowOf('DatasetExample', after, 'example'),
        upTo: upTo === undefined ? Number.MAX_SAFE_INTEGER : rowOf('DatasetExample', upTo, 'example'),
        limit,
      });
      const last = found.length < limit ? null : globalId('DatasetExample', found.at(-1)!.id);
      return { examples: found.map(nodeExampleFromRow), last };
    },
    listShards: async (id, { evaluatorNames, withTask, size }) => {
      const experimentId = experimentRow(id);
      const plan = { experimentId, evaluatorNames: JSON.stringify(evaluatorNames), withTask, size };
      return (await call('listShards', plan)).map(({ first_row: first, last_row: last }) => ({
        // Whoever pages asks for what comes after a row.
        after: first === 1 ? undefined : globalId('DatasetExample', first - 1),
        upTo: globalId('DatasetExample', last),
      }));
    },
  };
}

function leaseToRow({ experimentId, holder, token }: JobLease): Lease {
  return { experimentId: experimentRow(experimentId), holder, token };
}

function experimentRow(id: string): number {
  return rowOf('Experiment', id, 'experiment');
}

function jobToRow(draft: JobDraft): NewJob {
  return {
    experiment_id: experimentRow(draft.experimentId),
    runner: draft.runner,
    spec: JSON.stringify(draft.spec),
    evaluator_names: JSON.stringify(draft.evaluatorNames),
    max_concurrency: draft.maxConcurrency,
    ephemeral: draft.ephemeral ? 1 : 0,
  };
}

function jobFromRow(row: JobRow, lastError: JobErrorRow | undefined): StoredJob {
  const evaluatorNames: readonly string[] = JSON.parse(row.evaluator_names);
  return {
    experimentId: globalId('Experiment', row.experiment_id),
    // The table holds nothing else.
    runner: row.runner as StoredJob['runner'],
    status: row.status as StoredJob['status'],
    token: row.epoch,
    spec: JSON.parse(row.spec),
    evaluatorNames,
    maxConcurrency: row.max_concurrency,
    ephemeral: row.ephemeral === 1,
    taskRuns: { expected: row.expected_runs, ok: row.ok_runs, failed: row.failed_runs },
    evaluations: {
      expected: row.expected_runs * evaluatorNames.length,
      ok: row.ok_evaluations,
      failed: row.failed_evaluations,
    },
    // Nothing is left when it is complete, whatever its holders said last.
    inFlight: row.status === 'COMPLETED' ? 0 : row.in_flight,
    holders: row.holders,
    createdAt: dateOf(row.created_at),
    startedAt: dateOf(row.started_at),
    updatedAt: dateOf(row.updated_at),
    lastError: lastError ? errorFromRow(lastError) : null,
  };
}

function stateFromRow(row: JobStateRow): JobState {
  return {
    experimentId: globalId('Experiment', row.experiment_id),
    status: row.status as StoredJob['status'],
    token: row.epoch,
    maxConcurrency: row.max_concurrency,
    ephemeral: row.ephemeral === 1,
    unwatchedMs: row.unwatched / 1000,
    holders: row.holders,
    starting: row.starting,
    draining: row.draining,
  };
}

function errorToRow({ occurredAt, kind, exampleId, repetition, evaluator, message }: JobError) {
  return {
    occurred_at: microseconds(occurredAt.getTime()),
    kind,
    example_id: exampleId,
    repetition,
    evaluator,
    message: message.replaceAll('\0', ''),
  };
}

function errorFromRow(row: JobErrorRow): JobError {
  return {
    occurredAt: dateOf(row.occurred_at),
    kind: row.kind as JobError['kind'],
    exampleId: row.example_id,
    repetition: row.repetition,
    evaluator: row.evaluator,
    message: row.message,
  };
}
