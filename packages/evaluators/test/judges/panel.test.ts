import { runExperiment } from '@assay/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correctness, createPanel, exactMatch, toxicity } from '../../src/index.ts';
import { type Provider, type Reply, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const says = (label: string): Reply => ({
  text: { explanation: `It is ${label}.`, label },
  usage: { promptTokens: 10, completionTokens: 1 },
});
const unreadable: Reply = { text: 'Hm.' };
const capital = { input: 'Capital of Peru?', output: 'Lima', expected: 'Lima' };

async function judges(...replies: readonly Reply[]) {
  return Promise.all(
    replies.map(async (reply, index) => correctness(await provider.model(reply), { name: `judge ${index + 1}` })),
  );
}

test('gives the mean score, the label of most, and how far the judges agree', async () => {
  const panel = createPanel({
    name: 'panel',
    judges: await judges(says('correct'), says('incorrect'), says('correct')),
  });

  await expect(panel(capital)).resolves.toEqual({
    score: 2 / 3,
    label: 'correct',
    explanation:
      'judge 1: correct. It is correct.\njudge 2: incorrect. It is incorrect.\njudge 3: correct. It is correct.',
    metadata: {
      agreement: 1 / 3,
      votes: [
        { judge: 'judge 1', score: 1, label: 'correct', explanation: 'It is correct.' },
        { judge: 'judge 2', score: 0, label: 'incorrect', explanation: 'It is incorrect.' },
        { judge: 'judge 3', score: 1, label: 'correct', explanation: 'It is correct.' },
      ],
    },
  });
});

test('gives no label when two are given equally often', async () => {
  const panel = createPanel({ name: 'panel', judges: await judges(says('correct'), says('incorrect')) });

  await expect(panel(capital)).resolves.toMatchObject({ score: 0.5, label: null, metadata: { agreement: 0 } });
});

test('fails when a judge fails', async () => {
  const panel = createPanel({ name: 'panel', judges: await judges(says('correct'), unreadable) });

  await expect(panel(capital)).rejects.toMatchObject({ answer: 'Hm.' });
});

test('does without a judge that fails when enough others voted, and says so', async () => {
  const panel = createPanel({
    name: 'panel',
    judges: await judges(says('correct'), unreadable, says('correct')),
    atLeast: 2,
  });

  await expect(panel(capital)).resolves.toMatchObject({
    score: 1,
    metadata: { agreement: 1, failed: [{ judge: 'judge 2', error: expect.stringContaining('Hm.') }] },
  });
});

test('lets the run hear of a refusal, even when enough others could vote', async () => {
  const panel = createPanel({
    name: 'panel',
    judges: await judges({ status: 429, text: 'slow down' }, says('correct')),
    atLeast: 1,
  });

  await expect(panel(capital)).rejects.toMatchObject({ statusCode: 429 });
});

test('puts the usage of all judges on record, and takes code evaluators too', async () => {
  const panel = createPanel({
    name: 'panel',
    judges: [...(await judges(says('correct'), says('correct'))), exactMatch],
  });

  const { evaluationRuns } = await runExperiment({
    dataset: [capital],
    task: () => 'Lima',
    evaluators: [panel],
    printSummary: false,
  });

  expect(evaluationRuns).toMatchObject([
    { name: 'panel', kind: 'LLM', score: 1, usage: { promptTokens: 20, completionTokens: 2 } },
  ]);
});

describe('a panel that cannot work is refused when it is made', () => {
  const one = correctness('a/model');

  test.each([
    ['one judge', { judges: [one] }, 'Expected panel panel to have at least two judges, got 1'],
    ['no judges', {}, 'Expected panel panel to have at least two judges, got undefined'],
    [
      'two judges of one name',
      { judges: [one, one] },
      'Expected panel panel to have judges whose names differ, got correctness, correctness',
    ],
    [
      'judges of two directions',
      { judges: [one, toxicity('a/model')] },
      'judges of one direction, or a direction of its own, got maximize, minimize',
    ],
    [
      'more votes than judges',
      { judges: [one, correctness('a/model', { name: 'b' })], atLeast: 3 },
      'atLeast between 1 and 2, got 3',
    ],
  ])('%s', (_, options, message) => {
    expect(() => createPanel({ name: 'panel', ...options } as never)).toThrow(message);
  });
});
