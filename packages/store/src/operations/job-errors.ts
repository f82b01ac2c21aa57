import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { each, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';

export interface NewJobError {
  readonly occurred_at: number;
  readonly kind: string;
  readonly example_id: string | null;
  readonly repetition: number | null;
  readonly evaluator: string | null;
  readonly message: string;
}

export interface JobErrorRow extends NewJobError {
  readonly id: number;
  readonly experiment_id: number;
}

/** What went wrong with jobs. A resume leaves it where it is. */
export function createJobErrorOperations(db: Dialect) {
  const insert = prepare(
    db,
    (v: NewJobError & { experimentId: number }) => sql<never>`
      INSERT INTO job_errors (experiment_id, occurred_at, kind, example_id, repetition, evaluator, message)
      SELECT experiment_id, ${v.occurred_at}, ${v.kind}, ${v.example_id}, ${v.repetition}, ${v.evaluator}, ${v.message}
      FROM experiment_jobs WHERE experiment_id = ${v.experimentId}`,
  );
  const list = prepare(
    db,
    (v: { experimentId: number; before: number; limit: number }) => sql<JobErrorRow>`
      SELECT id, experiment_id, occurred_at, kind, example_id, repetition, evaluator, message FROM job_errors
      WHERE experiment_id = ${v.experimentId} AND id < ${v.before} ORDER BY id DESC LIMIT ${v.limit}`,
  );
  // What ended a job in ERROR, though calls that were in flight then may have failed after it.
  const listLast = prepare(
    db,
    (v: { experimentIds: string }) => sql<JobErrorRow>`
      SELECT id, experiment_id, occurred_at, kind, example_id, repetition, evaluator, message FROM job_errors
      WHERE id IN (SELECT coalesce(
          CASE WHEN (SELECT j.status FROM experiment_jobs j WHERE j.experiment_id = asked.value) = 'ERROR' THEN
            (SELECT e.id FROM job_errors e WHERE e.experiment_id = asked.value AND e.kind = 'experiment'
              ORDER BY e.id DESC LIMIT 1) END,
          (SELECT max(e.id) FROM job_errors e WHERE e.experiment_id = asked.value))
        FROM ${db.numbersOf(v.experimentIds)} AS asked)`,
  );

  return {
    *addJobErrors(experimentId: number, errors: readonly NewJobError[]): Operation<null> {
      yield* each(
        insert,
        errors.map((error) => ({ ...error, experimentId })),
      );
      return null;
    },
    /** Newest first. */
    listJobErrors: (page: { experimentId: number; before: number; limit: number }) => rows(list, page),
    /** What ended each job in ERROR, else its newest. @param experimentIds - A JSON list of rows. */
    listLastJobErrors: (experimentIds: string) => rows(listLast, { experimentIds }),
  };
}
