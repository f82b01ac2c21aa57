import { sql } from '../sql.ts';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createExperimentOperations } from './experiments.ts';
import type { ExampleRow } from './examples.ts';
import type { TaskRunRow } from './task-runs.ts';

/** An example without a success for every repetition. */
export interface IncompleteExampleRow extends ExampleRow {
  /** A JSON list of the repetitions that have one. */
  readonly done: string;
}

/** A successful run without a success of every evaluator. */
export interface IncompleteRunRow extends TaskRunRow {
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
  readonly revised_at: number;
  /** A JSON list of the evaluators that have one. */
  readonly done: string;
}

/** What is still to be done for an experiment. Pages begin with the row `from`. */
export function createIncompleteOperations(
  db: Dialect,
  { getExperiment }: ReturnType<typeof createExperimentOperations>,
) {
  const example = sql`e.external_id, r.input, r.expected, r.metadata, rv.created_at AS revised_at`;
  const revision = sql`JOIN example_revisions r ON r.id = xe.revision_id JOIN dataset_versions rv ON rv.id = r.version_id`;

  const listExamples = prepare(
    db,
    (v: { experimentId: number; repetitions: number; from: number; limit: number }) => sql<IncompleteExampleRow>`
      SELECT e.id, ${example}, '[]' AS splits, ${db.jsonListOf(sql`SELECT t.repetition AS item FROM task_runs t
        WHERE t.experiment_id = xe.experiment_id AND t.example_id = xe.example_id AND t.error IS NULL`)} AS done
      FROM experiment_examples xe JOIN examples e ON e.id = xe.example_id ${revision}
      WHERE xe.experiment_id = ${v.experimentId} AND xe.example_id >= ${v.from} AND (SELECT count(*) FROM task_runs t
        WHERE t.experiment_id = xe.experiment_id AND t.example_id = xe.example_id AND t.error IS NULL) < ${v.repetitions}
      ORDER BY xe.example_id LIMIT ${v.limit}`,
  );

  const listRuns = prepare(
    db,
    (v: {
      experimentId: number;
      names: string;
      nameCount: number;
      from: number;
      limit: number;
    }) => sql<IncompleteRunRow>`
      SELECT t.id, t.experiment_id, t.example_id AS example_row, e.external_id AS example_id, t.repetition, t.output, t.error,
        t.attempts, t.started_at, t.ended_at, t.latency_ms, t.wait_ms, t.trace_id, t.prompt_tokens, t.completion_tokens,
        t.cost_usd, t.cached_prompt_tokens, t.replayed_calls, ${example}, ${db.jsonListOf(sql`SELECT v.name AS item FROM evaluation_runs v
          WHERE v.task_run_id = t.id AND v.error IS NULL AND v.name IN ${db.textsOf(v.names)}`)} AS done
      FROM task_runs t
      JOIN experiment_examples xe ON xe.experiment_id = t.experiment_id AND xe.example_id = t.example_id
      JOIN examples e ON e.id = t.example_id ${revision}
      WHERE t.experiment_id = ${v.experimentId} AND t.id >= ${v.from} AND t.error IS NULL
        AND (SELECT count(*) FROM evaluation_runs v
          WHERE v.task_run_id = t.id AND v.error IS NULL AND v.name IN ${db.textsOf(v.names)}) < ${v.nameCount}
      ORDER BY t.id LIMIT ${v.limit}`,
  );

  return {
    *listIncompleteExamples(page: {
      experimentId: number;
      from: number;
      limit: number;
    }): Operation<readonly IncompleteExampleRow[]> {
      const { repetitions } = yield* getExperiment(page.experimentId);
      return yield* rows(listExamples, { ...page, repetitions });
    },

    *listIncompleteRuns({
      names,
      ...page
    }: {
      experimentId: number;
      names: readonly string[];
      from: number;
      limit: number;
    }): Operation<readonly IncompleteRunRow[]> {
      yield* getExperiment(page.experimentId);
      return yield* rows(listRuns, { ...page, names: JSON.stringify(names), nameCount: names.length });
    },
  };
}
