import { runExperiment } from '@assay/core';
import { correctness } from '@assay/evaluators';
import { costOf, createPriceList } from '@assay/prices';
import { createOpenAI } from '@ai-sdk/openai';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { embed, generateText, simulateReadableStream, streamText, type Telemetry } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Provider, startProvider } from '../../../tests/provider/provider.ts';
import { createTracer } from '../src/index.ts';
import { quiet, recordingProvider } from './fixtures/recorded.ts';

const model = 'gpt-5-mini';
const used = { promptTokens: 1000, completionTokens: 20 };
const usage = { ...used, costUsd: costOf(used, model) };

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({
    models: { [model]: { replies: [{ text: 'Lima', usage: { promptTokens: 1000, completionTokens: 20 } }] } },
  });
});
afterAll(() => provider.stop());

const openai = () => createOpenAI({ baseURL: provider.baseUrls.openai, apiKey: 'any' });
const once = { ...quiet, dataset: [{ input: 'Peru', expected: 'Lima' }] };

describe.each<[string, (tracer: ReturnType<typeof tracerOf>) => Telemetry]>([
  ['its telemetry', ({ provider: spans }) => new OpenTelemetry({ tracer: spans.getTracer('ai') })],
  ['its telemetry of version 6', ({ provider: spans }) => new LegacyOpenTelemetry({ tracer: spans.getTracer('ai') })],
])('of the AI SDK with %s', (_, telemetryOf) => {
  let recorded: ReturnType<typeof tracerOf>;
  beforeEach(() => {
    recorded = tracerOf();
  });

  test('a call is counted once, and is inside the run', async () => {
    const telemetry = { integrations: telemetryOf(recorded) };
    const { taskRuns, summary } = await runExperiment({
      ...once,
      tracer: recorded.tracer,
      task: async ({ input }) => (await generateText({ model: openai().chat(model), prompt: input, telemetry })).text,
    });
    expect(taskRuns[0]!.usage).toMatchObject(usage);
    expect(summary.usage.task).toMatchObject(usage);
    const traceIds = new Set(recorded.spans().map(({ traceId }) => traceId));
    expect([...traceIds]).toEqual([taskRuns[0]!.traceId]);
    expect(recorded.spans().length).toBeGreaterThan(2);
  });

  test('an embedding is counted', async () => {
    const { taskRuns } = await runExperiment({
      ...once,
      tracer: recorded.tracer,
      task: async ({ input }) => {
        const telemetry = { integrations: telemetryOf(recorded) };
        await embed({ model: openai().embedding('text-embedding-3-small'), value: input, telemetry });
      },
    });
    expect(taskRuns[0]!.usage).toMatchObject({ promptTokens: 1, completionTokens: 0 });
    expect(taskRuns[0]!.usage!.costUsd).toBeGreaterThan(0);
  });

  test('a stream is counted when its text has come', async () => {
    const { taskRuns } = await runExperiment({
      ...once,
      tracer: recorded.tracer,
      task: ({ input }) =>
        streamText({ model: streaming(), prompt: input, telemetry: { integrations: telemetryOf(recorded) } }).text,
    });
    expect(taskRuns[0]).toMatchObject({ output: 'Lima', usage });
  });
});

test('of OpenAI’s SDK with its instrumentation, a call is counted and is inside the run', async () => {
  const recorded = tracerOf();
  const instrumentation = new OpenAIInstrumentation({ tracerProvider: recorded.provider });
  instrumentation.manuallyInstrument(OpenAI);
  const client = new OpenAI({ baseURL: provider.baseUrls.openai, apiKey: 'any' });
  const { taskRuns } = await runExperiment({
    ...once,
    tracer: recorded.tracer,
    task: async ({ input }) => {
      const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: input }] });
      return answer.choices[0]?.message.content;
    },
  });
  instrumentation.disable();
  expect(taskRuns[0]).toMatchObject({ output: 'Lima', usage });
  expect(recorded.named('OpenAI Chat Completions')).toMatchObject([{ traceId: taskRuns[0]!.traceId }]);
});

test('counts what failed attempts used, and keeps task and judge apart', async () => {
  const recorded = tracerOf();
  const telemetry = { integrations: new OpenTelemetry({ tracer: recorded.provider.getTracer('ai') }) };
  const ask = (prompt: string) => generateText({ model: openai().chat(model), prompt, telemetry });
  const { taskRuns, evaluationRuns, summary } = await runExperiment({
    ...once,
    retries: 1,
    tracer: recorded.tracer,
    task: async ({ input, attempt }) => {
      const { text } = await ask(input);
      if (attempt === 1) throw new Error('not that');
      return text;
    },
    evaluators: { short: async ({ output }) => (await ask(String(output))).text.length < 10 },
  });
  expect(taskRuns[0]!.usage).toMatchObject({ promptTokens: 2000, completionTokens: 40, costUsd: 2 * usage.costUsd! });
  expect(evaluationRuns[0]!.usage).toMatchObject(usage);
  expect(summary.usage.evaluators).toMatchObject(usage);
});

test('does not add the spans of a judge to what it reports', async () => {
  const recorded = tracerOf();
  const { provider: spans, tracer } = recorded;
  const client = createOpenAI({ baseURL: provider.baseUrls.openai, apiKey: 'any' });
  globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = [new OpenTelemetry({ tracer: spans.getTracer('ai') })];
  try {
    const { evaluationRuns } = await runExperiment({
      ...once,
      tracer,
      task: () => 'Lima',
      evaluators: [correctness(client.chat('judge'))],
    });
    const judged = recorded.spans().filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat');
    expect(judged).toMatchObject([{ traceId: evaluationRuns[0]!.traceId }]);
    expect(evaluationRuns[0]!.usage).toMatchObject({
      promptTokens: judged[0]!.attributes['gen_ai.usage.input_tokens'],
      completionTokens: judged[0]!.attributes['gen_ai.usage.output_tokens'],
    });
  } finally {
    globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined;
  }
});

describe('the cost', () => {
  const run = async (spans: readonly Record<string, string | number>[], options = {}) => {
    const recorded = tracerOf(options);
    const { taskRuns } = await runExperiment({
      ...once,
      tracer: recorded.tracer,
      task: () => {
        for (const attributes of spans) recorded.provider.getTracer('any').startSpan('call', { attributes }).end();
      },
    });
    return taskRuns[0]!.usage;
  };
  const call = { 'llm.token_count.prompt': 1000, 'llm.token_count.completion': 20 };

  test('is not known for a model without a price, nor for a sum with such a model', async () => {
    expect(await run([{ ...call, 'llm.model_name': 'ours' }])).toEqual({ ...used, costUsd: null });
    expect(
      await run([
        { ...call, 'llm.model_name': 'ours' },
        { ...call, 'llm.model_name': model },
      ]),
    ).toEqual({ promptTokens: 2000, completionTokens: 40, costUsd: null });
  });

  test('is that of your own prices', async () => {
    const prices = createPriceList({ ours: { promptPerMillion: 1000, completionPerMillion: 0 } });
    expect(await run([{ ...call, 'llm.model_name': 'ours' }], { prices })).toEqual({ ...used, costUsd: 1 });
  });

  test('is less for cached tokens, which are told apart', async () => {
    const cached = { ...call, 'llm.token_count.prompt_details.cache_read': 900, 'llm.model_name': model };
    const known = await run([cached]);
    expect(known).toEqual({
      ...used,
      cachedPromptTokens: 900,
      costUsd: costOf({ ...used, cachedPromptTokens: 900 }, model),
    });
    expect(known!.costUsd).toBeLessThan(usage.costUsd!);
  });

  test('is what the span says, where it does', async () => {
    expect(await run([{ ...call, 'llm.cost.total': 0.5 }])).toEqual({ ...used, costUsd: 0.5 });
  });

  test('is nothing where no span says anything', async () => {
    expect(await run([{ 'input.value': 'x' }])).toBeNull();
  });
});

function tracerOf(options = {}) {
  const recorded = recordingProvider();
  return { ...recorded, tracer: createTracer({ provider: recorded.provider, ...options }) };
}

function streaming() {
  const inputTokens = { total: 1000, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  const outputTokens = { total: 20, text: 20, reasoning: undefined };
  return new MockLanguageModelV4({
    provider: 'openai.responses',
    modelId: model,
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: 'Lima' },
          { type: 'text-end', id: '1' },
          {
            type: 'finish',
            finishReason: { unified: 'stop', raw: undefined },
            usage: { inputTokens, outputTokens },
          },
        ],
      }),
    }),
  });
}
