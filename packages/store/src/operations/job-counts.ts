import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { each, firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';

/** What a save adds to the counts of a job. */
export interface CountsChange {
  readonly okRuns?: number;
  readonly failedRuns?: number;
  readonly okEvaluations?: number;
  readonly failedEvaluations?: number;
}

/** How far each job is: kept with each save, so that nobody who asks waits for a million rows to be counted. */
export function createJobCountOperations(db: Dialect) {
  const add = prepare(
    db,
    (v: Required<CountsChange> & { experimentId: number; writer: string }) => sql<never>`
      INSERT INTO job_counts (experiment_id, writer, ok_runs, failed_runs, ok_evaluations, failed_evaluations)
      VALUES (${v.experimentId}, ${v.writer}, ${v.okRuns}, ${v.failedRuns}, ${v.okEvaluations}, ${v.failedEvaluations})
      ON CONFLICT (experiment_id, writer) DO UPDATE SET ok_runs = job_counts.ok_runs + excluded.ok_runs,
        failed_runs = job_counts.failed_runs + excluded.failed_runs,
        ok_evaluations = job_counts.ok_evaluations + excluded.ok_evaluations,
        failed_evaluations = job_counts.failed_evaluations + excluded.failed_evaluations`,
  );
  const clear = prepare(
    db,
    (v: { experimentId: number }) => sql<never>`DELETE FROM job_counts WHERE experiment_id = ${v.experimentId}`,
  );
  const countRuns = prepare(
    db,
    (v: { experimentId: number }) => sql<{ all_runs: number; failed: number }>`
      SELECT (SELECT count(*) FROM task_runs WHERE experiment_id = ${v.experimentId}) AS all_runs,
        (SELECT count(*) FROM task_runs WHERE experiment_id = ${v.experimentId} AND error IS NOT NULL) AS failed`,
  );
  // Of several results of one evaluator any stands for it.
  const countEvaluations = prepare(
    db,
    (v: { experimentId: number; name: string; prefix: string; prefixLength: number }) => sql<{
      ok: number;
      failed: number;
    }>`
      SELECT count(CASE WHEN judged.failed = 0 THEN 1 END) AS ok, count(CASE WHEN judged.failed = 1 THEN 1 END) AS failed
      FROM (SELECT min(CASE WHEN v.status = 'failed' THEN 1 ELSE 0 END) AS failed
        FROM task_runs t JOIN evaluation_runs v ON v.task_run_id = t.id
        WHERE t.experiment_id = ${v.experimentId} AND t.error IS NULL
          AND (v.name = ${v.name} OR substr(v.name, 1, ${v.prefixLength}) = ${v.prefix})
        GROUP BY v.task_run_id) AS judged`,
  );

  function* addCounts(experimentId: number, writer: string, change: CountsChange): Operation<void> {
    const none = { okRuns: 0, failedRuns: 0, okEvaluations: 0, failedEvaluations: 0 };
    yield* each(add, [{ ...none, ...change, experimentId, writer }]);
  }

  /** Counts everything anew, with what others than the job have saved. */
  function* recount(experimentId: number, evaluatorNames: readonly string[]): Operation<void> {
    const runs = (yield* firstRow(countRuns, { experimentId }))!;
    let okEvaluations = 0;
    let failedEvaluations = 0;
    if (runs.all_runs > 0) {
      for (const name of evaluatorNames) {
        const prefix = `${name}/`;
        // Of the database's characters, of which one beyond the 16-bit ones is one.
        const prefixLength = [...prefix].length;
        const found = (yield* firstRow(countEvaluations, { experimentId, name, prefix, prefixLength }))!;
        okEvaluations += found.ok;
        failedEvaluations += found.failed;
      }
    }
    yield* rows(clear, { experimentId });
    const { all_runs: all, failed } = runs;
    yield* addCounts(experimentId, '', { okRuns: all - failed, failedRuns: failed, okEvaluations, failedEvaluations });
  }

  return { addCounts, recount };
}
