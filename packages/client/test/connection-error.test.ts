import { readFileSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { json, text } from './fixtures/server.ts';
import { closers, connect, failureOf, read, serve, shape, write } from './fixtures/transport.ts';

test('tries again when an answer is cut in the middle of its body', async () => {
  const server = await serve((_request, response, before) => {
    if (before > 0) return json(response, 200, { a: 1 });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"a": ');
    setTimeout(() => response.destroy(), 10);
  });
  expect((await connect(server.url).send(read, shape)).data).toEqual({ a: 1 });
  expect(server.seen.length).toBe(2);
});

test('does not repeat a write whose answer was cut', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    setTimeout(() => response.destroy(), 10);
  });
  expect(await failureOf(connect(server.url).send(write, shape))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('broke off'),
  });
  expect(server.seen.length).toBe(1);
});

test('does not wait for ever for a server that says nothing, or stops in the middle', async () => {
  const silent = await serve(() => undefined);
  const stalling = await serve(
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":'),
  );
  const patience = { timeoutMs: 300, retry: { retries: 0 } };
  const [first, second] = await Promise.all([
    failureOf(connect(silent.url, patience).send(read, shape)),
    failureOf(connect(stalling.url, patience).send(read, shape)),
  ]);
  expect(first).toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not answer within 0.3 s') });
  expect(second).toMatchObject({ code: 'unavailable', message: expect.stringContaining('stopped in the middle') });
});

test('takes a deletion whose answer was lost for done', async () => {
  const server = await serve((_request, response, before) =>
    before === 0 ? void response.destroy() : text(response, 404, 'gone'),
  );
  const remove = { what: 'delete the thing', method: 'DELETE', path: '/v1/thing' } as const;
  await connect(server.url).done(remove);
  expect(await failureOf(connect(server.url).done(remove))).toMatchObject({ code: 'not-found' });
});

test('repeats even a write when nothing listened, and says so at last', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const late = setTimeout(() => closed.listen(port, '127.0.0.1'), 30);
  closed.on('connection', (socket) =>
    socket.once('data', () =>
      socket.end(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\nconnection: close\r\n\r\n{"a":1}',
      ),
    ),
  );
  closers.push(
    () => new Promise((resolve) => closed.close(resolve)),
    () => clearTimeout(late),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  expect(await failureOf(connect(endpoint, { retry: { retries: 0 } }).send(write, shape))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('Is the server running?'),
  });
  expect((await connect(endpoint, { retry: { retries: 8, minDelayMs: 40 } }).send(write, shape)).data).toEqual({
    a: 1,
  });
});

test('says what is wrong with a certificate, with a scheme, and with what answers', async () => {
  const tls = createTlsServer(
    {
      key: readFileSync(join(import.meta.dirname, 'fixtures/self-signed.key')),
      cert: readFileSync(join(import.meta.dirname, 'fixtures/self-signed.crt')),
    },
    (_request, response) => response.end('{}'),
  );
  const raw = createServer((socket) => socket.once('data', () => socket.end('+PONG\r\n\r\n')));
  const ports: number[] = [];
  for (const server of [tls, raw]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
    closers.push(() => new Promise((resolve) => server.close(resolve)));
  }
  const plain = await serve((_request, response) => json(response, 200, {}));
  const messageAt = async (endpoint: string): Promise<string> =>
    (await failureOf(connect(endpoint).send(read, shape))).message;
  expect(await messageAt(`https://127.0.0.1:${ports[0]}`)).toContain('NODE_EXTRA_CA_CERTS');
  expect(await messageAt(plain.url.replace('http:', 'https:'))).toContain('does not speak TLS');
  expect(await messageAt(`http://127.0.0.1:${ports[1]}`)).toContain('does not speak HTTP');
});

test('says that a host cannot be found', async () => {
  const error = await failureOf(connect('http://no-such-host.invalid', { retry: { retries: 0 } }).send(read, shape));
  expect(['invalid-config', 'unavailable']).toContain(error.code);
  expect(error.message).toMatch(/cannot be found|could not be looked up/);
});

test('streams a body as it arrives, and says when it breaks off', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200).write('one\n');
    setTimeout(() => response.destroy(), 20);
  });
  const chunks: string[] = [];
  const reading = (async () => {
    for await (const chunk of connect(server.url).stream(read)) chunks.push(Buffer.from(chunk).toString());
  })();
  expect(await failureOf(reading)).toMatchObject({ code: 'unavailable' });
  expect(chunks).toEqual(['one\n']);
});

test('goes through the proxy of the environment, but not to this machine', async () => {
  const server = await serve((_request, response) => json(response, 200, { a: 1 }));
  const asked: string[] = [];
  const proxy = createProxy().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connectSocket(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    closers.push(() => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => proxy.close(resolve)));
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  closers.push(() => vi.unstubAllEnvs());

  expect((await connect('http://phoenix.invalid').send(read, shape)).data).toEqual({ a: 1 });
  expect((await connect(server.url).send(read, shape)).data).toEqual({ a: 1 });
  expect(asked).toEqual(['phoenix.invalid:80']);
});
