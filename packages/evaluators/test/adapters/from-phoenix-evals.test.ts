import { createClassificationEvaluator, createEvaluator, createHallucinationEvaluator } from '@arizeai/phoenix-evals';
import { type EvaluatorParams, runExperiment } from '@assay/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromPhoenixEvals } from '../../src/index.ts';
import { type Provider, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

type Capital = { input: string; expected: string };
const run = {
  dataset: [{ input: 'Peru', expected: 'Lima' }] as Capital[],
  task: () => 'Lima',
  printSummary: false,
  retries: 0,
} as const;

test('runs an evaluator made of a function, with its name, kind and direction', async () => {
  const length = createEvaluator(
    ({ output }: EvaluatorParams<Capital, string>) => ({
      score: output.length,
      label: 'short',
      explanation: 'few letters',
    }),
    {
      name: 'length',
      optimizationDirection: 'MINIMIZE',
      telemetry: { isEnabled: false },
    },
  );

  const { evaluationRuns } = await runExperiment({ ...run, evaluators: [fromPhoenixEvals(length)] });

  expect(evaluationRuns).toMatchObject([
    { name: 'length', kind: 'CODE', direction: 'minimize', score: 4, label: 'short', explanation: 'few letters' },
  ]);
});

test('fails where the library made nothing of what a function returned', async () => {
  const truth = createEvaluator(({ output }: { output: string }) => output === 'Lima', {
    name: 'truth',
    telemetry: { isEnabled: false },
  });

  const { evaluationRuns } = await runExperiment({ ...run, evaluators: [fromPhoenixEvals(truth)] });

  expect(evaluationRuns).toMatchObject([{ name: 'truth', status: 'failed', score: null }]);
});

test('runs its judges over a model', async () => {
  const model = await provider.model({ text: { explanation: 'It is in the text.', label: 'factual' } });
  const judge = createClassificationEvaluator<{ output: string }>({
    name: 'factuality',
    model,
    choices: { factual: 1, made_up: 0 },
    promptTemplate: 'Is {{output}} a fact?',
    telemetry: { isEnabled: false },
  });

  const { evaluationRuns } = await runExperiment({ ...run, evaluators: [fromPhoenixEvals(judge)] });

  expect(evaluationRuns).toMatchObject([
    {
      name: 'factuality',
      kind: 'LLM',
      direction: 'maximize',
      score: 1,
      label: 'factual',
      explanation: 'It is in the text.',
    },
  ]);
});

test('takes over the direction of a judge for which lower is better', async () => {
  const judge = createHallucinationEvaluator({ model: await provider.model({}) });

  expect(fromPhoenixEvals(judge, { name: 'invented' })).toMatchObject({
    name: 'invented',
    kind: 'LLM',
    direction: 'minimize',
  });
});

test('refuses what is no evaluator', () => {
  expect(() => fromPhoenixEvals((() => 1) as never)).toThrow(
    'Expected an evaluator of phoenix-evals to be an object with evaluate, got function',
  );
});
