import { AssayError } from '@assay/core';
import { openStore } from '@assay/store';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Failure, failureOf } from '../src/failure.ts';
import { createServer } from '../src/index.ts';
import { startExperiment, startServer, upload } from './fixtures/server.ts';

test('says which Phoenix it behaves like, on every answer', async () => {
  const { get } = await startServer();
  expect(await get('/arize_phoenix_version')).toMatchObject({ status: 200, text: '20.26.1' });
  for (const path of ['/v1/datasets', '/v1/unknown', '/v1/datasets/nonsense'])
    expect((await get(path)).headers.get('x-phoenix-server-version')).toBe('20.26.1');
});

test('answers unknown paths with a real 404 and known ones of another method too', async () => {
  const { ask, get } = await startServer();
  for (const answer of [await get('/v1/unknown'), await get('/unknown'), await ask('PUT', '/v1/datasets')]) {
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('text/plain');
  }
});

test('is healthy and ready, and counts its requests', async () => {
  const { get } = await startServer();
  expect((await get('/healthz')).text).toBe('OK');
  expect((await get('/readyz')).text).toBe('OK');
  await get('/v1/datasets/nonsense');
  const { text } = await get('/metrics');
  expect(text).toContain('assay_http_requests_total{method="GET",route="/v1/datasets/:dataset_id",status="422"} 1');
});

test('is not ready, and answers 503, when its store is closed', async () => {
  const store = await openStore('memory:');
  const { get } = await startServer({ store });
  await store.close();
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/v1/datasets')).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
});

test('tells of a full disk by 507, and of no path on this machine', () => {
  const full = failureOf(new AssayError('full', 'Could not write to /home/me/runs.db: the disk is full'));
  expect(full).toMatchObject({ status: 507 });
  expect(full?.message).not.toContain('/home');
  expect(failureOf(new AssayError('unavailable', 'Could not open /home/me/runs.db'))?.message).not.toContain('/home');
  expect(failureOf(new TypeError('a fault of ours'))).toBeNull();
  expect(failureOf(new Failure(409, 'taken'))).toMatchObject({ status: 409 });
});

test('asks for the key everywhere but at health and version', async () => {
  const { get } = await startServer({ apiKey: 'a secret' });
  const refused = await get('/v1/datasets');
  expect(refused).toMatchObject({ status: 401 });
  expect(refused.headers.get('www-authenticate')).toContain('Bearer');
  for (const authorization of ['Bearer wrong', 'Bearer a secret2', 'Basic a secret', 'Bearer '])
    expect((await get('/v1/datasets', { authorization })).status).toBe(401);
  expect((await get('/openapi.json')).status).toBe(401);
  expect((await get('/metrics')).status).toBe(401);
  for (const path of ['/healthz', '/readyz', '/arize_phoenix_version']) expect((await get(path)).status).toBe(200);
  expect((await get('/v1/datasets', { authorization: 'Bearer a secret' })).status).toBe(200);
});

test('refuses names that are not its own and writing pages of other sites', async () => {
  const { ask, get } = await startServer({ hosts: ['assay.example'] });
  for (const host of ['evil.example', 'localhost.evil.example', 'evil.example:6006'])
    expect((await get('/v1/datasets', { host })).status, host).toBe(403);
  for (const host of [
    'localhost:6006',
    '127.0.0.1:6006',
    '[::1]:6006',
    'app.localhost',
    'assay.example',
    '192.168.1.7:6006',
  ])
    expect((await get('/v1/datasets', { host })).status, host).toBe(200);
  const body = { name: 'd', inputs: [] };
  for (const origin of ['http://evil.example', 'null', 'http://localhost:1234'])
    expect((await ask('POST', '/v1/datasets/upload', body, { origin })).status, origin).toBe(403);
  expect((await ask('POST', '/v1/datasets/upload', body, { origin: 'http://localhost' })).status).toBe(200);
});

test('packs large answers for those who take it', async () => {
  const { ask, server } = await startServer();
  const { dataset_id } = await upload(ask, {
    name: 'd',
    inputs: Array.from({ length: 100 }, (_, index) => ({ text: `row ${index}` })),
  });
  const request = new Request(`http://localhost/v1/datasets/${dataset_id}/examples`, {
    headers: { 'accept-encoding': 'gzip' },
  });
  const response = await server.fetch(request);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  const bytes = await new Response(response.body!.pipeThrough(new DecompressionStream('gzip'))).json();
  expect((bytes as { data: { examples: unknown[] } }).data.examples.length).toBe(100);
});

test('sends small answers as they are, with their length', async () => {
  const { get } = await startServer();
  const { headers, text } = await get('/v1/datasets', { 'accept-encoding': 'gzip' });
  expect(headers.get('content-encoding')).toBeNull();
  expect(headers.get('content-length')).toBe(String(text.length));
});

test('logs a line for each request, with its id and without what it carried', async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const { ask, get } = await startServer({ logger, apiKey: 'top-secret' });
  await get('/v1/datasets/nonsense?name=private', { authorization: 'Bearer top-secret', 'x-request-id': 'mine-1' });
  await ask(
    'POST',
    '/v1/datasets/upload',
    { name: 'd', inputs: [{ q: 'private' }] },
    { authorization: 'Bearer top-secret' },
  );
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { requestId: 'mine-1', method: 'GET', route: '/v1/datasets/:dataset_id', status: 422 },
    { method: 'POST', status: 200 },
  ]);
  expect(lines.join()).not.toMatch(/top-secret|private/);
});

test('makes an id for a request whose own could not be logged', async () => {
  const { get } = await startServer();
  expect((await get('/healthz', { 'x-request-id': 'a b"c' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect((await get('/healthz', { 'x-request-id': 'mine' })).headers.get('x-request-id')).toBe('mine');
});

test('describes itself in OpenAPI 3.1 without a reference to nothing, and for people without a script', async () => {
  const { get } = await startServer();
  const { json, text } = await get('/openapi.json');
  const document = json as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: Record<string, unknown> };
  };
  expect(document.openapi).toBe('3.1.0');
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
    expect(document.components.schemas).toHaveProperty(name!);
  const operations = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(operations).size).toBe(operations.length);
  const page = await get('/docs');
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.text).toContain('/v1/experiments/{experiment_id}/incomplete-runs');
  expect(page.text).not.toMatch(/<script|src=|https?:\/\//);
});

test('has every route of Phoenix that its clients use', async () => {
  const { get } = await startServer();
  const { paths } = (await get('/openapi.json')).json as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path.replace(/\{\w+\}/g, '*')}`),
  );
  expect(routes).toEqual(
    expect.arrayContaining([
      'get /arize_phoenix_version',
      'get /healthz',
      'get /readyz',
      'post /v1/projects/*/spans',
      'get /v1/projects/*/spans',
      'get /v1/projects/*/traces',
      'post /v1/span_annotations',
      'post /v1/trace_annotations',
      'get /v1/dataset_labels',
      'post /v1/dataset_labels',
      'get /v1/dataset_labels/*',
      'patch /v1/dataset_labels/*',
      'delete /v1/dataset_labels/*',
      'get /v1/datasets/*/labels',
      'put /v1/datasets/*/labels',
      'put /v1/datasets/*/labels/*',
      'delete /v1/datasets/*/labels/*',
      'get /v1/datasets',
      'get /v1/datasets/*',
      'delete /v1/datasets/*',
      'get /v1/datasets/*/versions',
      'post /v1/datasets/upload',
      'get /v1/datasets/*/examples',
      'get /v1/datasets/*/csv',
      'get /v1/datasets/*/jsonl',
      'get /v1/datasets/*/jsonl/openai_ft',
      'get /v1/datasets/*/jsonl/openai_evals',
      'get /v1/datasets/*/splits',
      'post /v1/datasets/*/splits',
      'patch /v1/datasets/*/splits/*',
      'delete /v1/datasets/*/splits/*',
      'post /v1/datasets/*/experiments',
      'get /v1/datasets/*/experiments',
      'get /v1/experiments/*',
      'patch /v1/experiments/*',
      'delete /v1/experiments/*',
      'get /v1/experiments/*/incomplete-runs',
      'get /v1/experiments/*/runs',
      'post /v1/experiments/*/runs',
      'get /v1/experiments/*/incomplete-evaluations',
      'post /v1/experiment_evaluations',
      'get /v1/experiments/*/json',
      'get /v1/experiments/*/csv',
      'get /v1/experiments/*/tags',
      'post /v1/experiments/*/tags',
      'delete /v1/experiments/*/tags/*',
      'post /v1/traces',
    ]),
  );
});

test('keeps the required keys of JSON values required in its description', async () => {
  const { ask, get } = await startServer();
  const { components } = (await get('/openapi.json')).json as {
    components: { schemas: Record<string, { required: string[] }> };
  };
  expect(components.schemas['ExperimentRunDraft']!.required).toContain('output');
  await startExperiment(ask);
});

test('refuses to be made without a store by a typed error', () => {
  for (const options of [undefined, null, {}, { store: 'file:assay.db' }]) {
    const made = () => createServer(options as never);
    expect(made).toThrow(expect.objectContaining({ code: 'invalid-config' }));
    expect(made).toThrow('store');
  }
});
