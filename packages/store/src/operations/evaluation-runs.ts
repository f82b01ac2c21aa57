import { sql } from '../sql.ts';
import { noSuch } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { CallColumns } from '../call-columns.ts';
import type { createSupersededOperations } from './superseded.ts';
import type { FiguresPage, RunPage } from './task-runs.ts';

/** An evaluation run to be saved. */
export interface NewEvaluationRun extends CallColumns {
  task_run_id: number;
  name: string;
  kind: string;
  direction: string;
  status: string;
  score: number | null;
  label: string | null;
  explanation: string | null;
  metadata: string;
}

/** An evaluation run with the key of its task run. */
export interface EvaluationRunRow extends NewEvaluationRun {
  id: number;
  experiment_id: number;
  /** `null` when the user gave none. */
  example_id: string | null;
  example_row: number;
  repetition: number;
}

/** What became of a save: `replaces` says what stood there, `null` for nothing. */
type SaveOutcome =
  | { readonly id: number; readonly replaces: 'ok' | 'failed' | null }
  | { readonly standing: EvaluationRunRow };

/** Who saves: `epoch` of a job; with `onlyOverFailure` not even a success replaces a success. */
export interface SaveOptions {
  readonly epoch?: number | null;
  readonly onlyOverFailure?: boolean;
}

/** What an evaluation counts for in a summary, without its texts. */
export interface EvaluationFiguresRow
  extends
    Pick<NewEvaluationRun, 'name' | 'kind' | 'direction' | 'status' | 'score' | 'label'>,
    Pick<CallColumns, 'prompt_tokens' | 'completion_tokens' | 'cost_usd' | 'cached_prompt_tokens' | 'replayed_calls'> {
  readonly example_row: number;
  readonly repetition: number;
}

type EvaluationPage = RunPage & { readonly name: string };

export function createEvaluationRunOperations(
  db: Dialect,
  { supersede }: ReturnType<typeof createSupersededOperations>,
) {
  const columns = sql`v.id, v.task_run_id, v.name, v.kind, v.direction, v.status, v.score, v.label, v.explanation,
    v.metadata, v.error, v.attempts, v.started_at, v.ended_at, v.latency_ms, v.wait_ms, v.trace_id, v.prompt_tokens,
    v.completion_tokens, v.cost_usd, v.cached_prompt_tokens, v.replayed_calls, r.experiment_id, r.example_id AS example_row, e.external_id AS example_id, r.repetition`;
  const tables = sql`evaluation_runs v JOIN task_runs r ON r.id = v.task_run_id JOIN examples e ON e.id = r.example_id`;

  // One statement for the common case: the task run exists and has no evaluation of this name. Otherwise no row comes back.
  const insert = prepare(
    db,
    (v: NewEvaluationRun) => sql<{ id: number }>`
      INSERT INTO evaluation_runs (task_run_id, name, kind, direction, status, score, label, explanation, metadata, error,
        attempts, started_at, ended_at, latency_ms, wait_ms, trace_id, prompt_tokens, completion_tokens, cost_usd,
        cached_prompt_tokens, replayed_calls)
      SELECT id, ${v.name}, ${v.kind}, ${v.direction}, ${v.status}, ${v.score}, ${v.label}, ${v.explanation}, ${v.metadata},
        ${v.error}, ${v.attempts}, ${v.started_at}, ${v.ended_at}, ${v.latency_ms}, ${v.wait_ms}, ${v.trace_id},
        ${v.prompt_tokens}, ${v.completion_tokens}, ${v.cost_usd}, ${v.cached_prompt_tokens}, ${v.replayed_calls}
      FROM task_runs WHERE id = ${v.task_run_id}
      ON CONFLICT (task_run_id, name) DO NOTHING
      RETURNING id`,
  );

  const find = prepare(
    db,
    (v: Pick<NewEvaluationRun, 'task_run_id' | 'name'>) => sql<EvaluationRunRow>`
      SELECT ${columns} FROM ${tables} WHERE v.task_run_id = ${v.task_run_id} AND v.name = ${v.name}`,
  );

  // The rule that a failure replaces nothing but a failure stands in the statement too, not only in its caller.
  const replace = prepare(
    db,
    (v: NewEvaluationRun & { id: number }) => sql<{ id: number }>`
      UPDATE evaluation_runs SET kind = ${v.kind}, direction = ${v.direction}, status = ${v.status}, score = ${v.score},
        label = ${v.label}, explanation = ${v.explanation}, metadata = ${v.metadata}, error = ${v.error},
        attempts = ${v.attempts}, started_at = ${v.started_at}, ended_at = ${v.ended_at}, latency_ms = ${v.latency_ms},
        wait_ms = ${v.wait_ms}, trace_id = ${v.trace_id}, prompt_tokens = ${v.prompt_tokens},
        completion_tokens = ${v.completion_tokens}, cost_usd = ${v.cost_usd},
        cached_prompt_tokens = ${v.cached_prompt_tokens}, replayed_calls = ${v.replayed_calls}
      WHERE id = ${v.id} AND (status = 'failed' OR ${v.status} <> 'failed')
      RETURNING id`,
  );

  const findMachine = prepare(
    db,
    (v: { taskRunId: number }) => sql<EvaluationRunRow>`
      SELECT ${columns} FROM ${tables} WHERE v.task_run_id = ${v.taskRunId} AND v.kind <> 'HUMAN'`,
  );
  const dropMachine = prepare(
    db,
    (v: { taskRunId: number }) =>
      sql<never>`DELETE FROM evaluation_runs WHERE task_run_id = ${v.taskRunId} AND kind <> 'HUMAN'`,
  );

  const findTaskRun = prepare(
    db,
    (v: { taskRunId: number; experimentId: number }) => sql<{ id: number }>`
      SELECT id FROM task_runs WHERE id = ${v.taskRunId} AND experiment_id = ${v.experimentId}`,
  );

  const list = prepare(
    db,
    (v: EvaluationPage) => sql<EvaluationRunRow>`
      SELECT ${columns} FROM ${tables}
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) >= (${v.example}, ${v.repetition})
        AND (r.example_id, r.repetition, v.name) > (${v.example}, ${v.repetition}, ${v.name})
      ORDER BY r.example_id, r.repetition, v.name LIMIT ${v.limit}`,
  );

  const listFigures = prepare(
    db,
    (v: FiguresPage & { readonly name: string }) => sql<EvaluationFiguresRow>`
      SELECT r.example_id AS example_row, r.repetition, v.name, v.kind, v.direction, v.status, v.score, v.label,
        v.prompt_tokens, v.completion_tokens, v.cost_usd, v.cached_prompt_tokens, v.replayed_calls
      FROM evaluation_runs v JOIN task_runs r ON r.id = v.task_run_id
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) >= (${v.example}, ${v.repetition})
        AND (r.example_id, r.repetition, v.name) > (${v.example}, ${v.repetition}, ${v.name})
      ORDER BY r.example_id, r.repetition, v.name LIMIT ${v.limit}`,
  );

  const listOf = prepare(
    db,
    (v: EvaluationPage) => sql<EvaluationRunRow>`
      SELECT ${columns} FROM ${tables}
      WHERE r.experiment_id = ${v.experimentId} AND (r.example_id, r.repetition) >= (${v.example}, ${v.repetition})
        AND (r.example_id, r.repetition, v.name) > (${v.example}, ${v.repetition}, ${v.name})
        AND r.example_id IN (SELECT x.id FROM examples x
          WHERE x.dataset_id = (SELECT dataset_id FROM experiments WHERE id = ${v.experimentId})
            AND (x.external_id IN ${db.textsOf(v.exampleIds)}
              OR (x.external_id IS NULL AND x.id IN ${db.numbersOf(v.exampleRows)})))
      ORDER BY r.example_id, r.repetition, v.name LIMIT ${v.limit}`,
  );

  /** What comes back is the id of the row that was written, or the row that stands instead. */
  function* saveEvaluationRun(
    run: NewEvaluationRun,
    now: number,
    { epoch = null, onlyOverFailure = false }: SaveOptions = {},
  ): Operation<SaveOutcome> {
    const added = yield* firstRow(insert, run);
    if (added) return { ...added, replaces: null };

    const standing = yield* firstRow(find, run);
    if (!standing) throw noSuch('ExperimentRun', 'task run', run.task_run_id);
    const isFinal = run.status === 'failed' || onlyOverFailure;
    if (isFinal && standing.status !== 'failed') return { standing };
    return yield* replaceRun(standing, run, now, epoch);
  }

  function* replaceRun(
    standing: EvaluationRunRow,
    run: NewEvaluationRun,
    now: number,
    epoch: number | null,
  ): Operation<{ readonly id: number; readonly replaces: 'ok' | 'failed' }> {
    yield* supersede('evaluation_run', standing.experiment_id, standing, now, epoch);
    yield* rows(replace, { ...run, id: standing.id });
    return { id: standing.id, replaces: standing.status === 'failed' ? 'failed' : 'ok' };
  }

  function* dropMachineEvaluations(
    experimentId: number,
    taskRunId: number,
    now: number,
    epoch: number | null,
  ): Operation<void> {
    for (const evaluation of yield* rows(findMachine, { taskRunId }))
      yield* supersede('evaluation_run', experimentId, evaluation, now, epoch);
    yield* rows(dropMachine, { taskRunId });
  }

  /** In the order of the annotations: the row that was written, or `null` where the experiment has no such task run. */
  function* annotateRuns(
    experimentId: number,
    annotations: readonly NewEvaluationRun[],
    now: number,
  ): Operation<readonly (EvaluationRunRow | null)[]> {
    const written: (EvaluationRunRow | null)[] = [];
    for (const annotation of annotations) {
      const taskRun = yield* firstRow(findTaskRun, { experimentId, taskRunId: annotation.task_run_id });
      if (!taskRun) {
        written.push(null);
        continue;
      }
      const standing = yield* firstRow(find, annotation);
      // A person who corrects a judge says nothing of which scores are better.
      if (standing) yield* replaceRun(standing, { ...annotation, direction: standing.direction }, now, null);
      else yield* rows(insert, annotation);
      written.push((yield* firstRow(find, annotation))!);
    }
    return written;
  }

  return {
    saveEvaluationRun,
    dropMachineEvaluations,
    annotateRuns,
    /** In the order of examples, repetitions and names, as `listEvaluationRuns`. */
    listEvaluationFigures: (page: FiguresPage & { readonly name: string }) => rows(listFigures, page),
    listEvaluationRuns: (page: EvaluationPage) => rows(page.exampleIds === null ? list : listOf, page),
  };
}
