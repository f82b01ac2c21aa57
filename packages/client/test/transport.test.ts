import { expect, test } from 'vitest';
import { z } from 'zod';
import { pathPart } from '../src/transport.ts';
import { json, text } from './fixtures/server.ts';
import { connect, failureOf, key, read, serve, shape, write } from './fixtures/transport.ts';

test('sends headers, query and body, and gives the part of the answer that is known', async () => {
  const server = await serve((_request, response) => json(response, 200, { a: 1, unknown: true }));
  const transport = connect(`${server.url}/base/`);
  const { data } = await transport.send(
    { ...write, query: { split: ['a b', 'c'], limit: 5, none: undefined, cursor: null } },
    shape,
  );
  expect(data).toEqual({ a: 1 });
  expect(server.seen[0]).toMatchObject({
    method: 'POST',
    url: '/base/v1/things?split=a+b&split=c&limit=5',
    body: '{"a":1}',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
});

test.each([429, 502, 503, 504])('tries a read again after %i', async (status) => {
  const server = await serve((_request, response, before) =>
    before < 2 ? text(response, status, 'busy') : json(response, 200, { a: 1 }),
  );
  expect((await connect(server.url).send(read, shape)).data).toEqual({ a: 1 });
  expect(server.seen.length).toBe(3);
});

test('gives up after the retries, with the last answer', async () => {
  const server = await serve((_request, response) => text(response, 503, 'Service Unavailable'));
  expect(await failureOf(connect(server.url).send(read, shape))).toMatchObject({
    code: 'unavailable',
    status: 503,
    attempts: 3,
  });
  expect(server.seen.length).toBe(3);
});

test.each([500, 502, 503, 504])('does not repeat a write that may have been carried out, after %i', async (status) => {
  const server = await serve((_request, response) => text(response, status, 'oh'));
  expect((await failureOf(connect(server.url).send(write, shape))).code).toBe('unavailable');
  expect(server.seen.length).toBe(1);
});

test('repeats a write that was refused with 429, or that is the same when it is done twice', async () => {
  const server = await serve((_request, response, before) =>
    before === 0
      ? text(response, 429, 'slow down', { 'retry-after': '0' })
      : before === 1
        ? text(response, 503, 'oh')
        : json(response, 200, { a: 1 }),
  );
  await connect(server.url).send({ ...write, idempotent: true }, shape);
  expect(server.seen.length).toBe(3);
});

test('waits for as long as the server asks, and fails when that is too long', async () => {
  const server = await serve((_request, response, before) =>
    before === 0
      ? text(response, 429, 'slow down', { 'retry-after': '0.05' })
      : text(response, 429, 'tomorrow', { 'retry-after': '86400' }),
  );
  const start = performance.now();
  const error = await failureOf(connect(server.url).send(read, shape));
  expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  expect(error).toMatchObject({ code: 'unavailable', status: 429, retryAfterMs: 86_400_000, attempts: 2 });
});

test.each([
  [401, 'unauthorized', 'Check the key: pass apiKey'],
  [403, 'unauthorized', 'may not do this'],
  [404, 'not-found', 'gone'],
  [405, 'unsupported', ''],
  [409, 'conflict', ''],
  [413, 'invalid-input', 'send less at a time'],
  [422, 'invalid-input', ''],
  [507, 'full', 'no room left'],
])('gives %i the code %s, with what to do', async (status, code, advice) => {
  // The server repeats what it was sent, as some do.
  const server = await serve((request, response) =>
    text(response, status, `gone: ${request.headers.authorization ?? ''}`),
  );
  const error = await failureOf(connect(server.url).send(read, shape));
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain('Could not get the thing');
  expect(error.message).toContain(advice);
});

test('quotes a validation error with the place', async () => {
  const server = await serve((_request, response) =>
    json(response, 422, { detail: [{ type: 'missing', loc: ['body', 'output'], msg: 'Field required' }] }),
  );
  expect((await failureOf(connect(server.url).send(write, shape))).message).toContain('body.output: Field required');
});

test('recognises a page of HTML from a proxy, whatever its status', async () => {
  const page = '<!DOCTYPE html><html><body>Please log in</body></html>';
  for (const [status, code] of [
    [200, 'unsupported'],
    [404, 'unsupported'],
    [403, 'unauthorized'],
    [500, 'unavailable'],
  ] as const) {
    const server = await serve((_request, response) => text(response, status, page, { 'content-type': 'text/html' }));
    const error = await failureOf(connect(server.url).send(read, shape));
    expect(error.code).toBe(code);
    expect(error.message).toContain('HTML');
    expect(error.message).not.toContain('log in');
  }
});

test('names where a redirect leads, and does not follow it with the key', async () => {
  const server = await serve((_request, response) =>
    text(response, 302, '', { location: 'https://login.example.com/?token=abcdef' }),
  );
  const error = await failureOf(connect(server.url).send(read, shape));
  expect(error).toMatchObject({ code: 'invalid-config', status: 302 });
  expect(error.message).toContain('https://login.example.com');
  expect(error.message).not.toContain('abcdef');
});

test('says which field is missing or of another type, and the version of the server', async () => {
  const server = await serve((_request, response) =>
    json(response, 200, { data: [{ b: 1 }] }, { 'x-phoenix-server-version': '4.0.0' }),
  );
  const transport = connect(server.url);
  const error = await failureOf(transport.send(read, z.object({ data: z.array(shape) })));
  expect(error.code).toBe('unsupported');
  expect(error.message).toContain('data[0].a');
  expect(error.message).toContain('4.0.0');
  expect(transport.serverVersion()).toBe('4.0.0');
});

test('reads the NaN that Python writes as null, and leaves texts alone', async () => {
  const server = await serve((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"a": NaN, "b": [-Infinity, 1], "c": "x: NaN, y"}');
  });
  expect((await connect(server.url).send(read, z.unknown())).data).toEqual({ a: null, b: [null, 1], c: 'x: NaN, y' });
});

test('sends no half of a surrogate pair', async () => {
  const server = await serve((_request, response) => json(response, 200, { a: 1 }));
  await connect(server.url).send(
    { ...write, body: { half: 'a\uD83E', whole: '🦊', other: '\\ud83e', twice: '\uDC00\uDC00' } },
    shape,
  );
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
    half: 'a\uFFFD',
    whole: '🦊',
    other: '\\ud83e',
    twice: '\uFFFD\uFFFD',
  });
});

test.each(['localhost:6006', 'ftp://host', 'nonsense', 'http://user:pass@host'])(
  'refuses the endpoint %s before anything is sent',
  (endpoint) => {
    expect(() => connect(endpoint)).toThrowError(expect.objectContaining({ code: 'invalid-config' }));
    expect(() => connect(endpoint)).not.toThrowError(/pass@/);
  },
);

test('keeps the parts of a path apart', () => {
  expect(['a/b', '..', '.', 'RGF0YQ==', 'ü?#'].map(pathPart)).toEqual([
    'a%2Fb',
    '%2E%2E',
    '%2E',
    'RGF0YQ%3D%3D',
    '%C3%BC%3F%23',
  ]);
});
