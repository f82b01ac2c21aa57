import { runExperiment } from '@assay/core';
import { generateText } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { correctness } from '../../src/index.ts';
import { type Provider, type Reply, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

test('a budget in tokens holds over HTTP with 100 calls open, and what the provider counted is on record', async () => {
  const dearest = 300;
  const answers = Array.from({ length: 200 }, (_, index): Reply => {
    const usage = { promptTokens: 60 + ((index * 37) % 200), completionTokens: (index * 13) % 40 };
    return { text: 'Lima', usage, latencyMs: 5 + ((index * 29) % 40) };
  });
  const model = await provider.model(...answers);
  const judge = await provider.model({
    text: { explanation: 'It is.', label: 'correct' },
    usage: { promptTokens: 80, completionTokens: 20 },
  });
  const { summary, taskRuns } = await runExperiment({
    dataset: Array.from({ length: 150 }, (_, index) => ({ input: `Capital of country ${index}?`, expected: 'Lima' })),
    task: async ({ input, reportUsage }) => {
      const { text, usage } = await generateText({ model, prompt: input, maxRetries: 0 });
      reportUsage({ promptTokens: usage.inputTokens, completionTokens: usage.outputTokens });
      return text;
    },
    evaluators: [correctness(judge)],
    concurrency: 100,
    budget: { tokens: 12_000 },
    printSummary: false,
  });
  const { task, evaluators } = summary.usage;
  const spent = [task, evaluators].reduce((sum, used) => sum + used.promptTokens! + used.completionTokens!, 0);
  expect(spent).toBeLessThanOrEqual(12_000 + dearest);
  expect(spent).toBeGreaterThan(12_000 - 3 * dearest);
  expect(await provider.requests(model)).toHaveLength(taskRuns.length);
  expect(summary).toMatchObject({ stopped: 'budget', evaluators: { correctness: { ok: summary.taskRuns.ok } } });
});
