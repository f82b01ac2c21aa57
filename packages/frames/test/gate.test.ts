import { AssayError } from '@assay/core';
import { describe, expect, test } from 'vitest';
import { compare, gate, type GateRules, summarize } from '../src/index.ts';
import { type Cell, scored, type ScoredOptions, table } from './fixtures/scored.ts';

const alternating = (index: number) => index % 2;
const passes = (cells: (index: number) => Cell, rules: GateRules, count = 20) =>
  gate(summarize(scored(table(count, cells))), rules);
const against = (
  base: (index: number) => Cell,
  candidate: (index: number) => Cell,
  rules: GateRules,
  count = 20,
  options: ScoredOptions = {},
) => gate(compare(scored(table(count, base), options), scored(table(count, candidate), options)), rules);

describe('a mean', () => {
  test('meets its least and its greatest value, ends included', () => {
    expect(passes(alternating, { min: { exact: 0.5 }, max: { exact: 0.5 } }).passed).toBe(true);
    expect(passes(alternating, { min: { exact: 0.51 } })).toMatchObject({
      passed: false,
      checks: [{ rule: 'min', metric: 'exact', value: 0.5, threshold: 0.51 }],
    });
    expect(passes(alternating, { max: { exact: 0.49 } }).passed).toBe(false);
  });

  test('is judged by the near end of its interval with `bound`', () => {
    const [low, high] = summarize(scored(table(20, alternating))).evaluators['exact']!.interval!;
    expect(passes(alternating, { min: { exact: low }, max: { exact: high }, bound: true }).passed).toBe(true);
    expect(passes(alternating, { min: { exact: low + 1e-9 }, bound: true }).passed).toBe(false);
    expect(passes(alternating, { max: { exact: high - 1e-9 }, bound: true }).passed).toBe(false);
  });

  test('of latency is judged too', () => {
    const summary = summarize(scored(table(20, alternating), { latencyMs: () => 120 }));
    expect(gate(summary, { max: { latency_ms: 120 } }).passed).toBe(true);
    expect(gate(summary, { max: { latency_ms: 119 } }).passed).toBe(false);
  });
});

describe('fails closed', () => {
  test.each<[string, (index: number) => Cell, GateRules]>([
    ['without a score', () => 'failed', { min: { exact: 0 } }],
    ['when every result was skipped', () => 'skipped', { min: { exact: 0 } }],
    ['for a name that is not there', () => 1, { min: { exactly: 0 } }],
    ['for a name of the prototype', () => 1, { min: { toString: 0 } }],
    ['below the coverage', (index) => (index < 2 ? 'failed' : 1), { min: { exact: 0.5 } }],
    ['when task runs are missing', (index) => (index < 2 ? 'absent' : 1), { maxErrorRate: 0.5 }],
    ['when no task run has ended', () => 'absent', { maxErrorRate: 1 }],
  ])('%s', (_, cells, rules) => {
    const { passed, checks } = passes(cells, rules);
    expect(passed).toBe(false);
    expect(checks[0]!.reason).not.toBe('');
  });

  test('but coverage of 95 % is enough, and skipped results are not asked for', () => {
    expect(passes((index) => (index < 1 ? 'failed' : 1), { min: { exact: 1 } }).passed).toBe(true);
    expect(passes((index) => (index < 9 ? 'skipped' : 1), { min: { exact: 1 } }).passed).toBe(true);
    expect(passes((index) => (index < 2 ? 'failed' : 1), { min: { exact: 1 }, minCoverage: 0.9 }).passed).toBe(true);
  });

  test('with fewer than 10 pairs', () => {
    expect(against(alternating, alternating, { noRegression: { exact: true } }, 9).passed).toBe(false);
    expect(against(alternating, alternating, { noRegression: { exact: true } }, 10).passed).toBe(true);
    expect(against(alternating, alternating, { noRegression: { exact: 0.5 } }, 9).passed).toBe(false);
  });

  test('for a neutral metric, and for one the candidate does not have', () => {
    expect(
      against(alternating, alternating, { noRegression: { exact: true } }, 20, { direction: 'neutral' }).passed,
    ).toBe(false);
    expect(against(alternating, () => 'failed', { noRegression: { exact: true } }).passed).toBe(false);
  });

  test('for coverage of the base', () => {
    expect(
      against(
        (index) => (index < 3 ? 'failed' : 1),
        () => 1,
        { noRegression: { exact: true } },
      ).passed,
    ).toBe(false);
  });
});

describe('no regression', () => {
  const noisy = (index: number) => 0.5 + 0.1 * Math.sin(index);
  const shifted = (by: number) => (index: number) => noisy(index) + by + 0.05 * Math.sin(index * 5);

  test('fails when the candidate is significantly worse, by its direction', () => {
    expect(against(noisy, shifted(-0.2), { noRegression: { exact: true } }).passed).toBe(false);
    expect(against(noisy, shifted(0.2), { noRegression: { exact: true } }).passed).toBe(true);
    expect(against(noisy, shifted(0.2), { noRegression: { exact: true } }, 20, { direction: 'minimize' }).passed).toBe(
      false,
    );
    expect(against(noisy, shifted(-0.005), { noRegression: { exact: true } }).passed).toBe(true);
  });

  test('takes a list of names too, and a margin of 0', () => {
    expect(against(noisy, shifted(-0.2), { noRegression: ['exact'] }).passed).toBe(false);
    expect(against(noisy, shifted(0.2), { noRegression: ['exact'] }).passed).toBe(true);
    expect(against(noisy, shifted(0.2), { noRegression: { exact: 0 } }).passed).toBe(true);
    expect(against(noisy, noisy, { noRegression: { exact: 0 } }).passed).toBe(false);
  });

  test('passes when every pair is the same', () => {
    expect(against(noisy, noisy, { noRegression: { exact: true } }).passed).toBe(true);
    expect(against(noisy, noisy, { noRegression: { exact: 0.01 } }).passed).toBe(true);
  });

  test.each([
    ['maximize', -1],
    ['minimize', 1],
  ] as const)('with a margin asks that the one-sided bound lies above it (%s)', (direction, worse) => {
    const comparison = compare(
      scored(table(20, noisy), { direction }),
      scored(table(20, shifted(worse * 0.02)), { direction }),
    );
    const { ci90_low, ci90_high } = comparison.metrics[0]!;
    const loss = direction === 'maximize' ? -ci90_low! : ci90_high!;
    expect(loss).toBeGreaterThan(0.02);
    expect(gate(comparison, { noRegression: { exact: loss + 1e-9 } }).passed).toBe(true);
    expect(gate(comparison, { noRegression: { exact: loss } }).passed).toBe(false);
    expect(gate(comparison, { noRegression: { exact: 0.02 } }).passed).toBe(false);
  });

  test('judges every candidate by every rule', () => {
    const candidates = ['a', 'b'].map((id) => scored(table(20, shifted(id === 'a' ? 0.1 : -0.3)), { id }));
    const { passed, checks } = gate(compare(scored(table(20, noisy)), candidates), {
      min: { exact: 0.4 },
      noRegression: { exact: true },
      maxErrorRate: 0,
    });
    expect(passed).toBe(false);
    expect(checks.map(({ candidate, rule, passed: ok }) => [candidate, rule, ok])).toEqual([
      ['a name', 'min', true],
      ['a name', 'no-regression', true],
      ['a name', 'max-error-rate', true],
      ['b name', 'min', false],
      ['b name', 'no-regression', false],
      ['b name', 'max-error-rate', true],
    ]);
  });
});

test('counts failed task runs in the error rate', () => {
  const cells = (index: number) => (index < 1 ? 'task failed' : 1);
  expect(passes(cells, { maxErrorRate: 0.05 }).passed).toBe(true);
  expect(passes(cells, { maxErrorRate: 0.04 }).passed).toBe(false);
});

test('refuses what is no summary', () => {
  for (const evidence of [null, undefined, 'summary'])
    expect(() => gate(evidence as never, { maxErrorRate: 0 })).toThrow('Expected a summary or a comparison to judge');
});

test.each<[string, GateRules]>([
  ['no rules at all', undefined as never],
  ['no rule', {}],
  ['only a coverage', { minCoverage: 0.9 }],
  ['a comparison rule for a summary', { noRegression: { exact: true } }],
  ['a threshold that is no number', { min: { exact: NaN } }],
  ['a margin below 0', { noRegression: { exact: -0.1 } }],
  ['an error rate in percent', { maxErrorRate: 5 }],
  ['a coverage in percent', { min: { exact: 1 }, minCoverage: 95 }],
])('refuses %s', (_, rules) => {
  let thrown: unknown;
  try {
    passes(alternating, rules);
  } catch (error) {
    thrown = error;
  }
  expect(AssayError.is(thrown) && thrown.code).toBe('invalid-config');
});
