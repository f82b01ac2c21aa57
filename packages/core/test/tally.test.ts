import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvaluationRun, Experiment, TaskRun } from '../src/experiment.ts';
import { Tally } from '../src/tally.ts';
import { summaryFrom } from './fixtures/summary.ts';

const at = new Date(0);
const call = { attempts: 1, startedAt: at, endedAt: at, latencyMs: 10, waitMs: 0, traceId: null, usage: null };
const taskRun = (exampleId: string, repetition = 1, fields: Partial<TaskRun> = {}): TaskRun => {
  return {
    id: `${exampleId}#${repetition}`,
    experimentId: 'x',
    exampleId,
    repetition,
    output: 1,
    error: null,
    ...call,
    ...fields,
  };
};
const evaluation = (exampleId: string, name: string, fields: Partial<EvaluationRun> = {}): EvaluationRun => {
  const repetition = fields.repetition ?? 1;
  const base = {
    id: `${exampleId}#${repetition}/${name}`,
    taskRunId: `${exampleId}#${repetition}`,
    experimentId: 'x',
    exampleId,
    repetition,
    name,
  };
  return {
    ...base,
    kind: 'CODE',
    direction: 'maximize',
    status: 'ok',
    score: 1,
    label: null,
    explanation: null,
    metadata: {},
    error: null,
    ...call,
    ...fields,
  };
};
const experiment = (exampleCount: number, repetitions = 1): Experiment => ({
  id: 'x',
  name: 'x',
  description: null,
  metadata: {},
  datasetId: 'd',
  datasetVersionId: 'v',
  splits: null,
  repetitions,
  exampleCount,
  projectName: null,
  createdAt: at,
});

function tallied(
  of: Experiment,
  taskRuns: readonly TaskRun[],
  evaluations: readonly EvaluationRun[],
  names: readonly string[] = ['exact'],
) {
  const tally = new Tally(names.map((name) => ({ name, direction: 'maximize' as const })));
  for (const id of new Set(taskRuns.map(({ exampleId }) => exampleId))) tally.open(id);
  for (const run of taskRuns) tally.addTaskRun(run);
  for (const one of evaluations) tally.addEvaluation(one);
  return tally.summary(of, null);
}

test('agrees with a direct computation from the records, in whatever order examples close', () => {
  const judged = fc.record({
    status: fc.constantFrom<EvaluationRun['status']>('ok', 'failed', 'skipped'),
    score: fc.option(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -5, max: 5, noNaN: true }))),
    label: fc.option(fc.constantFrom('good', 'bad')),
  });
  const cell = fc.record({
    run: fc.constantFrom('none', 'ok', 'failed'),
    attempts: fc.integer({ min: 1, max: 4 }),
    latencyMs: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
    waitMs: fc.option(fc.nat(100)),
    tokens: fc.option(fc.nat(100)),
    exact: fc.option(judged),
    other: fc.option(judged),
  });
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 3 })
        .chain((repetitions) =>
          fc.array(fc.array(cell, { minLength: repetitions, maxLength: repetitions }), { minLength: 1, maxLength: 8 }),
        ),
      (rows) => {
        const taskRuns: TaskRun[] = [];
        const evaluations: EvaluationRun[] = [];
        rows.forEach((cells, index) =>
          cells.forEach(({ run, attempts, latencyMs, waitMs, tokens, ...found }, place) => {
            if (run === 'none') return;
            const usage =
              tokens === null ? null : { promptTokens: tokens, completionTokens: null, costUsd: tokens / 100 };
            taskRuns.push(
              taskRun(`e${index}`, place + 1, {
                attempts,
                latencyMs,
                waitMs,
                usage,
                error: run === 'failed' ? 'no' : null,
              }),
            );
            if (run === 'failed') return;
            for (const name of ['exact', 'other'] as const) {
              const of = found[name];
              if (of === null) continue;
              const isOk = of.status === 'ok';
              evaluations.push(
                evaluation(`e${index}`, name, {
                  repetition: place + 1,
                  status: of.status,
                  score: isOk ? of.score : null,
                  label: isOk ? of.label : null,
                  error: of.status === 'failed' ? 'no' : null,
                  usage,
                }),
              );
            }
          }),
        );
        const of = experiment(rows.length, rows[0]!.length);
        expect(tallied(of, taskRuns, evaluations, ['exact', 'other'])).toEqual(
          summaryFrom(of, taskRuns, evaluations, ['exact', 'other']),
        );
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test('weighs every example the same, however many of its repetitions have a score', () => {
  const runs = [taskRun('a', 1), taskRun('a', 2), taskRun('b', 1), taskRun('b', 2)];
  const evaluations = [
    evaluation('a', 'exact', { score: 1 }),
    evaluation('a', 'exact', { repetition: 2, score: 0 }),
    evaluation('b', 'exact', { score: 1 }),
  ];
  expect(tallied(experiment(2, 2), runs, evaluations).evaluators['exact']!.mean).toBe(0.75);
});

test('counts what is missing and never as zero', () => {
  const { taskRuns, evaluators } = tallied(
    experiment(4),
    [taskRun('a'), taskRun('b', 1, { error: 'no' })],
    [evaluation('a', 'exact')],
  );
  expect(taskRuns).toEqual({ planned: 4, ok: 1, failed: 1, missing: 2 });
  expect(evaluators['exact']).toMatchObject({
    planned: 4,
    ok: 1,
    failed: 0,
    skipped: 0,
    missing: 3,
    mean: 1,
    interval: null,
  });
});

test('leaves failed runs out of the latencies', () => {
  const runs = [taskRun('a', 1, { latencyMs: 10 }), taskRun('b', 1, { latencyMs: 9000, error: 'no' })];
  expect(tallied(experiment(2), runs, []).latencyMs).toEqual({ p50: 10, p90: 10, p99: 10 });
});

test('gives an interval of width 0 when all scores but 0 and 1 are equal, and one of some width when all pass', () => {
  const of = (score: number) =>
    tallied(
      experiment(3),
      ['a', 'b', 'c'].map((id) => taskRun(id)),
      ['a', 'b', 'c'].map((id) => evaluation(id, 'exact', { score })),
    ).evaluators['exact']!;
  expect(of(0.5).interval).toEqual([0.5, 0.5]);
  expect(of(1).interval![0]).toBeCloseTo(0.43849, 4);
  expect(of(1).interval![1]).toBe(1);
});

test('puts a run in the place of the one it was saved over, whose verdicts go, except those of people', () => {
  const tally = new Tally([{ name: 'exact', direction: 'maximize' }]);
  tally.open('a', {
    taskRuns: [taskRun('a', 1, { error: 'no' })],
    evaluationRuns: [evaluation('a', 'human', { kind: 'HUMAN' }), evaluation('a', 'stale')],
  });
  tally.addTaskRun(taskRun('a'));
  const { taskRuns, evaluators } = tally.summary(experiment(1), null);
  expect(taskRuns).toMatchObject({ ok: 1, failed: 0 });
  expect(Object.keys(evaluators)).toEqual(['exact', 'human']);
});

test('counts the last of two verdicts of one name', () => {
  const { evaluators } = tallied(
    experiment(1),
    [taskRun('a')],
    [evaluation('a', 'exact', { status: 'failed', score: null, error: 'no' }), evaluation('a', 'exact')],
  );
  expect(evaluators['exact']).toMatchObject({ ok: 1, failed: 0 });
});

test('counts labels, and a thousand different ones at most', () => {
  const ids = Array.from({ length: 1010 }, (_, index) => `e${index}`);
  const { labels } = tallied(
    experiment(1010),
    ids.map((id) => taskRun(id)),
    ids.map((id) => evaluation(id, 'exact', { score: null, label: id })),
  ).evaluators['exact']!;
  expect(Object.keys(labels)).toHaveLength(1001);
  expect(labels['other labels']).toBe(10);
});

describe('an evaluator with several results', () => {
  const runs = ['a', 'b', 'c'].map((id) => taskRun(id));
  const failed = { status: 'failed', score: null, error: 'no' } as const;
  const skipped = { status: 'skipped', score: null, explanation: 'n/a' } as const;

  test('is reported by its results alone, which failed and skipped where it did as a whole', () => {
    const { evaluators } = tallied(experiment(3), runs, [
      evaluation('a', 'exact/tone', { score: 0.5 }),
      evaluation('b', 'exact', failed),
      evaluation('c', 'exact', skipped),
    ]);
    expect(Object.keys(evaluators)).toEqual(['exact/tone']);
    expect(evaluators['exact/tone']).toMatchObject({ ok: 1, failed: 1, skipped: 1, missing: 0, mean: 0.5 });
  });

  test('counts a run once that has results and a failure as a whole', () => {
    const { evaluators } = tallied(
      experiment(1),
      [taskRun('a')],
      [evaluation('a', 'exact/tone'), evaluation('a', 'exact/length', failed), evaluation('a', 'exact', failed)],
    );
    expect(evaluators['exact/tone']).toMatchObject({ ok: 1, failed: 0, missing: 0 });
    expect(evaluators['exact/length']).toMatchObject({ ok: 0, failed: 1, missing: 0 });
  });

  test('keeps the scores it gave as a whole elsewhere', () => {
    const { evaluators } = tallied(experiment(2), runs.slice(0, 2), [
      evaluation('a', 'exact', { score: 0.25 }),
      evaluation('b', 'exact/tone'),
    ]);
    expect(evaluators['exact']).toMatchObject({ ok: 1, mean: 0.25 });
    expect(evaluators['exact/tone']).toMatchObject({ ok: 1, mean: 1 });
  });
});
