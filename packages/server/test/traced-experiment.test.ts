import { createPhoenixClient } from '@assay/client';
import { runExperiment } from '@assay/core';
import { createTracer } from '@assay/otel';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../src/index.ts';
import { runOf } from './fixtures/server.ts';

const model = new MockLanguageModelV4({
  provider: 'openai.responses',
  modelId: 'gpt-5-mini',
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'Lima' }],
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: 1000, noCache: 400, cacheRead: 600, cacheWrite: 0 },
      outputTokens: { total: 20, text: 20, reasoning: 0 },
    },
    warnings: [],
  }),
});

test('an experiment that is kept and traced here shows its tokens, and its spans in its project', async () => {
  const server = await serve({ store: 'memory:', port: 0, logger: pino({ level: 'silent' }) });
  onTestFinished(() => server.close());
  const { store } = createPhoenixClient({ endpoint: server.url });
  await using tracer = createTracer({ endpoint: server.url });
  const telemetry = { integrations: new OpenTelemetry({ tracer: tracer.provider.getTracer('ai') }) };
  const ran = await runExperiment({
    store,
    dataset: [{ input: 'Peru' }],
    task: async ({ input }) => (await generateText({ model, prompt: input, telemetry })).text,
    evaluators: { exact: () => 1 },
    tracer,
    printSummary: false,
  });
  const get = async (path: string) => (await fetch(`${server.url}${path}`)).json() as Promise<never>;

  expect(ran.warnings).toEqual([]);
  expect(ran.taskRuns[0]!.usage).toMatchObject({ promptTokens: 1000, completionTokens: 20 });
  expect(await get(`/v1/experiments/${ran.id}/json`)).toMatchObject([
    { trace_id: ran.taskRuns[0]!.traceId, prompt_token_count: 1000 },
  ]);

  const { data } = (await get(`/v1/projects/${ran.projectName}/spans?limit=50`)) as {
    data: { name: string; span_kind: string; parent_id: string | null; context: { span_id: string } }[];
  };
  const named = (name: string) => data.find((span) => span.name === name)!;
  expect(data.map(({ name, span_kind }) => `${span_kind} ${name}`).sort()).toEqual([
    'AGENT invoke_agent gpt-5-mini',
    'CHAIN Task: task',
    'EVALUATOR Evaluation: exact',
    'LLM chat gpt-5-mini',
    'UNKNOWN step 1',
  ]);
  expect(named('invoke_agent gpt-5-mini').parent_id).toBe(named('Task: task').context.span_id);

  // A run that says nothing itself, as those of the official clients, has the tokens of its trace.
  const examples = (await get(`/v1/datasets/${ran.datasetId}/examples`)) as {
    data: { examples: { node_id: string }[] };
  };
  const send = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return ((await answer.json()) as { data: { id: string } }).data.id;
  };
  const other = await send(`/v1/datasets/${ran.datasetId}/experiments`, { name: 'other' });
  const nodeId = examples.data.examples[0]!.node_id;
  await send(`/v1/experiments/${other}/runs`, runOf(nodeId, { trace_id: ran.taskRuns[0]!.traceId }));
  expect(await get(`/v1/experiments/${other}/json`)).toMatchObject([
    { prompt_token_count: 1000, completion_token_count: 20 },
  ]);
});
