import type { EvaluationRunFigures, TaskRunFigures } from '@assay/core';
import type { Connection } from './connection.ts';
import { globalId } from './global-id.ts';
import type { EvaluationFiguresRow } from './operations/evaluation-runs.ts';
import type { RunFiguresRow } from './operations/task-runs.ts';
import type { RunFigures } from './node-experiment-store.ts';
import { pages, pageSize } from './pages.ts';
import { usageFromColumns } from './rows.ts';

/** The figures of every run of an experiment in dataset order: two lists in the same order, side by side. */
export async function* listFigures(
  call: Connection['call'],
  experimentId: number,
): AsyncGenerator<RunFigures, void, undefined> {
  const evaluations = evaluationRows(call, experimentId)[Symbol.asyncIterator]();
  let evaluation = await evaluations.next();
  for await (const run of runRows(call, experimentId)) {
    const ofRun: EvaluationRunFigures[] = [];
    // What was saved since its page of runs was read belongs to no run here.
    while (!evaluation.done && order(evaluation.value, run) <= 0) {
      if (order(evaluation.value, run) === 0) ofRun.push(evaluationFigures(evaluation.value));
      evaluation = await evaluations.next();
    }
    yield { ...runFigures(run), evaluations: ofRun };
  }
}

function runRows(call: Connection['call'], experimentId: number) {
  return pages(
    (last: RunFiguresRow | undefined) =>
      call('listRunFigures', {
        experimentId,
        example: last?.example_row ?? 0,
        repetition: last?.repetition ?? 0,
        limit: pageSize,
      }),
    (row) => row,
  );
}

function evaluationRows(call: Connection['call'], experimentId: number) {
  return pages(
    (last: EvaluationFiguresRow | undefined) =>
      call('listEvaluationFigures', {
        experimentId,
        example: last?.example_row ?? 0,
        repetition: last?.repetition ?? 0,
        name: last?.name ?? '',
        limit: pageSize,
      }),
    (row) => row,
  );
}

function order(a: EvaluationFiguresRow, b: RunFiguresRow): number {
  return a.example_row - b.example_row || a.repetition - b.repetition;
}

function runFigures(row: RunFiguresRow): TaskRunFigures {
  return {
    exampleId: globalId('DatasetExample', row.example_row),
    repetition: row.repetition,
    error: row.error,
    latencyMs: row.latency_ms,
    waitMs: row.wait_ms,
    attempts: row.attempts,
    usage: usageFromColumns(row),
  };
}

function evaluationFigures(row: EvaluationFiguresRow): EvaluationRunFigures {
  return {
    exampleId: globalId('DatasetExample', row.example_row),
    repetition: row.repetition,
    name: row.name,
    // The table holds nothing else.
    kind: row.kind as EvaluationRunFigures['kind'],
    direction: row.direction as EvaluationRunFigures['direction'],
    status: row.status as EvaluationRunFigures['status'],
    score: row.score,
    label: row.label,
    usage: usageFromColumns(row),
  };
}
