import { AssayError } from '@assay/core';
import { describe, expect, test } from 'vitest';
import { compare, examplesFrame, runsFrame, splitsIn } from '../src/index.ts';
import { adjustP, mcnemar, pairedT } from '../src/statistics/index.ts';
import { type Cell, scored, table } from './fixtures/scored.ts';

const smooth = (index: number) => 0.5 + 0.3 * Math.sin(index);

test('tests 0/1 scores of one repetition by exact McNemar, with the t interval of the paired difference', () => {
  const base = table(20, (index) => Number(index < 8));
  const candidate = table(20, (index) => Number(index < 15));
  const [row] = compare(scored(base), scored(candidate, { id: 'new' })).metrics;

  const columns = { a: Object.values(base).flat() as number[], b: Object.values(candidate).flat() as number[] };
  const t = pairedT(columns);
  expect(row).toMatchObject({
    metric: 'exact',
    candidate: 'new name',
    direction: 'maximize',
    test: 'mcnemar',
    n_paired: 20,
    n_missing: 0,
    base_mean: 0.4,
    candidate_mean: 0.75,
    difference: t.meanDifference,
    ci_low: t.low,
    ci_high: t.high,
    p_value: mcnemar(columns).p,
    improved: 7,
    regressed: 0,
    unchanged: 13,
    verdict: 'better',
  });
});

test('averages repetitions inside an example before anything else', () => {
  const base = table(12, (index) => [smooth(index), smooth(index) + 0.1]);
  const candidate = table(12, (index) =>
    [smooth(index + 1), smooth(index * 2), smooth(index * 3)].slice(0, index % 2 ? 3 : 2),
  );
  const [row] = compare(scored(base), scored(candidate)).metrics;

  const mean = (cells: readonly Cell[]) => (cells as number[]).reduce((sum, score) => sum + score, 0) / cells.length;
  const t = pairedT({ a: Object.values(base).map(mean), b: Object.values(candidate).map(mean) });
  expect(row?.test).toBe('paired-t');
  expect(row?.n_paired).toBe(12);
  expect(row?.difference).toBeCloseTo(t.meanDifference!, 12);
  expect(row?.p_value).toBeCloseTo(t.p!, 12);
});

test('tests 0/1 scores of several repetitions by paired t', () => {
  const [row] = compare(
    scored(table(12, (index) => [index % 2, 1])),
    scored(table(12, (index) => [index % 3 ? 1 : 0, 1])),
  ).metrics;
  expect(row?.test).toBe('paired-t');
});

test('pairs by example id, whatever the order', () => {
  const base = table(12, smooth);
  const shuffled = Object.fromEntries(Object.entries(base).toReversed());
  const [row] = compare(scored(base), scored(shuffled)).metrics;
  expect(row).toMatchObject({ n_paired: 12, difference: 0, improved: 0, regressed: 0, unchanged: 12 });
});

test('counts equal repetitions in another order as unchanged', () => {
  const base = table(12, () => [0.1, 0.2, 0.3, 0.7]);
  const candidate = table(12, () => [0.7, 0.3, 0.2, 0.1]);
  expect(compare(scored(base), scored(candidate)).metrics[0]).toMatchObject({
    unchanged: 12,
    improved: 0,
    regressed: 0,
  });
});

describe('the verdict', () => {
  const margins = { equivalenceMargin: 0.1 };
  const noise = (index: number) => 0.02 * Math.sin(index * 7);

  test.each<[string, number, (index: number) => number, object]>([
    ['too little data', 9, (index) => smooth(index) + 0.4 + noise(index), {}],
    ['better', 10, (index) => smooth(index) + 0.4 + noise(index), {}],
    ['worse', 10, (index) => smooth(index) - 0.4 + noise(index), {}],
    ['equivalent', 10, (index) => smooth(index) + noise(index), margins],
    ['inconclusive', 10, (index) => smooth(index) + noise(index), {}],
    ['inconclusive', 10, (index) => smooth(index) + 30 * noise(index), margins],
    // A difference can be both within the margin and real; what is real comes first.
    ['better', 30, (index) => smooth(index) + 0.05 + noise(index), margins],
    // No variance, no p-value.
    ['too little data', 30, smooth, margins],
  ])('is %s with %i pairs', (verdict, count, candidate, options) => {
    const rows = compare(scored(table(count, smooth)), scored(table(count, candidate)), options).metrics;
    expect(rows[0]?.verdict).toBe(verdict);
  });

  test.each([
    ['minimize', 'worse', 0, 12],
    ['maximize', 'better', 12, 0],
    ['neutral', null, null, null],
  ] as const)('of more of a metric to %s is %s', (direction, verdict, improved, regressed) => {
    const candidate = scored(
      table(12, (index) => smooth(index) + 0.5 + noise(index)),
      { direction },
    );
    const comparison = compare(scored(table(12, smooth), { direction }), candidate);
    expect(comparison.metrics[0]).toMatchObject({ direction, verdict, improved, regressed });
  });
});

test('adjusts p-values by Holm over every metric and candidate', () => {
  const base = scored(table(20, smooth), { latencyMs: (id) => id.length * 10 });
  const candidates = ['x', 'y'].map((id, at) =>
    scored(
      table(20, (index) => smooth(index) + 0.1 * Math.sin(index * (at + 2)) + 0.05),
      { id, latencyMs: (_, repetition) => 90 + repetition + at },
    ),
  );
  const { metrics } = compare(base, candidates);
  expect(metrics.map(({ metric, candidate }) => [metric, candidate])).toEqual([
    ['exact', 'x name'],
    ['exact', 'y name'],
    ['latency_ms', 'x name'],
    ['latency_ms', 'y name'],
  ]);
  expect(metrics.map((row) => row.p_adjusted)).toEqual(adjustP({ p: metrics.map((row) => row.p_value) }).adjusted);
  expect(metrics[2]?.direction).toBe('minimize');
});

test('never counts what is missing, failed or skipped as a zero', () => {
  const base = table(16, () => [1, 1]);
  const candidate: Record<string, readonly Cell[]> = {
    ...table(16, () => [1, 1]),
    'example-0': ['failed', 'failed'],
    'example-1': ['task failed', 'task failed'],
    'example-2': ['unjudged', 'unjudged'],
    'example-3': ['absent', 'absent'],
    'example-4': ['skipped', 'skipped'],
    'example-5': ['failed', 0.5],
  };
  const comparison = compare(scored(base), scored(candidate));
  expect(comparison.metrics[0]).toMatchObject({
    n_paired: 11,
    n_missing: 4,
    candidate_mean: (10 + 0.5) / 11,
    base_mean: 1,
    base_coverage: 1,
    candidate_coverage: 21 / 30,
    regressed: 1,
    unchanged: 10,
  });
  expect(comparison.warnings).toContain("exact, 'experiment name': 4 of 15 examples have no pair of values");
  expect(comparison.examples.find((row) => row.example_id === 'example-0')).toMatchObject({
    base: 1,
    value: null,
    difference: null,
    change: null,
  });
});

test('bounds the difference by the best and the worst that missing scores can be', () => {
  const candidate = { ...table(10, () => 1), 'example-0': ['failed'] as const, 'example-1': ['failed'] as const };
  const [row] = compare(scored(table(10, (index) => Number(index > 0))), scored(candidate)).metrics;
  // Example 0 had 0 and can only gain; example 1 had 1 and can only lose.
  expect(row).toMatchObject({ difference: 0, difference_worst: -0.1, difference_best: 0.1 });
  expect(compare(scored(table(10, () => 7)), scored(candidate)).metrics[0]).toMatchObject({
    difference_worst: null,
    difference_best: null,
  });
  expect(
    compare(scored(table(10, () => 7)), scored(candidate), { ranges: { exact: [0, 10] } }).metrics[0]?.difference_worst,
  ).toBeCloseTo((8 * -6 - 2 * 7) / 10);
});

test('gives the rows behind improved, regressed and unchanged', () => {
  const { metrics, examples } = compare(
    scored(table(12, (index) => index % 3)),
    scored(table(12, (index) => index % 4)),
  );
  for (const change of ['improved', 'regressed', 'unchanged'] as const) {
    expect(examples.filter((row) => row.change === change)).toHaveLength(metrics[0]![change]!);
  }
  expect(examples).toHaveLength(12);
});

test('refuses another dataset, and warns of another version', () => {
  const base = scored(table(12, smooth));
  const thrown = catching(() => compare(base, scored(table(12, smooth), { datasetId: 'other' })));
  expect(AssayError.is(thrown) && thrown.code).toBe('invalid-config');
  expect(compare(base, scored(table(12, smooth), { datasetVersionId: 'version-2' })).warnings[0]).toContain(
    'version-2',
  );
});

test.each(['wilcoxon', 'permutation', 'bootstrap', 'clustered'] as const)(
  'tests by %s when asked, the same for the same seed',
  (name) => {
    const example = (id: string) => ({ metadata: { topic: `t${Number(id.split('-')[1]) % 5}` } });
    const base = scored(table(25, smooth), { example });
    const candidate = scored(
      table(25, (index) => smooth(index) + 0.1 + 0.05 * Math.sin(index * 3)),
      { example },
    );
    const options = { test: name, seed: 5, clusterBy: 'metadata.topic' } as const;
    const [row] = compare(base, candidate, options).metrics;
    expect(row).toMatchObject({ test: name, verdict: 'better' });
    expect(row!.ci_low!).toBeLessThan(row!.difference!);
    expect(row!.ci_high!).toBeGreaterThan(row!.difference!);
    expect(compare(base, candidate, options).metrics).toEqual([row]);
  },
);

test.each<[string, object]>([
  ['a metric that is no list', { metrics: 'exact' }],
  ['slices that are no list', { slices: 'topic' }],
  ['an unknown metric', { metrics: ['exactly'] }],
  ['an unknown test', { test: 'z' }],
  ['a test of clusters without clusters', { test: 'clustered' }],
  ['a confidence in percent', { confidence: 95 }],
  ['a confidence that is text', { confidence: '0.9' }],
  ['a margin of 0', { equivalenceMargin: 0 }],
  ['a margin that is text', { equivalenceMargin: '0.5' }],
])('refuses %s', (_, options) => {
  const thrown = catching(() => compare(scored(table(12, smooth)), scored(table(12, smooth)), options));
  expect(AssayError.is(thrown) && thrown.code).toBe('invalid-config');
});

test('gives the same from frames as from records', () => {
  const base = scored(
    table(15, (index) => [smooth(index), index % 4 ? smooth(index + 2) : 'failed']),
    { latencyMs: (id) => id.length, usage: { promptTokens: 12, completionTokens: null, costUsd: 0.25 } },
  );
  const candidate = scored(
    table(15, (index) => [index % 5 ? smooth(index * 2) : 'skipped', 'absent', index % 7 ? 0.5 : 'task failed']),
    { id: 'b', direction: 'minimize' },
  );
  const fromRecords = compare(base, candidate);
  const fromFrames = compare(runsFrame(base), runsFrame(candidate));
  expect(fromFrames.metrics).toEqual(fromRecords.metrics);
  expect(fromFrames.warnings).toEqual(fromRecords.warnings);
  expect(fromFrames.examples).toEqual(fromRecords.examples);
});

test('warns when the sides differ on what is better, and takes the word of the base', () => {
  const candidate = scored(table(12, smooth), { direction: 'minimize' });
  const comparison = compare(scored(table(12, smooth)), candidate);
  expect(comparison.warnings).toEqual(["exact: 'experiment name' says minimize, the base maximize, which is taken"]);
  expect(comparison.metrics[0]?.direction).toBe('maximize');
});

test('warns of rows that were given twice', () => {
  const source = scored(table(12, smooth));
  const doubled = { ...source, taskRuns: [...source.taskRuns, { ...source.taskRuns[0]!, id: 'again' }] };
  expect(compare(doubled, source).warnings).toEqual([
    'the base: 1 examples have more task runs than repetitions; all of them are averaged',
  ]);
});

test('compares within slices, and adjusts these among themselves', () => {
  const example = (id: string) => ({
    splits: [Number(id.split('-')[1]) % 2 ? 'odd' : 'even'],
    metadata: { topic: 'all' },
  });
  const base = scored(table(30, smooth), { example });
  const candidate = scored(
    table(30, (index) => smooth(index) + (index % 2 ? 0.3 : -0.3) + 0.01 * Math.sin(index)),
    { example },
  );
  const { metrics, slices } = compare(base, candidate, {
    slices: ['splits', 'metadata.topic', ({ id }) => id.slice(-1)],
  });
  expect(metrics[0]?.verdict).toBe('inconclusive');
  const bySplit = slices.filter((row) => row.slice_key === 'splits');
  expect(bySplit.map(({ slice_value, n_paired, verdict }) => [slice_value, n_paired, verdict])).toEqual([
    ['even', 15, 'worse'],
    ['odd', 15, 'better'],
  ]);
  expect(slices.find((row) => row.slice_key === 'metadata.topic')).toMatchObject({
    slice_value: 'all',
    n_paired: 30,
    n_missing: 0,
  });
  expect(slices).toHaveLength(2 + 1 + 10);
});

test('compares frames within splits, by the examples frame', () => {
  const example = (id: string) => ({ splits: Number(id.split('-')[1]) % 2 ? ['odd', 'all'] : ['all'] });
  const base = scored(table(30, smooth), { example });
  const candidate = scored(
    table(30, (index) => smooth(index) + 0.1),
    { example },
  );
  const [left, right] = [runsFrame(base), runsFrame(candidate)];
  const { slices } = compare(left, right, { slices: [splitsIn(examplesFrame(base))] });
  expect(slices.map(({ slice_key, slice_value, n_paired }) => [slice_key, slice_value, n_paired])).toEqual([
    ['splits', 'all', 30],
    ['splits', 'odd', 15],
  ]);
  expect(catching(() => compare(left, right, { slices: ['splits'] }))).toMatchObject({ code: 'invalid-config' });
  expect(catching(() => splitsIn(left))).toMatchObject({ code: 'invalid-input' });
});

function catching(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
