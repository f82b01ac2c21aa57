import { AssayError } from '@assay/core';
import { sql } from '../sql.ts';
import { globalId, noSuch } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import { toColumns } from '../row-columns.ts';
import type { RowColumns } from '../row-columns.ts';
import type { CallColumns } from '../call-columns.ts';
import type { createEvaluationRunOperations } from './evaluation-runs.ts';
import type { createSupersededOperations } from './superseded.ts';

/** A task run to be saved. */
export interface NewTaskRun extends CallColumns {
  experiment_id: number;
  /** The id that the user knows; `null`: its example goes by its row. */
  example_id: string | null;
  /** The row that the id may stand for. */
  example_row: number | null;
  repetition: number;
  output: string;
}

export interface TaskRunRow extends NewTaskRun {
  id: number;
  /** `null` when the user gave none. */
  example_id: string | null;
  example_row: number;
}

/** Rows of an experiment after a key, in the order of the key, so that paging is stable while rows are added. */
export interface RunPage {
  readonly experimentId: number;
  readonly example: number;
  readonly repetition: number;
  readonly limit: number;
  /** A JSON list; `null`: all. */
  readonly exampleIds: string | null;
  /** A JSON list of the rows that these ids may stand for. */
  readonly exampleRows: string;
}

/** What became of a save: `replaces` when a failure stood in the slot. */
/** What a task run counts for in a summary, without its output. */
export interface RunFiguresRow extends Pick<
  CallColumns,
  | 'error'
  | 'attempts'
  | 'latency_ms'
  | 'wait_ms'
  | 'prompt_tokens'
  | 'completion_tokens'
  | 'cost_usd'
  | 'cached_prompt_tokens'
  | 'replayed_calls'
> {
  readonly example_row: number;
  readonly repetition: number;
}

export interface NewestPage {
  readonly experimentId: number;
  readonly before: number;
  readonly limit: number;
}

export type FiguresPage = Pick<RunPage, 'experimentId' | 'example' | 'repetition' | 'limit'>;

type SaveOutcome = { readonly id: number; readonly replaces: boolean } | { readonly standing: TaskRunRow };

export function createTaskRunOperations(
  db: Dialect,
  { supersede }: ReturnType<typeof createSupersededOperations>,
  { dropMachineEvaluations }: ReturnType<typeof createEvaluationRunOperations>,
) {
  const columns = sql`r.id, r.experiment_id, r.example_id AS example_row, e.external_id AS example_id, r.repetition,
    r.output, r.error, r.attempts, r.started_at, r.ended_at, r.latency_ms, r.wait_ms, r.trace_id, r.prompt_tokens,
    r.completion_tokens, r.cost_usd, r.cached_prompt_tokens, r.replayed_calls`;

  // One statement for the common case: the plan has this run, and its slot is empty. Otherwise no row comes back.
  const insert = prepare(
    db,
    (v: NewTaskRun) => sql<{ id: number }>`
      INSERT INTO task_runs (experiment_id, example_id, repetition, output, error, attempts, started_at, ended_at,
        latency_ms, wait_ms, trace_id, prompt_tokens, completion_tokens, cost_usd,
        cached_prompt_tokens, replayed_calls)
      SELECT x.id, e.id, ${v.repetition}, ${v.output}, ${v.error}, ${v.attempts}, ${v.started_at}, ${v.ended_at},
        ${v.latency_ms}, ${v.wait_ms}, ${v.trace_id}, ${v.prompt_tokens}, ${v.completion_tokens}, ${v.cost_usd},
        ${v.cached_prompt_tokens}, ${v.replayed_calls}
      FROM experiments x
      JOIN examples e ON e.dataset_id = x.dataset_id AND e.external_id = ${v.example_id}
      JOIN experiment_examples xe ON xe.experiment_id = x.id AND xe.example_id = e.id
      WHERE x.id = ${v.experiment_id} AND x.repetitions >= ${v.repetition}
      ON CONFLICT (experiment_id, example_id, repetition) DO NOTHING
      RETURNING id`,
  );

  const insertByRow = prepare(
    db,
    (v: NewTaskRun) => sql<{ id: number }>`
      INSERT INTO task_runs (experiment_id, example_id, repetition, output, error, attempts, started_at, ended_at,
        latency_ms, wait_ms, trace_id, prompt_tokens, completion_tokens, cost_usd,
        cached_prompt_tokens, replayed_calls)
      SELECT x.id, xe.example_id, ${v.repetition}, ${v.output}, ${v.error}, ${v.attempts}, ${v.started_at}, ${v.ended_at},
        ${v.latency_ms}, ${v.wait_ms}, ${v.trace_id}, ${v.prompt_tokens}, ${v.completion_tokens}, ${v.cost_usd},
        ${v.cached_prompt_tokens}, ${v.replayed_calls}
      FROM experiments x JOIN experiment_examples xe ON xe.experiment_id = x.id AND xe.example_id = ${v.example_row}
      WHERE x.id = ${v.experiment_id} AND x.repetitions >= ${v.repetition}
      ON CONFLICT (experiment_id, example_id, repetition) DO NOTHING
      RETURNING id`,
  );

  const findSlot = prepare(
    db,
    (v: Pick<NewTaskRun, 'experiment_id' | 'example_id' | 'example_row'>) => sql<{
      repetitions: number;
      example_row: number | null;
    }>`
      SELECT x.repetitions, xe.example_id AS example_row FROM experiments x
      LEFT JOIN examples e ON e.dataset_id = x.dataset_id AND (e.external_id = ${v.example_id}
        OR (e.id = ${v.example_row} AND (e.external_id IS NULL OR CAST(${v.example_id} AS TEXT) IS NULL)))
      LEFT JOIN experiment_examples xe ON xe.experiment_id = x.id AND xe.example_id = e.id
      WHERE x.id = ${v.experiment_id} ORDER BY xe.example_id IS NULL LIMIT 1`,
  );

  const find = prepare(
    db,
    (v: { experiment_id: number; example_row: number; repetition: number }) => sql<TaskRunRow>`
      SELECT ${columns} FROM task_runs r JOIN examples e ON e.id = r.example_id
      WHERE r.experiment_id = ${v.experiment_id} AND r.example_id = ${v.example_row} AND r.repetition = ${v.repetition}`,
  );

  // The rule that a success is final stands in the statement too, not only in its caller.
  const replace = prepare(
    db,
    (v: NewTaskRun & { id: number }) => sql<{ id: number }>`
      UPDATE task_runs SET output = ${v.output}, error = ${v.error}, attempts = ${v.attempts},
        started_at = ${v.started_at}, ended_at = ${v.ended_at}, latency_ms = ${v.latency_ms}, wait_ms = ${v.wait_ms},
        trace_id = ${v.trace_id}, prompt_tokens = ${v.prompt_tokens}, completion_tokens = ${v.completion_tokens},
        cost_usd = ${v.cost_usd}, cached_prompt_tokens = ${v.cached_prompt_tokens}, replayed_calls = ${v.replayed_calls}
      WHERE id = ${v.id} AND error IS NOT NULL
      RETURNING id`,
  );

  const list = prepare(
    db,
    (v: RunPage) => sql<TaskRunRow>`
      SELECT ${columns} FROM task_runs r JOIN examples e ON e.id = r.example_id
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) > (${v.example}, ${v.repetition})
      ORDER BY r.example_id, r.repetition LIMIT ${v.limit}`,
  );

  const listFigures = prepare(
    db,
    (v: FiguresPage) => sql<RunFiguresRow>`
      SELECT r.example_id AS example_row, r.repetition, r.error, r.attempts,
         r.latency_ms, r.wait_ms, r.prompt_tokens, r.completion_tokens, r.cost_usd, r.cached_prompt_tokens,
         r.replayed_calls
      FROM task_runs r
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) > (${v.example}, ${v.repetition})
      ORDER BY r.example_id, r.repetition LIMIT ${v.limit}`,
  );

  const listOf = prepare(
    db,
    (v: RunPage) => sql<TaskRunRow>`
      SELECT ${columns} FROM task_runs r JOIN examples e ON e.id = r.example_id
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) > (${v.example}, ${v.repetition})
        AND r.example_id IN (SELECT x.id FROM examples x
          WHERE x.dataset_id = (SELECT dataset_id FROM experiments WHERE id = ${v.experimentId})
            AND (x.external_id IN ${db.textsOf(v.exampleIds)}
              OR (x.external_id IS NULL AND x.id IN ${db.numbersOf(v.exampleRows)})))
      ORDER BY r.example_id, r.repetition LIMIT ${v.limit}`,
  );

  /** @param epoch - Of the job that saves it; `null` when none does. */
  function* saveTaskRun(run: NewTaskRun, now: number, epoch: number | null = null): Operation<SaveOutcome> {
    const added = yield* firstRow(run.example_id === null ? insertByRow : insert, run);
    if (added) return { ...added, replaces: false };

    const slot = yield* firstRow(findSlot, run);
    if (!slot) throw noSuch('Experiment', 'experiment', run.experiment_id);
    if (slot.example_row === null) {
      const example = run.example_id ?? globalId('DatasetExample', run.example_row!);
      throw new AssayError('not-found', `The experiment has no example ${example}`);
    }
    if (run.repetition > slot.repetitions) {
      throw new AssayError(
        'invalid-input',
        `Expected repetition to be at most ${slot.repetitions}, got ${run.repetition}`,
      );
    }
    const key = { experiment_id: run.experiment_id, example_row: slot.example_row, repetition: run.repetition };
    const standing = yield* firstRow(find, key);
    if (!standing)
      return { ...(yield* firstRow(insertByRow, { ...run, example_row: slot.example_row }))!, replaces: false };
    if (standing.error === null) return { standing };
    yield* supersede('task_run', run.experiment_id, standing, now, epoch);
    yield* dropMachineEvaluations(run.experiment_id, standing.id, now, epoch);
    yield* rows(replace, { ...run, id: standing.id });
    return { id: standing.id, replaces: true };
  }

  const listNewest = prepare(
    db,
    (v: NewestPage) => sql<TaskRunRow>`
      SELECT ${columns} FROM task_runs r JOIN examples e ON e.id = r.example_id
      WHERE r.experiment_id = ${v.experimentId} AND r.id < ${v.before} ORDER BY r.id DESC LIMIT ${v.limit}`,
  );

  /** Newest first; nothing for an experiment that is not there. */
  function* listNewestTaskRuns(page: NewestPage): Operation<RowColumns<TaskRunRow>> {
    return toColumns(yield* rows(listNewest, page));
  }

  const findExperiment = prepare(
    db,
    (v: { id: number }) => sql<{ experiment_id: number }>`SELECT experiment_id FROM task_runs WHERE id = ${v.id}`,
  );

  function* getExperimentOfRun(id: number): Operation<number> {
    const run = yield* firstRow(findExperiment, { id });
    if (!run) throw noSuch('ExperimentRun', 'task run', id);
    return run.experiment_id;
  }

  return {
    saveTaskRun,
    getExperimentOfRun,
    listNewestTaskRuns,
    /** In the order of examples and repetitions, as `listTaskRuns`. */
    listRunFigures: (page: FiguresPage) => rows(listFigures, page),
    listTaskRuns: (page: RunPage) => rows(page.exampleIds === null ? list : listOf, page),
  };
}
