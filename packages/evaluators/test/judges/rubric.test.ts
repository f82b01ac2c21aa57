import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRubric } from '../../src/index.ts';
import { type Provider, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const steps = ['Find the claims.', 'Is each of them explained?'];
const answer = { findings: ['Two claims.', 'One is.'], explanation: 'Half of it.', rating: 4 };

test('goes through the steps, then rates, and gives the rating as a score from 0 to 1', async () => {
  const model = await provider.model({ text: answer });
  const clarity = createRubric({
    name: 'clarity',
    model,
    prompt: 'Rate {{output}}',
    steps,
    promptVersion: 'clarity@1',
  });

  await expect(clarity({ output: 'x' })).resolves.toEqual({
    score: 0.75,
    label: '4',
    explanation: 'Half of it.',
    metadata: {
      'assay.model': `loopback.chat/${model.modelId}`,
      'assay.prompt': 'clarity@1',
      rating: 4,
      findings: ['Two claims.', 'One is.'],
    },
  });
  const [request] = await provider.requests(model);
  expect(Object.keys(request?.response_format?.json_schema?.schema.properties ?? {})).toEqual([
    'findings',
    'explanation',
    'rating',
  ]);
  expect(request?.messages[0]?.content).toContain('1. Find the claims.\n2. Is each of them explained?');
});

test('rates on the scale it is given', async () => {
  const model = await provider.model({ text: { ...answer, rating: 0 } });

  await expect(
    createRubric({ name: 'clarity', model, prompt: '{{output}}', steps, scale: [-1, 1] })({ output: 'x' }),
  ).resolves.toMatchObject({ score: 0.5, label: '0' });
});

test.each([
  ['a rating outside the scale', { ...answer, rating: 6 }],
  ['a rating between two', { ...answer, rating: 3.5 }],
  ['a finding too few', { ...answer, findings: ['Two claims.'] }],
])('%s is an error that holds the raw text', async (_, text) => {
  const model = await provider.model({ text });

  await expect(
    createRubric({ name: 'clarity', model, prompt: '{{output}}', steps })({ output: 'x' }),
  ).rejects.toMatchObject({ answer: JSON.stringify(text) });
});

describe('a rubric that cannot work is refused when it is made', () => {
  test.each([
    ['no steps', { steps: [] }, 'Expected rubric clarity to have steps, each some text, got none or an empty one'],
    [
      'an empty step',
      { steps: [' '] },
      'Expected rubric clarity to have steps, each some text, got none or an empty one',
    ],
    [
      'a scale upside down',
      { scale: [5, 1] },
      'Expected scale of rubric clarity to be two whole numbers, the lower first and at most 100 apart, got 5 and 1',
    ],
    ['a scale of fractions', { scale: [0, 0.5] }, 'got 0 and 0.5'],
  ])('%s', (_, wrong, message) => {
    expect(() =>
      createRubric({ name: 'clarity', model: 'a/model', prompt: '{{output}}', steps, ...wrong } as never),
    ).toThrow(message);
  });
});
