import { createMemoryStore, runExperiment } from '@assay/core';
import { embed, generateText, isStepCount, tool } from 'ai';
import { MockEmbeddingModelV4, MockLanguageModelV4 } from 'ai/test';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { costOf, createPriceList, usageOf } from '../src/index.ts';

type Answer = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;

const answer = (content: Answer['content'], input: number, cached: number, output: number): Answer => ({
  content,
  finishReason: { unified: content[0]?.type === 'tool-call' ? 'tool-calls' : 'stop', raw: undefined },
  usage: {
    inputTokens: { total: input, noCache: input - cached, cacheRead: cached, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  },
  warnings: [],
});

function modelOf(answers: readonly Answer[], modelId = 'gpt-5-mini', provider = 'openai.responses') {
  let calls = 0;
  return new MockLanguageModelV4({ modelId, provider, doGenerate: async () => answers[calls++]! });
}

test('adds up the steps of an answer, cached tokens apart, and what they cost', async () => {
  const lookUp = tool({ inputSchema: z.object({}), execute: () => 'Lima' });
  const model = modelOf([
    answer([{ type: 'tool-call', toolCallId: '1', toolName: 'lookUp', input: '{}' }], 1000, 0, 20),
    answer([{ type: 'text', text: 'Lima' }], 1100, 1000, 5),
  ]);

  const result = await generateText({ model, prompt: 'Peru?', tools: { lookUp }, stopWhen: isStepCount(2) });

  expect(result.text).toBe('Lima');
  expect(usageOf(result)).toEqual({
    promptTokens: 2100,
    completionTokens: 25,
    cachedPromptTokens: 1000,
    costUsd:
      costOf({ promptTokens: 1000, completionTokens: 20 }, 'gpt-5-mini')! +
      costOf({ promptTokens: 1100, completionTokens: 5, cachedPromptTokens: 1000 }, 'gpt-5-mini')!,
  });
});

test('knows tokens but no cost of a model that has no price', async () => {
  const result = await generateText({
    model: modelOf([answer([{ type: 'text', text: 'Lima' }], 10, 0, 1)], 'tuned', 'ours.chat'),
    prompt: 'Peru?',
  });
  expect(usageOf(result)).toEqual({ promptTokens: 10, completionTokens: 1, costUsd: null });

  const prices = createPriceList({ tuned: { promptPerMillion: 100_000, completionPerMillion: 0 } });
  expect(usageOf(result, { prices })).toMatchObject({ costUsd: 1 });
  expect(usageOf(result, { model: 'gpt-5-mini' }).costUsd).toBe(
    costOf({ promptTokens: 10, completionTokens: 1 }, 'gpt-5-mini'),
  );
});

test('knows what an embedding used, and its cost when told the model', async () => {
  const model = new MockEmbeddingModelV4({
    modelId: 'text-embedding-3-small',
    provider: 'openai.embedding',
    doEmbed: async () => ({ embeddings: [[1, 0]], usage: { tokens: 1000 }, warnings: [] }),
  });
  const result = await embed({ model, value: 'Peru' });
  expect(usageOf(result)).toMatchObject({ promptTokens: 1000, completionTokens: 0, costUsd: null });
  expect(usageOf(result, { model }).costUsd).toBeCloseTo(0.00002, 10);
});

test('knows nothing of an answer without usage', () => {
  expect(usageOf({})).toEqual({ promptTokens: null, completionTokens: null, costUsd: null });
});

test('goes on record by reportUsage', async () => {
  const model = modelOf([answer([{ type: 'text', text: 'Lima' }], 1000, 400, 5)]);
  const store = createMemoryStore();
  const ran = await runExperiment({
    store,
    dataset: [{ input: 'Peru' }],
    task: async ({ input, reportUsage }) => {
      const result = await generateText({ model, prompt: input });
      reportUsage(usageOf(result));
      return result.text;
    },
    printSummary: false,
  });
  const usage = { promptTokens: 1000, completionTokens: 5, cachedPromptTokens: 400 };
  expect(ran.taskRuns[0]!.usage).toEqual({ ...usage, costUsd: costOf(usage, 'gpt-5-mini') });
  expect(ran.summary.usage.task.cachedPromptTokens).toBe(400);
});
