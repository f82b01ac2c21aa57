import { AssayError, bindEvaluator, type EvaluatorParams, runExperiment } from '@assay/core';
import { ExactMatch, JSONDiff, Levenshtein, ListContains, NumericDiff, type Scorer } from 'autoevals';
import { expect, test } from 'vitest';
import { fromAutoevals } from '../../src/index.ts';

const run = { task: () => 'Limo', printSummary: false, retries: 0 } as const;

test('runs scorers of autoevals under their names, with their scores', async () => {
  const { evaluationRuns } = await runExperiment({
    dataset: [{ input: 'Peru', expected: 'Lima' }],
    ...run,
    evaluators: [fromAutoevals(Levenshtein), fromAutoevals(ExactMatch, { name: 'same' })],
  });

  expect(evaluationRuns).toMatchObject([
    { name: 'Levenshtein', kind: 'CODE', direction: 'maximize', score: 0.75 },
    { name: 'same', score: 0 },
  ]);
});

test('gives what the scorers themselves give', async () => {
  await expect(fromAutoevals(NumericDiff).evaluate({ output: 1, expected: 3 })).resolves.toMatchObject({ score: 0.5 });
  await expect(fromAutoevals(ListContains).evaluate({ output: ['a'], expected: ['a', 'b'] })).resolves.toMatchObject({
    score: 0.5,
    metadata: { pairs: expect.any(Array) },
  });
  await expect(fromAutoevals(JSONDiff).evaluate({ output: { a: 1 }, expected: { a: 1 } })).resolves.toMatchObject({
    score: 1,
  });
});

test('is bound to other fields like any evaluator', async () => {
  const dataset = [{ input: 'Peru', expected: { capital: 'Lima' } }];
  const close = bindEvaluator(
    fromAutoevals(Levenshtein),
    ({ output, expected }: EvaluatorParams<(typeof dataset)[number], string>) => ({
      output,
      expected: expected.capital,
    }),
  );

  const { evaluationRuns } = await runExperiment({ dataset, ...run, evaluators: [close] });

  expect(evaluationRuns).toMatchObject([{ name: 'Levenshtein', score: 0.75 }]);
});

test('reads a model’s choice and rationale, and takes no score as a skip', async () => {
  const classifier: Scorer<string, object> = () => ({
    name: 'Factuality',
    score: 0.6,
    metadata: { choice: 'B', rationale: 'A superset.' },
  });
  const undecided: Scorer<string, object> = () => ({ name: 'undecided', score: null });

  const { evaluationRuns } = await runExperiment({
    dataset: [{ input: 'Peru', expected: 'Lima' }],
    ...run,
    evaluators: [fromAutoevals(classifier, { kind: 'LLM' }), fromAutoevals(undecided)],
  });

  expect(evaluationRuns).toMatchObject([
    { name: 'classifier', kind: 'LLM', score: 0.6, label: 'B', explanation: 'A superset.' },
    { name: 'undecided', status: 'skipped', score: null },
  ]);
});

test('takes an error in a score as a failed evaluation, and hides null from scorers', async () => {
  const broken: Scorer<string, object> = () => ({ name: 'broken', score: 0, error: new Error('no key') });
  const seen: unknown[] = [];
  const watching = fromAutoevals(function watching(params: { readonly expected?: unknown }) {
    seen.push(params.expected);
    return { name: 'watching', score: 1 };
  });

  await expect(fromAutoevals(broken).evaluate({ output: 'x' })).rejects.toThrow('no key');
  await watching.evaluate({ expected: null });
  expect(seen).toEqual([undefined]);
});

test('refuses what is no scorer, or has no name', () => {
  expect(() => fromAutoevals({} as never)).toThrow('Expected a scorer of autoevals to be a function, got object');
  expect(() => fromAutoevals(() => ({ name: '', score: 1 }))).toThrow(expect.toSatisfy(AssayError.is));
});
