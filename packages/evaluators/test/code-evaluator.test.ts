import {
  AssayError,
  bindEvaluator,
  createMemoryStore,
  createRateLimiter,
  type EvaluatorParams,
  resumeExperiment,
  runExperiment,
} from '@assay/core';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { editDistance, exactMatch, latencyBelow, matchesRegex, precisionAtK } from '../src/index.ts';

const dataset = [
  { id: 'peru', input: 'Peru', expected: 'Lima', metadata: { top: 1 } },
  { id: 'chad', input: 'Chad', expected: 'N’Djamena', metadata: { top: 2 } },
];
const quiet = {
  dataset,
  task: ({ input }: { input: string }) => (input === 'Peru' ? 'lima' : 'N’Djamena'),
  printSummary: false,
} as const;
const invalidConfig = expect.toSatisfy((error: unknown) => AssayError.is(error) && error.code === 'invalid-config');

describe('a code evaluator', () => {
  test('is called by hand', () => {
    expect(exactMatch({ output: 'Lima', expected: 'Lima' })).toEqual({
      score: 1,
      label: 'match',
      explanation: null,
      metadata: {},
    });
  });

  test('takes options with the call', () => {
    expect(exactMatch({ output: 'lima', expected: 'Lima', ignoreCase: true }).score).toBe(1);
  });

  test('has its options fixed by with, one after the other, and stays as it was', () => {
    const lenient = exactMatch.with({ ignoreCase: true }).with({ trim: true });

    expect(lenient({ output: ' lima', expected: 'Lima' }).score).toBe(1);
    expect(lenient({ output: ' lima', expected: 'Lima', trim: false }).score).toBe(0);
    expect(exactMatch({ output: ' lima', expected: 'Lima' }).score).toBe(0);
  });

  test('judges a run as it is, in a list, under a name, or alone', async () => {
    const lists = [
      exactMatch,
      [exactMatch],
      { exact: exactMatch, lenient: exactMatch.with({ ignoreCase: true }) },
    ] as const;
    const summaries = await Promise.all(
      lists.map(async (evaluators) => (await runExperiment({ ...quiet, evaluators })).summary.evaluators),
    );

    expect(summaries).toMatchObject([
      { exactMatch: { mean: 0.5 } },
      { exactMatch: { mean: 0.5 } },
      { exact: { mean: 0.5 }, lenient: { mean: 1 } },
    ]);
  });

  test('brings its name, kind and direction along', async () => {
    const { evaluationRuns } = await runExperiment({ ...quiet, evaluators: [editDistance] });

    expect(evaluationRuns[0]).toMatchObject({ name: 'editDistance', kind: 'CODE', direction: 'minimize', score: 0.25 });
  });

  test('takes an option from the example, when it is bound so', async () => {
    const dataset = [
      { id: 'a', input: 'q', expected: ['x', 'y'], metadata: { top: 1 } },
      { id: 'b', input: 'q', expected: ['x', 'y'], metadata: { top: 2 } },
    ];
    const atTop = bindEvaluator(
      precisionAtK,
      ({ output, expected, metadata }: EvaluatorParams<(typeof dataset)[number], string[]>) => ({
        output,
        expected,
        k: metadata.top,
      }),
    );

    const { evaluationRuns } = await runExperiment({
      dataset,
      task: () => ['x', 'z'],
      evaluators: [atTop],
      printSummary: false,
    });

    expect(evaluationRuns.map(({ score }) => score)).toEqual([1, 0.5]);
  });

  test('skips an example of which nothing is expected', async () => {
    const { evaluationRuns, summary } = await runExperiment({
      dataset: [{ input: 'Peru' }],
      task: () => 'Lima',
      evaluators: [exactMatch, editDistance],
      printSummary: false,
    });

    expect(evaluationRuns).toMatchObject([
      { status: 'skipped', score: null, explanation: 'Nothing is expected of this example' },
      { status: 'skipped', score: null },
    ]);
    expect(summary.evaluators['exactMatch']).toMatchObject({ skipped: 1, mean: null });
    expect(exactMatch({ output: 'Lima', expected: null })).toMatchObject({
      score: null,
      explanation: 'Nothing is expected of this example',
    });
  });

  test('fails an evaluation at once when the output is not what it judges', async () => {
    const { evaluationRuns } = await runExperiment({
      dataset,
      task: () => 7 as unknown as string,
      evaluators: [editDistance],
      printSummary: false,
    });

    expect(evaluationRuns[0]).toMatchObject({
      status: 'failed',
      score: null,
      attempts: 1,
      error: 'Expected output to be text, got 7',
    });
  });

  test('takes settings of its own by being spread', async () => {
    const limiter = createRateLimiter({ key: 'mine' });
    const take = vi.spyOn(limiter, 'take');

    const { summary } = await runExperiment({
      ...quiet,
      evaluators: [{ ...editDistance.with({ ignoreCase: true }), rateLimit: limiter }],
    });

    expect(take).toHaveBeenCalledTimes(2);
    expect(summary.evaluators['editDistance']).toMatchObject({ direction: 'minimize', mean: 0 });
  });

  test('counts as changed when its options change', async () => {
    const store = createMemoryStore();
    const { id } = await runExperiment({ ...quiet, store, evaluators: { exact: exactMatch.with({ trim: true }) } });
    const resumed = async (evaluator: typeof exactMatch) =>
      (await resumeExperiment({ experimentId: id, store, evaluators: { exact: evaluator }, printSummary: false }))
        .warnings;

    await expect(resumed(exactMatch.with({ trim: true }))).resolves.toEqual([]);
    await expect(resumed(exactMatch.with({ trim: false }))).resolves.toEqual([
      expect.stringContaining('Evaluator exact differs'),
    ]);
  });
});

describe('options that an evaluator cannot have are refused', () => {
  test.each([
    ['a wrong value', () => exactMatch.with({ trim: 'yes' } as never), 'trim'],
    ['an unknown name', () => exactMatch.with({ ignorecase: true } as never), 'ignorecase'],
    ['a wrong value in a call', () => precisionAtK({ output: ['a'], expected: ['a'], k: 0 }), 'k'],
    ['a missing one', () => latencyBelow({ taskRun: { latencyMs: 1 } } as never), 'maxMs'],
    [
      'a broken pattern',
      () => matchesRegex.with({ pattern: '(' }),
      'Expected pattern to be a regular expression, got "("',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(invalidConfig);
  });
});

test('types refuse an evaluator whose parameters a run cannot give', () => {
  // @ts-expect-error the pattern is not fixed
  void (() => runExperiment({ ...quiet, evaluators: [matchesRegex] }));
  // @ts-expect-error the output is a text, not a list
  void (() => runExperiment({ ...quiet, evaluators: [precisionAtK] }));
  // @ts-expect-error an option of another evaluator
  void (() => exactMatch({ output: 1, expected: 1, pattern: /x/ }));
  void (() => runExperiment({ ...quiet, evaluators: [matchesRegex.with({ pattern: /x/ }), exactMatch] }));
  expectTypeOf(exactMatch({ output: 1, expected: 1 }).score).toEqualTypeOf<number | null>();
});
