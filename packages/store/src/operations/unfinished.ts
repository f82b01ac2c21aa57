import type { Dialect } from '../dialect.ts';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { type Query, sql } from '../sql.ts';
import type { ExampleRow } from './examples.ts';
import type { createExperimentOperations } from './experiments.ts';

/** Which unfinished examples of an experiment are wanted. */
export interface UnfinishedPage {
  readonly experimentId: number;
  /** A JSON list. */
  readonly evaluatorNames: string;
  /** Whether runs that are missing or failed count, or evaluations alone. */
  readonly withTask: boolean;
  /** After this row and up to that one. */
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

/** Whether the example of `xe`, which stands before it in FROM, has something left to do. */
export function isUnfinished(
  db: Dialect,
  v: { readonly repetitions: number; readonly evaluatorNames: string },
): Query<boolean> {
  return sql`((SELECT count(*) FROM task_runs t WHERE t.experiment_id = xe.experiment_id AND t.example_id = xe.example_id
      AND t.error IS NULL) < ${v.repetitions}
    OR EXISTS (SELECT 1 FROM task_runs t CROSS JOIN ${db.textsOf(v.evaluatorNames)} AS asked
      WHERE t.experiment_id = xe.experiment_id AND t.example_id = xe.example_id AND t.error IS NULL AND NOT EXISTS
        (SELECT 1 FROM evaluation_runs v WHERE v.task_run_id = t.id AND v.name = asked.value AND v.status <> 'failed')))`;
}

/**
 * What a job has left to do, in dataset order. At least that: an evaluator that gives several results is on record under
 * their names, and its examples are listed as well; the plan sees that nothing is missing of them.
 */
export function createUnfinishedOperations(
  db: Dialect,
  { getExperiment }: Pick<ReturnType<typeof createExperimentOperations>, 'getExperiment'>,
) {
  const list = prepare(
    db,
    (v: Omit<UnfinishedPage, 'withTask'> & { repetitions: number }) => sql<ExampleRow>`
      SELECT e.id, e.external_id, r.input, r.expected, r.metadata, rv.created_at AS revised_at,
        ${db.jsonListOf(sql`SELECT s.name AS item FROM split_examples se JOIN splits s ON s.id = se.split_id
          WHERE se.example_id = e.id ORDER BY s.name`)} AS splits
      FROM experiment_examples xe JOIN examples e ON e.id = xe.example_id
      JOIN example_revisions r ON r.id = xe.revision_id JOIN dataset_versions rv ON rv.id = r.version_id
      WHERE xe.experiment_id = ${v.experimentId} AND xe.example_id > ${v.after} AND xe.example_id <= ${v.upTo}
        AND ${isUnfinished(db, v)}
      ORDER BY xe.example_id LIMIT ${v.limit}`,
  );

  return {
    *listUnfinishedExamples({ withTask, ...page }: UnfinishedPage): Operation<readonly ExampleRow[]> {
      const { repetitions } = yield* getExperiment(page.experimentId);
      return yield* rows(list, { ...page, repetitions: withTask ? repetitions : 0 });
    },
  };
}
