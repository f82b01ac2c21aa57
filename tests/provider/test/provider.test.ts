import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, embedMany, generateText, type LanguageModel, Output } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Provider, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const apiKey = 'loopback-key';
const models: Readonly<Record<string, (name: string) => LanguageModel>> = {
  'openai-chat': (name) => createOpenAI({ baseURL: provider.baseUrls.openai, apiKey }).chat(name),
  'openai-responses': (name) => createOpenAI({ baseURL: provider.baseUrls.openai, apiKey })(name),
  'openai-compatible': (name) =>
    createOpenAICompatible({
      name: 'loopback',
      baseURL: provider.baseUrls.openai,
      apiKey,
      supportsStructuredOutputs: true,
    })(name),
  anthropic: (name) => createAnthropic({ baseURL: provider.baseUrls.anthropic, apiKey })(name),
  google: (name) => createGoogleGenerativeAI({ baseURL: provider.baseUrls.google, apiKey })(name),
};

const verdict = Output.object({
  schema: z.object({ explanation: z.string(), label: z.enum(['good', 'bad']), score: z.number() }),
});

describe.each(Object.entries(models))('by %s', (name, model) => {
  test('an AI SDK model reads text, finish reason and usage', async () => {
    const answer = await generateText({ model: model(`echo-${name}`), prompt: 'Capital of Peru?' });

    expect(answer.text).toBe('Capital of Peru?');
    expect(answer.finishReason).toBe('stop');
    expect(answer.usage).toMatchObject({ inputTokens: 4, outputTokens: 4 });
    expect(provider.calls().at(-1)).toMatchObject({ model: `echo-${name}`, prompt: 'Capital of Peru?', nth: 1 });
  });

  test('an AI SDK model gets JSON of the shape that it asks for, and one of the choices', async () => {
    await provider.behave({ answer: { table: { Peru: 'good' }, otherwise: 'bad' } }, `judge-${name}`);
    const ask = async (prompt: string) =>
      (await generateText({ model: model(`judge-${name}`), prompt, output: verdict })).output.label;

    await expect(ask('Is Lima in Peru?')).resolves.toBe('good');
    await expect(ask('Is Lima in Chile?')).resolves.toBe('bad');
  });

  test('a failure is an error of the vendor with its status', async () => {
    await provider.behave({ failures: [{ kind: 'status', status: 503, share: 1 }] }, `down-${name}`);

    await expect(generateText({ model: model(`down-${name}`), prompt: 'Hello?', maxRetries: 0 })).rejects.toMatchObject(
      { statusCode: 503, message: 'Failed with 503' },
    );
  });
});

test.each([
  ['openai', () => createOpenAI({ baseURL: provider.baseUrls.openai, apiKey }).embedding('vectors')],
  ['google', () => createGoogleGenerativeAI({ baseURL: provider.baseUrls.google, apiKey }).embedding('vectors')],
] as const)('texts with words in common are near each other, embedded by %s', async (_, model) => {
  const { embeddings } = await embedMany({ model: model(), values: ['a red apple', 'a red cherry', 'stock market'] });
  const { embedding } = await embed({ model: model(), value: 'a red apple' });

  expect(embedding).toEqual(embeddings[0]);
  expect(cosine(embeddings[0]!, embeddings[1]!)).toBeGreaterThan(cosine(embeddings[0]!, embeddings[2]!));
});

test('a model without a schema of its own for JSON, such as an old Claude, answers by a tool', async () => {
  const model = createAnthropic({ baseURL: provider.baseUrls.anthropic, apiKey })('claude-3-haiku-20240307');
  const { output } = await generateText({ model, prompt: 'Judge', output: verdict });

  expect(output).toMatchObject({ explanation: 'Judge', score: 1 });
});

describe('limits', () => {
  test('a burst is let in and the rest refused, with the time to wait where that is told', async () => {
    await provider.behave({ limit: { perSecond: 0.01, burst: 3, retryAfter: true } }, 'limited');
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('limited', 'x')));
    const refusal = answers.find(({ status }) => status === 429)!;

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
    expect(Number(refusal.headers.get('retry-after'))).toBe(
      Math.ceil(Number(refusal.headers.get('retry-after-ms')) / 1000),
    );
    expect(outcomes('limited')).toEqual(['answered', 'answered', 'answered', 'refused', 'refused']);
  });

  test('each credential has its own', async () => {
    await provider.behave({ limit: { perSecond: 0.01, burst: 1 } }, 'per-key');
    const statuses = [];
    for (const key of ['a', 'a', 'b']) statuses.push((await post('per-key', 'x', key)).status);

    expect(statuses).toEqual([200, 429, 200]);
    expect(JSON.stringify(provider.calls())).not.toContain('Bearer');
  });
});

describe('failures', () => {
  const failures = [
    { kind: 'status', status: 500, share: 0.3 },
    { kind: 'cut', share: 0.2 },
    { kind: 'reset', share: 0.2 },
  ] as const;
  const prompts = Array.from({ length: 40 }, (_, index) => `prompt ${index}`);
  const outcomesOf = async (from: Provider, order: readonly string[]) => {
    await Promise.all(order.map((prompt) => post('shaky', prompt, 'k', from).catch(() => {})));
    await from.until((calls) => calls.filter(({ outcome }) => outcome !== null).length >= order.length);
    return Object.fromEntries(from.calls().map(({ prompt, outcome }) => [prompt, outcome]));
  };

  test('strike the same calls for the same seed, in whatever order they come, and others for another', async () => {
    const start = (seed: number) => startProvider({ seed, models: { shaky: { failures } } });
    await using one = await start(1);
    await using same = await start(1);
    await using other = await start(2);

    const [first, second, third] = await Promise.all([
      outcomesOf(one, prompts),
      outcomesOf(same, prompts.toReversed()),
      outcomesOf(other, prompts),
    ]);

    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(new Set(Object.values(first))).toEqual(new Set(['answered', 'failed', 'cut', 'reset']));
  });

  test('can spare a prompt that is asked again', async () => {
    await provider.behave({ failures: [{ kind: 'status', status: 500, share: 1, attempts: 2 }] }, 'flaky');
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await post('flaky', 'x')).status);

    expect(statuses).toEqual([500, 500, 200]);
  });

  test('a stall lasts for as long as the caller waits, and a caller that leaves before its answer hung up', async () => {
    await provider.behave({ failures: [{ kind: 'stall', share: 1 }] }, 'stalling');
    await provider.behave({ latencyMs: 60_000 }, 'slow');
    const leave = new AbortController();
    const posts = ['stalling', 'slow'].map((model) => post(model, 'x', 'k', provider, leave.signal));
    await provider.until((calls) => calls.filter(({ outcome }) => outcome === null).length === 2);
    leave.abort();

    await expect(Promise.allSettled(posts)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await provider.until((calls) => calls.every(({ outcome }) => outcome !== null));
    expect([...outcomes('stalling'), ...outcomes('slow')]).toEqual(['stalled', 'hung up']);
  });
});

test('a script replies in turn, and with its last reply from then on', async () => {
  await provider.behave({ replies: [{ status: 400, text: 'No' }, { text: { a: 1 } }] }, 'scripted');
  const bodies = [];
  for (let call = 0; call < 3; call += 1) bodies.push(await (await post('scripted', 'x')).text());

  expect(bodies[0]).toContain('"message":"No"');
  expect(bodies[1]).toContain(JSON.stringify('{"a":1}'));
  expect(bodies[2]).toBe(bodies[1]);
});

function outcomes(model: string): (string | null)[] {
  return provider
    .calls()
    .filter((call) => call.model === model)
    .map(({ outcome }) => outcome);
}

function post(model: string, prompt: string, key = 'k', to = provider, signal?: AbortSignal): Promise<Response> {
  return fetch(`${to.baseUrls.openai}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
    ...(signal ? { signal } : {}),
  }).then(async (response) => new Response(await response.arrayBuffer(), response));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
