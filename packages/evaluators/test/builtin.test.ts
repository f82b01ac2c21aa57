import { AssayError, type EvaluatorParams, runExperiment } from '@assay/core';
import { describe, expect, test } from 'vitest';
import * as evaluators from '../src/index.ts';
import { builtinNames, createBuiltin } from '../src/index.ts';

const dataset = [
  {
    id: 'peru',
    input: { question: 'Capital of Peru?' },
    expected: { answer: 'Lima' },
    metadata: { top: 1, relevant: ['a', 'c'] },
  },
];
const run = { dataset, task: () => ({ answer: 'lima', ids: ['a', 'b'] }), printSummary: false, retries: 0 } as const;

const codeEvaluators = [
  'exactMatch',
  'contains',
  'matchesRegex',
  'editDistance',
  'numericDifference',
  'jsonValid',
  'jsonSchema',
  'jsonDiff',
  'listF1',
  'precisionAtK',
  'recallAtK',
  'mrr',
  'ndcg',
  'rougeL',
  'bleu',
  'chrf',
  'embeddingSimilarity',
  'latencyBelow',
  'costBelow',
  'toolCalls',
  'trajectory',
] as const;

const all: Readonly<Record<string, unknown>> = { ...evaluators };

test('every code evaluator goes by its name in snake_case', () => {
  const snakeCase = (name: string): string => name.replaceAll(/(?<!^)([A-Z])/g, '_$1').toLowerCase();

  expect(builtinNames).toEqual(codeEvaluators.map(snakeCase));
  expect(codeEvaluators.map((name) => (all[name] as { readonly name: string }).name)).toEqual(codeEvaluators);
});

test('reads parameters and options from where the mapping says', async () => {
  const { evaluationRuns } = await runExperiment({
    ...run,
    evaluators: [
      createBuiltin({
        builtin: 'exact_match',
        mapping: { output: 'output.answer', expected: 'expected.answer' },
        config: { ignoreCase: true },
      }),
      createBuiltin({
        builtin: 'edit_distance',
        name: 'distance',
        mapping: { output: 'output.answer', expected: 'expected.answer' },
      }),
      createBuiltin({
        builtin: 'precision_at_k',
        mapping: { output: 'output.ids', expected: 'metadata.relevant', k: 'metadata.top' },
      }),
    ],
  });

  expect(evaluationRuns).toMatchObject([
    { name: 'exactMatch', score: 1 },
    { name: 'distance', direction: 'minimize', score: 0.25 },
    { name: 'precisionAtK', score: 1 },
  ]);
});

test('skips an example that has nothing where the expected answer should be', async () => {
  const missing = createBuiltin({ builtin: 'exact_match', mapping: { expected: 'expected.text' } });

  const { evaluationRuns } = await runExperiment({ ...run, evaluators: [missing] });

  expect(evaluationRuns).toMatchObject([{ status: 'skipped' }]);
});

test('fails an evaluation whose output has nothing at the path', () => {
  const { evaluate } = createBuiltin({ builtin: 'json_valid', mapping: { output: 'output.text' } });

  expect(() => evaluate({ output: {} } as EvaluatorParams<unknown, unknown>)).toThrow(
    'Expected a value at output.text, got none',
  );
});

describe('JSON that describes no evaluator is refused', () => {
  test.each([
    ['an unknown name', { builtin: 'exactMatch' }, 'Expected builtin to be exact_match, contains'],
    ['the name of something every object has', { builtin: 'constructor' }, 'got "constructor"'],
    ['an option it cannot have', { builtin: 'exact_match', config: { pattern: 'x' } }, 'pattern'],
    ['an option that is missing', { builtin: 'matches_regex' }, 'pattern'],
    ['a config that is no object', { builtin: 'exact_match', config: [] }, 'Expected config to be an object, got []'],
    [
      'a path that begins nowhere',
      { builtin: 'exact_match', mapping: { output: 'answer' } },
      'Expected mapping.output to be a path such as "expected.answer" that begins with input',
    ],
    ['a path with a hole', { builtin: 'exact_match', mapping: { output: 'output..answer' } }, 'got "output..answer"'],
    ['a path that is no text', { builtin: 'exact_match', mapping: { output: 1 } }, 'got 1'],
  ])('%s', (_, spec, message) => {
    expect(() => createBuiltin(spec as never)).toThrow(message);
    expect(() => createBuiltin(spec as never)).toThrow(
      expect.toSatisfy((error: unknown) => AssayError.is(error) && error.code === 'invalid-config'),
    );
  });
});
