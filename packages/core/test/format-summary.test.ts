import { expect, test } from 'vitest';
import type { RanExperiment } from '../src/experiment.ts';
import { formatSummary } from '../src/format-summary.ts';
import type { EvaluatorSummary, ExperimentSummary } from '../src/summary.ts';

const evaluator: EvaluatorSummary = {
  planned: 4,
  ok: 3,
  failed: 1,
  skipped: 0,
  missing: 0,
  mean: 2 / 3,
  standardError: 0.3,
  interval: [0.2077, 0.9385],
  labels: {},
  direction: 'maximize',
};
const usage = { promptTokens: null, completionTokens: null, costUsd: null };
const summary: ExperimentSummary = {
  experimentId: 'x1',
  taskRuns: { planned: 5, ok: 4, failed: 1, missing: 0 },
  evaluators: { exact: evaluator },
  latencyMs: { p50: 5.25, p90: 120, p99: 12_000 },
  waitMs: 0,
  attempts: 7,
  retries: 2,
  usage: { task: usage, evaluators: usage },
  stopped: null,
};
const run = (error: string | null) => ({ error });
const ran = (errors: readonly (string | null)[], more: object = {}) =>
  ({
    name: 'first',
    summary,
    taskRuns: errors.map(run),
    evaluationRuns: [],
    warnings: [],
    ...more,
  }) as unknown as RanExperiment;

test('says how much was done, how long it took, and each mean with its interval and what it covers', () => {
  expect(formatSummary(summary).split('\n')).toEqual([
    'Experiment x1',
    '  5 task runs planned: 4 ok, 1 failed, 0 missing',
    '  latency 5.3 ms (p50), 120 ms (p90), 12.0 s (p99); 2 retries',
    '  evaluator  n  failed  skipped  missing   mean   95 % interval',
    '  exact      3       1        0        0  0.667  0.208 to 0.939',
  ]);
});

test('keeps a message of several lines on one line', () => {
  const text = formatSummary(ran(['first line\n  second\tline\n', 'first line\n  second\tline\n']));
  expect(text.split('\n')).toContain('  2 × first line second line');
});

test('shows nothing for what is not known', () => {
  const bare = {
    ...summary,
    latencyMs: { p50: null, p90: null, p99: null },
    evaluators: { exact: { ...evaluator, ok: 0, mean: null, interval: null } },
  };
  expect(formatSummary(bare).split('\n').slice(2)).toEqual([
    '  evaluator  n  failed  skipped  missing  mean  95 % interval',
    '  exact      0       1        0        0     -              -',
  ]);
});

test('marks scores of which lower is better, and shows labels where there is no score', () => {
  const text = formatSummary({
    ...summary,
    evaluators: {
      length: { ...evaluator, direction: 'minimize' },
      tone: { ...evaluator, mean: null, interval: null, labels: { a: 1, b: 3, c: 1, d: 1, e: 1, f: 1 } },
    },
  });
  expect(text).toContain('length (lower is better)');
  expect(text).toContain('tone: b 3, a 1, c 1, d 1, e 1, and 1 more labels');
});

test('says why it stopped, what failed most, and the warnings', () => {
  const text = formatSummary(
    ran(['no key', null, 'no key', 'b', 'c', 'd', 'e'.repeat(300)], {
      summary: { ...summary, stopped: 'deadline' },
      warnings: ['the task differs'],
    }),
  );
  expect(text).toContain('Experiment first (x1), stopped: deadline');
  expect(text).toContain('  2 × no key\n  1 × b\n  1 × c\n  Warning: the task differs');
  expect(formatSummary(ran(['e'.repeat(300)]))).toContain(`1 × ${'e'.repeat(200)}…`);
});

test('says how to keep what is in memory', () => {
  expect(formatSummary(summary, { inMemory: true })).toMatch(
    /Kept in memory only\. To keep results and to resume: pass `store: await openStore\(\)`/,
  );
});
