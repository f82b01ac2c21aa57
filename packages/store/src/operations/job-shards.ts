import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { createExperimentOperations } from './experiments.ts';
import type { Lease } from './job-leases.ts';
import { isUnfinished } from './unfinished.ts';

/** A range of examples, by the first and the last. */
export interface ShardRow {
  readonly first_row: number;
  readonly last_row: number;
}

export interface ShardPlan extends Omit<Lease, 'holder'> {
  /** A JSON list. */
  readonly evaluatorNames: string;
  readonly withTask: boolean;
  /** Examples of a shard. */
  readonly size: number;
}

/**
 * The shares of a job that several servers carry out. A shard says which examples somebody looks after, and nothing of what
 * is done: that is read from the records by whoever has it. It is free again when the lease of its holder has lapsed.
 */
export function createJobShardOperations(
  db: Dialect,
  { getExperiment }: Pick<ReturnType<typeof createExperimentOperations>, 'getExperiment'>,
) {
  const isFree = sql`(s.holder IS NULL OR NOT EXISTS (SELECT 1 FROM job_holders h WHERE h.experiment_id = s.experiment_id
    AND h.epoch = s.epoch AND h.holder = s.holder AND h.lease_until > ${db.now}))`;

  const clear = prepare(
    db,
    (v: { experimentId: number }) => sql<never>`DELETE FROM job_shards WHERE experiment_id = ${v.experimentId}`,
  );
  const plan = prepare(
    db,
    (v: Omit<ShardPlan, 'withTask'> & { repetitions: number }) => sql<never>`
      INSERT INTO job_shards (experiment_id, epoch, first_row, last_row)
      SELECT ${v.experimentId}, ${v.token}, min(n.example_id), max(n.example_id) FROM
        (SELECT xe.example_id, (row_number() OVER (ORDER BY xe.example_id) - 1) / CAST(${v.size} AS BIGINT) AS shard
          FROM experiment_examples xe WHERE xe.experiment_id = ${v.experimentId} AND ${isUnfinished(db, v)}) AS n
      GROUP BY n.shard`,
  );
  const claim = prepare(
    db,
    (v: Lease) => sql<ShardRow>`
      UPDATE job_shards SET holder = ${v.holder}
      WHERE experiment_id = ${v.experimentId} AND epoch = ${v.token} AND first_row = (SELECT min(s.first_row) FROM job_shards s
        JOIN experiment_jobs j ON j.experiment_id = s.experiment_id AND j.epoch = s.epoch AND j.status = 'RUNNING'
        WHERE s.experiment_id = ${v.experimentId} AND s.epoch = ${v.token} AND ${isFree})
      RETURNING first_row, last_row`,
  );
  const finish = prepare(
    db,
    (v: Lease & { firstRow: number }) => sql<never>`
      DELETE FROM job_shards WHERE experiment_id = ${v.experimentId} AND epoch = ${v.token} AND first_row = ${v.firstRow}
        AND holder = ${v.holder}`,
  );
  const count = prepare(
    db,
    (v: { experimentId: number; token: number }) => sql<{ count: number }>`
      SELECT count(*) AS count FROM job_shards WHERE experiment_id = ${v.experimentId} AND epoch = ${v.token}`,
  );
  const listJoinable = prepare(
    db,
    (v: { limit: number }) => sql<{ experiment_id: number; epoch: number }>`
      SELECT j.experiment_id, j.epoch FROM experiment_jobs j
      WHERE j.status = 'RUNNING' AND j.runner = 'server'
        AND EXISTS (SELECT 1 FROM job_shards s WHERE s.experiment_id = j.experiment_id AND s.epoch = j.epoch AND ${isFree})
      ORDER BY j.id LIMIT ${v.limit}`,
  );

  return {
    /** Cuts what a job has left to do into shards, and forgets those of earlier epochs. */
    *planShards({ withTask, ...shards }: ShardPlan): Operation<null> {
      const { repetitions } = yield* getExperiment(shards.experimentId);
      yield* rows(clear, shards);
      yield* rows(plan, { ...shards, repetitions: withTask ? repetitions : 0 });
      return null;
    },
    /** The first that is free; `null` when there is none, or the job does not run under this token. */
    *claimShard(lease: Lease): Operation<ShardRow | null> {
      return (yield* firstRow(claim, lease)) ?? null;
    },
    *finishShard(lease: Lease, firstRow: number): Operation<null> {
      yield* rows(finish, { ...lease, firstRow });
      return null;
    },
    *getShardCount(of: { experimentId: number; token: number }): Operation<number> {
      return (yield* firstRow(count, of))!.count;
    },
    /** Jobs with a free shard, oldest first. */
    listJoinableJobs: (limit: number) => rows(listJoinable, { limit }),
  };
}
