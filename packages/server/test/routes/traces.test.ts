import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { traceRequest } from '../fixtures/otlp.ts';
import { runOf, startExperiment, startServer } from '../fixtures/server.ts';

const protobuf = { 'content-type': 'application/x-protobuf' };
const traceId = 'a'.repeat(32);

const request = traceRequest([
  {
    spanId: '1'.repeat(16),
    startedAt: 1_000_000,
    endedAt: 1_900_000,
    attributes: { 'openinference.span.kind': 'CHAIN' },
    status: 1,
  },
  {
    spanId: '2'.repeat(16),
    startedAt: 1_100_000,
    endedAt: 1_600_000,
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'small',
      'llm.token_count.prompt': 70,
      'llm.token_count.completion': 3,
    },
  },
]);

test('takes spans, plain and packed, and adds up what they say of a trace', async () => {
  const { ask, store } = await startServer();
  for (const [body, encoding] of [
    [request, 'identity'],
    [gzipSync(request), 'gzip'],
    [deflateSync(request), 'deflate'],
  ] as const) {
    const answer = await ask('POST', '/v1/traces', new Uint8Array(body), { ...protobuf, 'content-encoding': encoding });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
  }
  expect(await store.nodes.listTraces([traceId])).toEqual([
    {
      traceId,
      startedAt: new Date(1000),
      latencyMs: 900,
      promptTokens: 70,
      completionTokens: 3,
      modelNames: ['small'],
    },
  ]);
});

test('shows the tokens of a trace on its run, also when it comes later', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!, { trace_id: traceId }));
  expect((await get(`/v1/experiments/${id}/json`)).json).toMatchObject([
    { trace_id: traceId, prompt_token_count: null },
  ]);
  await ask('POST', '/v1/traces', request, protobuf);
  expect((await get(`/v1/experiments/${id}/json`)).json).toMatchObject([
    { prompt_token_count: 70, completion_token_count: 3 },
  ]);
});

test('refuses what is no trace request, and takes nothing of it', async () => {
  const { ask, store } = await startServer();
  expect((await ask('POST', '/v1/traces', request, { 'content-type': 'application/json' })).status).toBe(415);
  expect((await ask('POST', '/v1/traces', request)).status).toBe(415);
  expect((await ask('POST', '/v1/traces', request, { ...protobuf, 'content-encoding': 'br' })).status).toBe(415);
  expect((await ask('POST', '/v1/traces', request, { ...protobuf, 'content-encoding': 'gzip' })).status).toBe(422);
  expect((await ask('POST', '/v1/traces', 'no protobuf at all', protobuf)).status).toBe(422);
  expect((await ask('POST', '/v1/traces', request.subarray(0, request.length - 5), protobuf)).status).toBe(422);
  expect(
    (await ask('POST', '/v1/traces', traceRequest([{ spanId: '12', startedAt: 1, endedAt: 2 }]), protobuf)).status,
  ).toBe(422);
  expect(await store.nodes.listTraces([traceId])).toEqual([]);
});

test('refuses what is no request, or the beginning of one', async () => {
  const { ask } = await startServer();
  for (const body of [Uint8Array.of(1, 2, 3, 255), request.slice(0, -3), Uint8Array.of(10, 200)])
    expect((await ask('POST', '/v1/traces', body, protobuf)).status).toBe(422);
  const distant = traceRequest([{ spanId: '1'.repeat(16), startedAt: 2 ** 53, endedAt: 2 ** 53 }]);
  expect((await ask('POST', '/v1/traces', new Uint8Array(distant), protobuf)).status).toBe(422);
});
