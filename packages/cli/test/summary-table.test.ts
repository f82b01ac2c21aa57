import type { ExperimentSummary } from '@assay/core';
import { runExperiment } from '@assay/core';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatSummaryTable, printSummary } from '../src/summary-table.ts';

const summary: ExperimentSummary = {
  experimentId: 'e1',
  taskRuns: { planned: 100, ok: 90, failed: 6, missing: 4 },
  evaluators: {
    exact: {
      planned: 100,
      ok: 90,
      failed: 0,
      skipped: 0,
      missing: 10,
      mean: 0.9123,
      standardError: 0.03,
      interval: [0.8444, 0.9511],
      labels: { true: 82, false: 8 },
      direction: 'maximize',
    },
    cost: {
      planned: 100,
      ok: 80,
      failed: 7,
      skipped: 3,
      missing: 10,
      mean: 12345.6,
      standardError: null,
      interval: null,
      labels: {},
      direction: 'minimize',
    },
    tone: {
      planned: 100,
      ok: 90,
      failed: 0,
      skipped: 0,
      missing: 10,
      mean: null,
      standardError: null,
      interval: null,
      labels: { calm: 50, warm: 20, cold: 9, odd: 5, dry: 3, wild: 2, mild: 1 },
      direction: 'neutral',
    },
  },
  latencyMs: { p50: 812.3, p90: 1940, p99: 12_000 },
  waitMs: 0,
  attempts: 103,
  retries: 7,
  usage: {
    task: { promptTokens: 1200, completionTokens: 300, costUsd: 0.0123 },
    evaluators: { promptTokens: null, completionTokens: null, costUsd: null },
  },
  stopped: 'signal',
};

test('tells counts, a row per evaluator, labels, latency, usage, failures and warnings', () => {
  const failures = new Map([
    ['overloaded', 4],
    ['bad key', 2],
    ['a', 1],
    ['b', 1],
  ]);
  expect(formatSummaryTable({ name: 'capitals', summary, failures, warnings: ['The task changed'] })).toBe(
    [
      'capitals  e1, stopped: signal',
      '100 task runs: 90 ok, 6 failed, 4 missing, 7 retries',
      'evaluator                n  missing  failed  skipped     mean   95 % interval',
      'exact                   90       10       0        0    0.912  0.844 to 0.951',
      'cost (lower is better)  80       10       7        3  12345.6               -',
      'tone                    90       10       0        0        -               -',
      'tone: calm 50, warm 20, cold 9, odd 5, dry 3, and 2 more labels',
      'latency 812 ms (p50), 1940 ms (p90), 12.0 s (p99)',
      'task: 1200 prompt tokens, 300 completion tokens, $0.0123',
      '4 × overloaded',
      '2 × bad key',
      '1 × a',
      'and 1 more message',
      'Warning  The task changed',
    ].join('\n'),
  );
});

test('says the same in colours, and only there where they are wanted', () => {
  const of = { name: 'capitals', summary, failures: new Map([['overloaded', 4]]) };
  const colored = formatSummaryTable(of, { color: true });
  expect(colored).toContain('\u001b[31m6 failed\u001b[39m');
  expect(stripVTControlCharacters(colored)).toBe(formatSummaryTable(of));
});

test('keeps escape sequences and line breaks of messages, names and labels off the terminal', () => {
  const evil = 'x\u001b[2J\u001b]0;title\u0007\r\ny\u009b31m';
  const evaluators = { [evil]: { ...summary.evaluators['tone']!, labels: { [evil]: 1 } } };
  const text = formatSummaryTable({
    name: evil,
    summary: { ...summary, evaluators },
    failures: new Map([[evil, 1]]),
    warnings: [evil],
  });
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('prints what runExperiment gives back, with the failures counted', async () => {
  const ran = await runExperiment({
    name: 'halves',
    dataset: [{ input: 1 }, { input: 2 }],
    task: ({ input }) => {
      if (input === 1) throw new Error('odd');
      return input / 2;
    },
    evaluators: {
      broken: () => {
        throw new Error('no judge');
      },
    },
    retries: 0,
    printSummary: false,
  });
  let text = '';
  printSummary(ran, { write: (part) => (text += part) });
  expect(text).toMatch(/^halves {2}\S+\n2 task runs: 1 ok, 1 failed, 0 missing\n/);
  expect(text).toMatch(/\n1 × odd\n1 × broken: no judge\n$/);
});
