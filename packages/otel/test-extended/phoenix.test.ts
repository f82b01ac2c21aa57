import { setTimeout as sleep } from 'node:timers/promises';
import { createPhoenixClient } from '@assay/client';
import { runExperiment } from '@assay/core';
import { correctness } from '@assay/evaluators';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Provider, startProvider } from '../../../tests/provider/provider.ts';
import { createTracer } from '../src/index.ts';

/** The Phoenix server that `.ci/extended` has started. A test fails, and does not skip, when it is not there. */
const phoenixUrl = process.env['ASSAY_PHOENIX_URL'] ?? 'http://ASSAY_PHOENIX_URL.is-not-set.invalid';
const modelName = 'gpt-5-mini';
const usage = { promptTokens: 1000, completionTokens: 20 };

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({
    models: { [modelName]: { replies: [{ text: 'Lima', usage }] }, judge: { answer: { text: 'correct' } } },
  });
});
afterAll(() => provider.stop());

interface PhoenixSpan {
  readonly name: string;
  readonly span_kind: string;
  readonly parent_id: string | null;
  readonly status_code: string;
  readonly status_message: string;
  readonly context: { readonly trace_id: string; readonly span_id: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

test('a traced experiment is in Phoenix with its tokens, its parents and its errors', async () => {
  const store = createPhoenixClient({ endpoint: phoenixUrl }).store;
  const openai = createOpenAI({ baseURL: provider.baseUrls.openai, apiKey: 'any' });
  await using tracer = createTracer({ endpoint: phoenixUrl });
  const telemetry = { integrations: new OpenTelemetry({ tracer: tracer.provider.getTracer('ai') }) };

  const ran = await runExperiment({
    store,
    name: `traced ${Date.now()}`,
    dataset: [
      { id: 'peru', input: { country: 'Peru' }, expected: 'Lima', metadata: { region: 'Andes' } },
      { id: 'nowhere', input: { country: 'Nowhere' }, expected: 'none' },
    ],
    retries: 0,
    tracer,
    task: async ({ input }) => {
      if (input.country === 'Nowhere') throw new RangeError('there is no such country');
      return (await generateText({ model: openai.chat(modelName), prompt: input.country, telemetry })).text;
    },
    evaluators: [correctness(openai.chat('judge'))],
    printSummary: false,
  });
  expect(ran.warnings).toEqual([]);
  const [run, failed] = ran.taskRuns;
  const [evaluation] = ran.evaluationRuns;

  // Phoenix has no place for the usage of a task run: it reads it from the trace.
  expect(evaluation!.usage).toMatchObject({ promptTokens: expect.any(Number), costUsd: null });

  const spans = await spansOf(ran.projectName!, 6);
  const within = (traceId: string | null) => spans.filter(({ context }) => context.trace_id === traceId);
  const root = within(run!.traceId).find(({ parent_id }) => parent_id === null);
  expect(root).toMatchObject({
    name: 'Task: task',
    span_kind: 'CHAIN',
    status_code: 'OK',
    attributes: { 'output.value': 'Lima' },
  });

  const call = within(run!.traceId).find(({ name }) => name === `chat ${modelName}`)!;
  expect(call).toMatchObject({
    span_kind: 'LLM',
    attributes: { 'llm.token_count.prompt': 1000, 'llm.token_count.completion': 20 },
  });
  const ancestors: string[] = [];
  for (let at: PhoenixSpan | undefined = call; at !== undefined; at = parentOf(at, spans)) ancestors.push(at.name);
  expect(ancestors).toEqual([`chat ${modelName}`, 'step 1', `invoke_agent ${modelName}`, 'Task: task']);

  // What Phoenix itself shows for the run: the agent's span repeats the tokens of its call, and is not added.
  expect(await usageInPhoenix(run!.id)).toMatchObject({
    trace: { rootSpan: { cumulativeTokenCountPrompt: 1000, cumulativeTokenCountCompletion: 20 } },
    costSummary: { prompt: { tokens: 1000 }, completion: { tokens: 20 } },
  });

  expect(within(failed!.traceId)).toMatchObject([
    { status_code: 'ERROR', status_message: 'there is no such country', parent_id: null },
  ]);
  expect(within(evaluation!.traceId)).toMatchObject([
    { name: 'Evaluation: correctness', span_kind: 'EVALUATOR', status_code: 'OK', parent_id: null },
  ]);
});

function parentOf({ parent_id }: PhoenixSpan, spans: readonly PhoenixSpan[]): PhoenixSpan | undefined {
  return spans.find(({ context }) => context.span_id === parent_id);
}

async function usageInPhoenix(runId: string): Promise<unknown> {
  const query = `query ($id: ID!) { node(id: $id) { ... on ExperimentRun {
    trace { rootSpan { cumulativeTokenCountPrompt cumulativeTokenCountCompletion } }
    costSummary { prompt { tokens cost } completion { tokens cost } }
  } } }`;
  const response = await fetch(`${phoenixUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id: runId } }),
  });
  return ((await response.json()) as { readonly data: { readonly node: unknown } }).data.node;
}

/** Phoenix takes spans into a queue, so that they are there a little later. */
async function spansOf(project: string, count: number): Promise<readonly PhoenixSpan[]> {
  for (let time = 0; ; time += 1) {
    const response = await fetch(`${phoenixUrl}/v1/projects/${encodeURIComponent(project)}/spans?limit=100`);
    const spans = response.ok ? ((await response.json()) as { readonly data: readonly PhoenixSpan[] }).data : [];
    if (spans.length >= count) return spans;
    if (time === 100)
      throw new Error(`Expected ${count} spans in ${project}, got ${spans.length} (${response.status})`);
    await sleep(100);
  }
}
