import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { createEvaluationRunOperations, EvaluationRunRow, NewEvaluationRun } from './evaluation-runs.ts';
import type { CountsChange, createJobCountOperations } from './job-counts.ts';
import type { createTaskRunOperations, NewTaskRun, TaskRunRow } from './task-runs.ts';

/** Under which token somebody writes the records of a job. */
export interface Fence {
  readonly experimentId: number;
  readonly token: number;
  readonly writer: string;
}

/** `dropped`: what was to be saved came too late, and nothing stands in its place. */
export type FencedOutcome<Row> = { readonly id: number } | { readonly standing: Row } | { readonly dropped: true };

/**
 * Saves of a job, in one transaction with its counts. A write with an old token is kept if it is a success and its slot
 * is empty or holds a failure, since its call is paid for; otherwise it is dropped.
 */
export function createFencedSaveOperations(
  db: Dialect,
  { saveTaskRun }: Pick<ReturnType<typeof createTaskRunOperations>, 'saveTaskRun'>,
  { saveEvaluationRun }: Pick<ReturnType<typeof createEvaluationRunOperations>, 'saveEvaluationRun'>,
  { addCounts }: Pick<ReturnType<typeof createJobCountOperations>, 'addCounts'>,
) {
  const findEpoch = prepare(
    db,
    (v: { experimentId: number }) => sql<{ epoch: number }>`
      SELECT epoch FROM experiment_jobs WHERE experiment_id = ${v.experimentId}`,
  );

  function* isCurrent({ experimentId, token }: Fence): Operation<boolean> {
    return (yield* firstRow(findEpoch, { experimentId }))?.epoch === token;
  }

  function* count({ experimentId, writer }: Fence, change: CountsChange): Operation<void> {
    if (Object.values(change).some((value) => value !== 0)) yield* addCounts(experimentId, writer, change);
  }

  return {
    *saveFencedTaskRun(fence: Fence, run: NewTaskRun, now: number): Operation<FencedOutcome<TaskRunRow>> {
      const isOk = run.error === null;
      if (!isOk && !(yield* isCurrent(fence))) return { dropped: true };
      const saved = yield* saveTaskRun(run, now, fence.token);
      if (!('id' in saved)) return saved;
      const replaced = saved.replaces ? 1 : 0;
      yield* count(fence, isOk ? { okRuns: 1, failedRuns: -replaced } : { failedRuns: 1 - replaced });
      return { id: saved.id };
    },

    /** @param isCounted - Whether it stands for its evaluator: of several results of one, only the first does. */
    *saveFencedEvaluationRun(
      fence: Fence,
      run: NewEvaluationRun,
      now: number,
      isCounted: boolean,
    ): Operation<FencedOutcome<EvaluationRunRow>> {
      const isOk = run.status !== 'failed';
      const current = yield* isCurrent(fence);
      if (!isOk && !current) return { dropped: true };
      const saved = yield* saveEvaluationRun(run, now, { epoch: fence.token, onlyOverFailure: !current });
      if (!('id' in saved)) return saved;
      if (isCounted && saved.replaces !== 'ok') {
        const replaced = saved.replaces === 'failed' ? 1 : 0;
        yield* count(
          fence,
          isOk ? { okEvaluations: 1, failedEvaluations: -replaced } : { failedEvaluations: 1 - replaced },
        );
      }
      return { id: saved.id };
    },
  };
}
