import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serve } from '../src/index.ts';

const logger = pino({ level: 'silent' });

test('listens on loopback, and ends with everything saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = await serve({ store: `file:${folder}/runs.db`, port: 0, logger });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const body = JSON.stringify({ name: 'd', inputs: [{ q: 1 }] });
  const sent = fetch(`${server.url}/v1/datasets/upload?sync=true`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect((await sent).status).toBe(200);
  await server.close();
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  const again = await serve({ store: `file:${folder}/runs.db`, port: 0, logger });
  expect(await (await fetch(`${again.url}/v1/datasets`)).json()).toMatchObject({ data: [{ name: 'd' }] });
  await again.close();
});

test('refuses to listen for other machines without a key, before it opens the store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = `file:${folder}/runs.db`;
  for (const host of ['0.0.0.0', '::', '127.example'])
    await expect(serve({ store, host, port: 0, logger })).rejects.toMatchObject({ code: 'invalid-config' });
  expect(existsSync(join(folder, 'runs.db'))).toBe(false);
  for (const allowed of [{ apiKey: 'a key' }, { insecure: true }]) {
    const server = await serve({ store: 'memory:', host: '0.0.0.0', port: 0, logger, ...allowed });
    await server.close();
  }
});

test('says that a port is taken, and that a number is no port', async () => {
  const first = await serve({ store: 'memory:', port: 0, logger });
  onTestFinished(() => first.close());
  const port = Number(new URL(first.url).port);
  await expect(serve({ store: 'memory:', port, logger })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('taken'),
  });
  await expect(serve({ store: 'memory:', port: 70_000, logger })).rejects.toMatchObject({ code: 'invalid-config' });
});

test('takes its settings from the environment, where no option says otherwise', async () => {
  vi.stubEnv('ASSAY_API_KEY', 'from the environment');
  vi.stubEnv('ASSAY_PORT', '0');
  vi.stubEnv('ASSAY_HOST', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await serve({ store: 'memory:', logger });
  onTestFinished(() => server.close());
  expect((await fetch(`${server.url}/v1/datasets`)).status).toBe(401);
  const headers = { authorization: 'Bearer from the environment' };
  expect((await fetch(`${server.url}/v1/datasets`, { headers })).status).toBe(200);
});

test('takes a request that is cut off for no error of its own', async () => {
  const lines: { level: number; status?: number }[] = [];
  const told = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const server = await serve({ store: 'memory:', port: 0, logger: told });
  onTestFinished(() => server.close());
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const head = ['POST /v1/datasets/upload HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  socket.write([...head, 'Content-Length: 1000', '', '{"name":'].join('\r\n'), () => socket.destroy());
  await vi.waitFor(() => expect(lines).toMatchObject([{ level: 30, status: 400 }]));
});
