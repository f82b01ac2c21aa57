import { expect, test } from 'vitest';
import { HaltedError } from '../src/errors.ts';
import type { RunEvent } from '../src/events.ts';
import type { EvaluationRun, Experiment, TaskRun } from '../src/experiment.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { RunCounts } from '../src/run-counts.ts';

const started = (plannedRuns: number, plannedEvaluations: number): RunEvent => ({
  type: 'started',
  experiment: {} as Experiment,
  plannedRuns,
  plannedEvaluations,
});
const run = (error: string | null = null): RunEvent => ({ type: 'task-run-saved', run: { error } as TaskRun });
const evaluation = (status: EvaluationRun['status'] = 'ok'): RunEvent => ({
  type: 'evaluation-run-saved',
  run: { status } as EvaluationRun,
});

test('counts what is saved and what failed', () => {
  const counts = new RunCounts();
  for (const event of [started(9, 9), run(), run('no'), evaluation(), evaluation('failed'), evaluation('skipped')])
    counts.add(event);
  expect(counts.at(0, 0)).toMatchObject({
    runs: 2,
    failedRuns: 1,
    plannedRuns: 9,
    evaluations: 3,
    failedEvaluations: 1,
    plannedEvaluations: 9,
  });
});

test('gives the rate of the last ten seconds, and none before half a second has gone', () => {
  const counts = new RunCounts();
  counts.add(started(1000, 1000));
  counts.at(0, 0);
  for (let index = 0; index < 10; index += 1) counts.add(run());
  expect(counts.at(400, 0)).toMatchObject({ perSecond: null, recordsPerSecond: null });
  for (let index = 0; index < 10; index += 1) counts.add(evaluation());
  expect(counts.at(1000, 0)).toMatchObject({ perSecond: 10, recordsPerSecond: 20 });
  for (let second = 2; second <= 20; second += 1) {
    counts.add(run());
    counts.at(second * 1000, 0);
  }
  expect(counts.at(20_500, 0).perSecond).toBeCloseTo(1, 0);
});

test('gives the rate of evaluations where no run is planned', () => {
  const counts = new RunCounts();
  counts.add(started(0, 10));
  counts.at(0, 0);
  for (let index = 0; index < 4; index += 1) counts.add(evaluation());
  expect(counts.at(2000, 0).perSecond).toBe(2);
});

test('forgets a wait when it is over, and keeps the last of each limit', () => {
  const counts = new RunCounts();
  for (const [key, untilMs] of [
    ['a', 5000],
    ['a', 8000],
    ['b', 2000],
  ] as const)
    counts.add({ type: 'waiting', key, untilMs });
  expect(counts.at(0, 1000).waits).toEqual([
    { key: 'a', seconds: 7 },
    { key: 'b', seconds: 1 },
  ]);
  expect(counts.at(0, 3000).waits).toEqual([{ key: 'a', seconds: 5 }]);
  expect(counts.at(0, 8000).waits).toEqual([]);
});

test('says that the run has given up on its provider', () => {
  const counts = new RunCounts();
  expect(counts.at(0, 0).isHalting).toBe(false);
  counts.add({
    type: 'halting',
    error: new HaltedError({ experimentId: 'x', store: createMemoryStore() }, 5, 'no key'),
  });
  expect(counts.at(0, 0).isHalting).toBe(true);
});
