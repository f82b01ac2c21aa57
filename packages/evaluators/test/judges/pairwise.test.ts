import { runExperiment } from '@assay/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPairwise } from '../../src/index.ts';
import { type Provider, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const prompt = 'Which answers {{input}} better?\n{{first}}\n{{second}}';
const says = (choice: string) => ({
  text: { explanation: `${choice}, then.`, choice },
  usage: { promptTokens: 10, completionTokens: 1 },
});

test.each([
  ['first', 'second', 1, 'better', true, null],
  ['second', 'first', 0, 'worse', true, null],
  ['tie', 'tie', 0.5, 'tie', true, null],
  ['first', 'first', 0.5, 'tie', false, 'first'],
  ['second', 'second', 0.5, 'tie', false, 'second'],
  ['first', 'tie', 0.5, 'tie', false, null],
  ['tie', 'first', 0.5, 'tie', false, null],
])('the choices %s and %s are a score of %d, %s', async (one, other, score, label, consistent, positionBias) => {
  const model = await provider.model(says(one), says(other));
  const better = createPairwise({ name: 'better', model, prompt });

  await expect(better({ input: 'Why?', output: 'new', expected: 'old' })).resolves.toMatchObject({
    score,
    label,
    metadata: { consistent, positionBias },
  });
});

test('shows the two in either order', async () => {
  const model = await provider.model(says('tie'));
  await createPairwise({ name: 'better', model, prompt })({ input: 'Why?', output: 'new', expected: 'old' });

  const sent = (await provider.requests(model)).map(({ messages }) => messages.at(-1)?.content);
  expect(sent).toEqual([
    expect.stringContaining('<first>\nnew\n</first>\n<second>\nold\n</second>'),
    expect.stringContaining('<first>\nold\n</first>\n<second>\nnew\n</second>'),
  ]);
});

test('puts the usage of both calls on record, and skips an example without another answer', async () => {
  const model = await provider.model(says('first'), says('second'));
  const better = createPairwise({ name: 'better', model, prompt });

  const { evaluationRuns } = await runExperiment({
    dataset: [
      { input: 'a', expected: 'old' },
      { input: 'b', expected: null },
    ],
    task: () => 'new',
    evaluators: [better],
    printSummary: false,
    concurrency: 1,
  });

  expect(evaluationRuns).toMatchObject([
    { status: 'ok', score: 1, usage: { promptTokens: 20, completionTokens: 2 } },
    { status: 'skipped' },
  ]);
});
