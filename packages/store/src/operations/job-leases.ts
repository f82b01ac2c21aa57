import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';

/** Somebody's part in carrying out a job. */
export interface Lease {
  readonly experimentId: number;
  readonly holder: string;
  readonly token: number;
}

/** What a holder must know of its job at each renewal. */
export interface JobStateRow {
  readonly experiment_id: number;
  readonly status: string;
  readonly epoch: number;
  readonly max_concurrency: number;
  readonly ephemeral: number;
  /** Microseconds since somebody was last seen watching. */
  readonly unwatched: number;
  /** With a lease of this epoch that has not lapsed. */
  readonly holders: number;
  /** Of those, who have not said that they start no more calls. */
  readonly starting: number;
  /** With a lease of an earlier epoch that has not lapsed: their calls are in flight still. */
  readonly draining: number;
}

/** Who carries out which job, by the database's clock alone. */
export function createJobLeaseOperations(db: Dialect) {
  const isLive = sql`h.lease_until > ${db.now}`;

  const listTakeable = prepare(
    db,
    (v: { limit: number }) => sql<{ experiment_id: number }>`
      SELECT j.experiment_id FROM experiment_jobs j
      WHERE j.status = 'RUNNING' AND j.runner = 'server' AND NOT EXISTS
        (SELECT 1 FROM job_holders h WHERE h.experiment_id = j.experiment_id AND h.epoch = j.epoch AND ${isLive})
      ORDER BY j.id LIMIT ${v.limit}`,
  );
  const listHeld = prepare(
    db,
    (v: { limit: number }) => sql<{ experiment_id: number; epoch: number }>`
      SELECT j.experiment_id, j.epoch FROM experiment_jobs j
      WHERE j.status = 'RUNNING' AND j.runner = 'server' AND EXISTS
        (SELECT 1 FROM job_holders h WHERE h.experiment_id = j.experiment_id AND h.epoch = j.epoch AND ${isLive})
      ORDER BY j.id LIMIT ${v.limit}`,
  );
  // In one statement, so that of two who try only one is given it.
  const take = prepare(
    db,
    (v: { experimentId: number }) => sql<{ epoch: number }>`
      UPDATE experiment_jobs SET epoch = epoch + 1
      WHERE experiment_id = ${v.experimentId} AND status = 'RUNNING' AND NOT EXISTS
        (SELECT 1 FROM job_holders h
          WHERE h.experiment_id = experiment_jobs.experiment_id AND h.epoch = experiment_jobs.epoch AND ${isLive})
      RETURNING epoch`,
  );
  const join = prepare(
    db,
    (v: Lease & { leaseFor: number }) => sql<{ epoch: number }>`
      INSERT INTO job_holders (experiment_id, holder, epoch, lease_until, in_flight)
      SELECT experiment_id, ${v.holder}, epoch, ${db.now} + ${v.leaseFor}, 0 FROM experiment_jobs
      WHERE experiment_id = ${v.experimentId} AND status = 'RUNNING' AND epoch = ${v.token}
      ON CONFLICT (experiment_id, holder, epoch) DO UPDATE SET lease_until = excluded.lease_until
      RETURNING epoch`,
  );
  const renew = prepare(
    db,
    (v: Lease & { leaseFor: number; inFlight: number; stopping: number }) => sql<{ epoch: number }>`
      UPDATE job_holders SET lease_until = ${db.now} + ${v.leaseFor}, in_flight = ${v.inFlight}, stopping = ${v.stopping}
      WHERE experiment_id = ${v.experimentId} AND holder = ${v.holder} AND epoch = ${v.token}
      RETURNING epoch`,
  );
  const release = prepare(
    db,
    (v: Lease) => sql<never>`
      DELETE FROM job_holders WHERE experiment_id = ${v.experimentId} AND holder = ${v.holder} AND epoch = ${v.token}`,
  );
  const releaseAll = prepare(
    db,
    () => sql<never>`
      DELETE FROM job_holders WHERE experiment_id IN (SELECT experiment_id FROM experiment_jobs WHERE runner = 'server')`,
  );
  const listStates = prepare(
    db,
    (v: { experimentIds: string }) => sql<JobStateRow>`
      SELECT j.experiment_id, j.status, j.epoch, j.max_concurrency, j.ephemeral,
        CAST(${db.now} - j.watched_at AS bigint) AS unwatched,
        (SELECT count(*) FROM job_holders h WHERE h.experiment_id = j.experiment_id AND h.epoch = j.epoch AND ${isLive}) AS holders,
        (SELECT count(*) FROM job_holders h
          WHERE h.experiment_id = j.experiment_id AND h.epoch = j.epoch AND h.stopping = 0 AND ${isLive}) AS starting,
        (SELECT count(*) FROM job_holders h WHERE h.experiment_id = j.experiment_id AND h.epoch < j.epoch AND ${isLive}) AS draining
      FROM experiment_jobs j WHERE j.experiment_id IN ${db.numbersOf(v.experimentIds)}`,
  );

  const fence = prepare(
    db,
    (v: { experimentId: number }) => sql<never>`
      UPDATE experiment_jobs SET epoch = epoch + 1 WHERE experiment_id = ${v.experimentId} AND status <> 'RUNNING'`,
  );

  function* joinJob(lease: Lease, leaseFor: number): Operation<boolean> {
    return (yield* firstRow(join, { ...lease, leaseFor })) !== undefined;
  }

  return {
    joinJob,
    /** Those that run and that nobody holds, oldest first. */
    listTakeableJobs: (limit: number) => rows(listTakeable, { limit }),
    /** Those that run and that somebody holds, oldest first. */
    listHeldJobs: (limit: number) => rows(listHeld, { limit }),

    /** Takes up a job that nobody holds. `null` when somebody does, or it does not run. */
    *takeJob(experimentId: number, holder: string, leaseFor: number): Operation<number | null> {
      const taken = yield* firstRow(take, { experimentId });
      if (!taken) return null;
      yield* joinJob({ experimentId, holder, token: taken.epoch }, leaseFor);
      return taken.epoch;
    },

    /** Gives back the leases that are still there. */
    *renewLeases(
      leases: readonly (Lease & { readonly inFlight: number; readonly stopping: number })[],
      leaseFor: number,
    ): Operation<readonly Lease[]> {
      const renewed: Lease[] = [];
      for (const lease of leases) if (yield* firstRow(renew, { ...lease, leaseFor })) renewed.push(lease);
      return renewed;
    },

    /** Makes every holder of a job that does not run one that comes too late. */
    *fenceJob(experimentId: number): Operation<null> {
      yield* rows(fence, { experimentId });
      return null;
    },

    *releaseLease(lease: Lease): Operation<null> {
      yield* rows(release, lease);
      return null;
    },

    /** Ends every lease of servers: whoever calls this knows that none is alive. */
    *releaseAllLeases(): Operation<null> {
      yield* rows(releaseAll, {});
      return null;
    },

    /** @param experimentIds - A JSON list of rows. */
    listJobStates: (experimentIds: string) => rows(listStates, { experimentIds }),
  };
}
