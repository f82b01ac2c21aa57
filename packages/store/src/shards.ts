import type { Connection } from './connection.ts';
import { globalId, rowOf } from './global-id.ts';
import type { JobLease, Shard, ShardStore } from './job-store.ts';
import type { Lease } from './operations/job-leases.ts';

/** The shares of jobs that several servers carry out. */
export function createShardStore(call: Connection['call']): ShardStore {
  return {
    plan: async (lease, { evaluatorNames, withTask, size }) => {
      const { experimentId, token } = leaseToRow(lease);
      await call('planShards', {
        experimentId,
        token,
        evaluatorNames: JSON.stringify(evaluatorNames),
        withTask,
        size,
      });
    },
    claim: async (lease) => {
      const row = await call('claimShard', leaseToRow(lease));
      if (row === null) return null;
      // Whoever pages asks for what comes after a row.
      const after = row.first_row === 1 ? undefined : globalId('DatasetExample', row.first_row - 1);
      return { after, upTo: globalId('DatasetExample', row.last_row) };
    },
    finish: async (lease, shard) => {
      await call('finishShard', leaseToRow(lease), firstRowOf(shard));
    },
    count: async (lease) => call('getShardCount', leaseToRow(lease)),
    listJoinable: async (limit) =>
      (await call('listJoinableJobs', limit)).map((row) => ({
        experimentId: globalId('Experiment', row.experiment_id),
        token: row.epoch,
      })),
  };
}

function firstRowOf({ after }: Shard): number {
  return after === undefined ? 1 : rowOf('DatasetExample', after, 'example') + 1;
}

export function leaseToRow({ experimentId, holder, token }: JobLease): Lease {
  return { experimentId: rowOf('Experiment', experimentId, 'experiment'), holder, token };
}
