import type { ProgressCounts } from '@assay/core';
import { expect, test } from 'vitest';
import { duration, progressLine } from '../src/progress-line.ts';

const counts: ProgressCounts = {
  runs: 25,
  plannedRuns: 100,
  failedRuns: 0,
  evaluations: 50,
  plannedEvaluations: 200,
  failedEvaluations: 0,
  perSecond: 12.5,
  recordsPerSecond: 37.5,
  waits: [],
  isHalting: false,
};

test('tells bar, runs, evaluations, rate and time left', () => {
  expect(progressLine(counts)).toBe('█████░░░░░░░░░░░░░░░  25/100 runs  50/200 evaluations  13/s  6 s left');
});

test('tells failures, and takes the evaluations of failed runs, which never come, off what is planned', () => {
  expect(progressLine({ ...counts, failedRuns: 5, failedEvaluations: 2 })).toContain(
    '25/100 runs  50/190 evaluations  7 failed',
  );
});

test('tells what waits for a limit, and how long', () => {
  expect(progressLine({ ...counts, waits: [{ key: 'openai/\u001b[31mgpt', seconds: 65 }] })).toMatch(
    /waiting 1 min 5 s for openai\/gpt$/,
  );
});

test('tells that a run has given up on its provider, in place of the time left', () => {
  expect(progressLine({ ...counts, isHalting: true })).toMatch(/13\/s  the provider fails: halting/);
});

test('tells only what is planned, and no rate before there is one', () => {
  const nothing = { ...counts, perSecond: null, recordsPerSecond: null };
  expect(progressLine({ ...nothing, plannedRuns: 0, runs: 0 })).toBe('█████░░░░░░░░░░░░░░░  50/200 evaluations');
  expect(progressLine({ ...nothing, plannedEvaluations: 0, evaluations: 0 })).toBe('█████░░░░░░░░░░░░░░░  25/100 runs');
  expect(progressLine({ ...nothing, plannedRuns: 0, runs: 0, plannedEvaluations: 0, evaluations: 0 })).toBe(
    '█'.repeat(20),
  );
});

test('never tells more than all, when an evaluator gives more results than one', () => {
  expect(progressLine({ ...counts, runs: 100, evaluations: 250 })).toBe(
    '████████████████████  100/100 runs  250/250 evaluations  13/s',
  );
});

test('leaves the bar out where there is little room', () => {
  expect(progressLine(counts, 60)).toBe('25/100 runs  50/200 evaluations  13/s  6 s left');
});

test.each([
  [0, '1 s'],
  [59.4, '59 s'],
  [60, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [7500, '2 h 5 min'],
])('says %d seconds as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
