import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { createExperimentOperations } from './experiments.ts';
import { isUnfinished } from './unfinished.ts';

/** A range of examples, by the first and the last. */
export interface ShardRow {
  readonly first_row: number;
  readonly last_row: number;
}

export interface ShardPlan {
  readonly experimentId: number;
  /** A JSON list. */
  readonly evaluatorNames: string;
  readonly withTask: boolean;
  /** Examples of a shard. */
  readonly size: number;
}

/** How what a job has left to do is divided, for several servers to carry it out. */
export function createShardPlanOperations(
  db: Dialect,
  { getExperiment }: Pick<ReturnType<typeof createExperimentOperations>, 'getExperiment'>,
) {
  const list = prepare(
    db,
    (v: Omit<ShardPlan, 'withTask'> & { repetitions: number }) => sql<ShardRow>`
      SELECT min(n.example_id) AS first_row, max(n.example_id) AS last_row FROM
        (SELECT xe.example_id, (row_number() OVER (ORDER BY xe.example_id) - 1) / CAST(${v.size} AS BIGINT) AS shard
          FROM experiment_examples xe WHERE xe.experiment_id = ${v.experimentId} AND ${isUnfinished(db, v)}) AS n
      GROUP BY n.shard ORDER BY 1`,
  );

  return {
    /** The ranges of so many unfinished examples each, in dataset order. */
    *listShards({ withTask, ...plan }: ShardPlan): Operation<readonly ShardRow[]> {
      const { repetitions } = yield* getExperiment(plan.experimentId);
      return yield* rows(list, { ...plan, repetitions: withTask ? repetitions : 0 });
    },
  };
}
