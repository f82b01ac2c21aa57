import { AssayError } from '@assay/core';
import { columnOf, sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { globalId } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { createExperimentOperations } from './experiments.ts';
import type { createJobCountOperations } from './job-counts.ts';

export interface JobRow {
  readonly id: number;
  readonly experiment_id: number;
  readonly runner: string;
  readonly status: string;
  readonly epoch: number;
  readonly spec: string;
  readonly evaluator_names: string;
  readonly max_concurrency: number;
  readonly ephemeral: number;
  readonly created_at: number;
  readonly started_at: number;
  readonly updated_at: number;
  readonly watched_at: number;
  readonly expected_runs: number;
  readonly ok_runs: number;
  readonly failed_runs: number;
  readonly ok_evaluations: number;
  readonly failed_evaluations: number;
  /** Of those whose lease has not lapsed. */
  readonly in_flight: number;
  readonly holders: number;
}

export interface NewJob {
  readonly experiment_id: number;
  readonly runner: string;
  readonly spec: string;
  readonly evaluator_names: string;
  readonly max_concurrency: number;
  readonly ephemeral: number;
}

export interface JobPage {
  readonly before: number;
  readonly status: string | null;
  readonly limit: number;
}

/** What becomes of jobs as a whole. Who carries them out is in `job-leases.ts`. */
export function createJobOperations(
  db: Dialect,
  { getExperiment }: Pick<ReturnType<typeof createExperimentOperations>, 'getExperiment'>,
  { recount }: Pick<ReturnType<typeof createJobCountOperations>, 'recount'>,
) {
  const counted = (column: string) =>
    sql`(SELECT CAST(coalesce(sum(c.${columnOf(column)}), 0) AS bigint) FROM job_counts c WHERE c.experiment_id = j.experiment_id)`;
  const held = (what: ReturnType<typeof sql>) =>
    sql`(SELECT CAST(${what} AS bigint) FROM job_holders h WHERE h.experiment_id = j.experiment_id AND h.lease_until > ${db.now})`;
  const selected = sql`SELECT j.id, j.experiment_id, j.runner, j.status, j.epoch, j.spec, j.evaluator_names, j.max_concurrency,
      j.ephemeral, j.created_at, j.started_at, j.updated_at, j.watched_at, x.example_count * x.repetitions AS expected_runs,
      ${counted('ok_runs')} AS ok_runs, ${counted('failed_runs')} AS failed_runs,
      ${counted('ok_evaluations')} AS ok_evaluations, ${counted('failed_evaluations')} AS failed_evaluations,
      ${held(sql`coalesce(sum(h.in_flight), 0)`)} AS in_flight, ${held(sql`count(*)`)} AS holders
    FROM experiment_jobs j JOIN experiments x ON x.id = j.experiment_id`;

  const insert = prepare(
    db,
    (v: NewJob) => sql<{ id: number }>`
      INSERT INTO experiment_jobs (experiment_id, runner, status, epoch, spec, evaluator_names, max_concurrency, ephemeral,
        created_at, started_at, updated_at, watched_at)
      VALUES (${v.experiment_id}, ${v.runner}, 'RUNNING', 1, ${v.spec}, ${v.evaluator_names}, ${v.max_concurrency},
        ${v.ephemeral}, ${db.now}, ${db.now}, ${db.now}, ${db.now})
      ON CONFLICT (experiment_id) DO NOTHING
      RETURNING id`,
  );
  const find = prepare(
    db,
    (v: { experimentId: number }) => sql<JobRow>`${selected} WHERE j.experiment_id = ${v.experimentId}`,
  );
  const list = prepare(
    db,
    (v: JobPage) => sql<JobRow>`${selected} WHERE j.id < ${v.before} ORDER BY j.id DESC LIMIT ${v.limit}`,
  );
  const listOfStatus = prepare(
    db,
    (v: JobPage) => sql<JobRow>`${selected}
      WHERE j.status = ${v.status} AND j.id < ${v.before} ORDER BY j.id DESC LIMIT ${v.limit}`,
  );
  const end = prepare(
    db,
    (v: { experimentId: number; status: string; token: number }) => sql<{ id: number }>`
      UPDATE experiment_jobs SET status = ${v.status}, updated_at = ${db.now}
      WHERE experiment_id = ${v.experimentId} AND status = 'RUNNING' AND (${v.token} = 0 OR epoch = ${v.token})
      RETURNING id`,
  );
  const restart = prepare(
    db,
    (v: NewJob) => sql<{ id: number }>`
      UPDATE experiment_jobs SET status = 'RUNNING', epoch = epoch + 1, spec = ${v.spec}, runner = ${v.runner},
        evaluator_names = ${v.evaluator_names}, max_concurrency = ${v.max_concurrency}, ephemeral = ${v.ephemeral},
        started_at = ${db.now}, updated_at = ${db.now}, watched_at = ${db.now}
      WHERE experiment_id = ${v.experiment_id} AND status <> 'RUNNING'
      RETURNING id`,
  );
  const watched = prepare(
    db,
    (v: { experimentIds: string }) => sql<never>`
      UPDATE experiment_jobs SET watched_at = ${db.now} WHERE experiment_id IN ${db.numbersOf(v.experimentIds)}`,
  );
  const listStale = prepare(
    db,
    (v: { olderThan: number }) => sql<{ experiment_id: number }>`
      SELECT experiment_id FROM experiment_jobs
      WHERE ephemeral = 1 AND status <> 'RUNNING' AND updated_at < ${db.now} - ${v.olderThan} LIMIT 100`,
  );

  function* getJob(experimentId: number): Operation<JobRow> {
    const job = yield* firstRow(find, { experimentId });
    if (job) return job;
    yield* getExperiment(experimentId);
    throw new AssayError('not-found', `Experiment ${globalId('Experiment', experimentId)} has no background job`);
  }

  function* createJob(job: NewJob): Operation<JobRow> {
    yield* getExperiment(job.experiment_id);
    if (!(yield* firstRow(insert, job)))
      throw conflict(job.experiment_id, 'has a background job already: resume it instead');
    yield* recount(job.experiment_id, JSON.parse(job.evaluator_names) as readonly string[]);
    return yield* getJob(job.experiment_id);
  }

  /** @param token - `0`: whoever carries it out. Otherwise nothing happens when another does by now. */
  function* endJob(experimentId: number, status: string, token: number): Operation<JobRow> {
    const ended = yield* firstRow(end, { experimentId, status, token });
    const job = yield* getJob(experimentId);
    if (!ended && token === 0) throw conflict(experimentId, `is not running: its job is ${job.status}`);
    return job;
  }

  function* resumeJob(job: NewJob): Operation<JobRow> {
    yield* getJob(job.experiment_id);
    if (!(yield* firstRow(restart, job))) throw conflict(job.experiment_id, 'is running already');
    yield* recount(job.experiment_id, JSON.parse(job.evaluator_names) as readonly string[]);
    return yield* getJob(job.experiment_id);
  }

  return {
    getJob,
    createJob,
    endJob,
    resumeJob,
    listJobs: (page: JobPage) => rows(page.status === null ? list : listOfStatus, page),
    /** @param experimentIds - A JSON list of rows. */
    watchJobs: function* (experimentIds: string): Operation<null> {
      yield* rows(watched, { experimentIds });
      return null;
    },
    /** Ephemeral ones that have not changed for so many microseconds. */
    listStaleJobs: (olderThan: number) => rows(listStale, { olderThan }),
  };
}

function conflict(experimentId: number, what: string): AssayError {
  return new AssayError('conflict', `Experiment ${globalId('Experiment', experimentId)} ${what}`);
}
