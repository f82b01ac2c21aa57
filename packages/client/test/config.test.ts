import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError } from '@assay/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveConfig } from '../src/config.ts';
import { createPhoenixClient } from '../src/index.ts';

let empty: string;
const folders: string[] = [];

async function folder(file?: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'assay-config-'));
  folders.push(path);
  if (file !== undefined) await writeFile(join(path, '.env.phoenix'), file, { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  empty = await folder();
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

test.each([
  [{}, 'http://localhost:6006'],
  [
    { PHOENIX_ENDPOINT: 'https://p.example.com/base', PHOENIX_COLLECTOR_ENDPOINT: 'http://c' },
    'https://p.example.com/base',
  ],
  [{ PHOENIX_COLLECTOR_ENDPOINT: 'http://c:4318/v1/traces', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://o' }, 'http://c:4318'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://o:4318/v1/traces/', PHOENIX_BASE_URL: 'http://b' }, 'http://o:4318'],
  [{ PHOENIX_BASE_URL: 'http://b', PHOENIX_HOST: 'h' }, 'http://b'],
  [{ PHOENIX_HOST: 'h' }, 'http://h:6006'],
  [{ PHOENIX_HOST: '0.0.0.0', PHOENIX_PORT: '7007' }, 'http://127.0.0.1:7007'],
  [{ PHOENIX_HOST: 'h:8008', PHOENIX_PORT: '7007' }, 'http://h:8008'],
  [{ PHOENIX_HOST: 'https://h.example.com' }, 'https://h.example.com'],
  [{ PHOENIX_PORT: '7007' }, 'http://localhost:7007'],
  [{ PHOENIX_ENDPOINT: '  ', PHOENIX_HOST: 'h' }, 'http://h:6006'],
  [{ PHOENIX_ENDPOINT: 'not a url', PHOENIX_HOST: 'h' }, 'http://h:6006'],
])('finds the server of %j', (environment, endpoint) => {
  expect(resolveConfig({}, environment, empty).endpoint).toBe(endpoint);
  expect(resolveConfig({ endpoint: 'http://option' }, environment, empty).endpoint).toBe('http://option');
});

test('makes the key a bearer token, and lets headers win over it', () => {
  expect(resolveConfig({}, { PHOENIX_API_KEY: ' k ' }, empty).headers).toEqual({ authorization: 'Bearer k' });
  expect(resolveConfig({ apiKey: 'own' }, { PHOENIX_API_KEY: 'k' }, empty).headers).toEqual({
    authorization: 'Bearer own',
  });
  expect(resolveConfig({ apiKey: 'own', headers: { Authorization: 'Basic x' } }, {}, empty).headers).toEqual({
    authorization: 'Basic x',
  });
  expect(
    resolveConfig({ apiKey: 'own' }, { PHOENIX_CLIENT_HEADERS: '{"authorization":"Bearer env"}' }, empty).headers,
  ).toEqual({ authorization: 'Bearer own' });
  expect(
    resolveConfig(
      {},
      { PHOENIX_API_KEY: 'k', PHOENIX_CLIENT_HEADERS: '{"Authorization":"Bearer other","X-Team":"a"}' },
      empty,
    ).headers,
  ).toEqual({ authorization: 'Bearer other', 'x-team': 'a' });
});

test('reads headers as both official clients write them', () => {
  expect(resolveConfig({}, { PHOENIX_CLIENT_HEADERS: '{"X-A": "1"}' }, empty).headers).toEqual({ 'x-a': '1' });
  expect(resolveConfig({}, { PHOENIX_CLIENT_HEADERS: 'x-a=1%202, x-b = c' }, empty).headers).toEqual({
    'x-a': '1 2',
    'x-b': 'c',
  });
});

test.each(['[1]', '{"a":1}', 'secret-without-name', '{"a": "secr'])(
  'passes the headers %s over, without repeating them',
  (text) => {
    const { headers, warnings } = resolveConfig({}, { PHOENIX_CLIENT_HEADERS: text }, empty);
    expect([headers, warnings.length]).toEqual([{}, 1]);
    expect(warnings[0]).toContain('PHOENIX_CLIENT_HEADERS');
    expect(warnings[0]).not.toContain('secr');
  },
);

test('says which variable it passes over because it is no URL', () => {
  const environment = { PHOENIX_ENDPOINT: 'not a url', PHOENIX_HOST: 'h' };
  expect(resolveConfig({}, environment, empty).warnings).toEqual([expect.stringContaining('PHOENIX_ENDPOINT')]);
});

test('refuses a key with a line break without repeating it', () => {
  const error = thrownBy(() => resolveConfig({ apiKey: 'sk-secret\nmore' }, {}, empty));
  expect(AssayError.is(error) && error.code).toBe('invalid-config');
  expect((error as Error).message).not.toContain('sk-secret');
});

test('reads the nearest .env.phoenix above the working directory', async () => {
  const top = await folder(
    `# comment\nexport PHOENIX_ENDPOINT="http://file"\nPHOENIX_API_KEY='from file'\nOTHER=1\nPHOENIX_EMPTY=\n`,
  );
  const below = join(top, 'a', 'b');
  await mkdir(below, { recursive: true });
  expect(resolveConfig({}, {}, below)).toEqual({
    endpoint: 'http://file',
    headers: { authorization: 'Bearer from file' },
    warnings: [],
  });
  expect(resolveConfig({}, { PHOENIX_DISCOVER_CONFIG: 'off' }, below).endpoint).toBe('http://localhost:6006');
});

test('takes the variables of one group from one source', async () => {
  const path = await folder(
    'PHOENIX_HOST=file-host\nPHOENIX_API_KEY=file-key\nPHOENIX_CLIENT_HEADERS={"x-file":"1"}\n',
  );
  // The port of the process must not be joined to the host of the file.
  expect(resolveConfig({}, { PHOENIX_PORT: '7007' }, path).endpoint).toBe('http://localhost:7007');
  expect(resolveConfig({}, { PHOENIX_CLIENT_HEADERS: '{"x-own":"1"}' }, path).headers).toEqual({ 'x-own': '1' });
  // A variable that the official clients did not read for years does not hide the file.
  expect(resolveConfig({}, { PHOENIX_BASE_URL: 'http://stale' }, path).endpoint).toBe('http://file-host:6006');
});

test('lets a file that names the endpoint win over one that is only implied', async () => {
  const path = await folder('PHOENIX_ENDPOINT=http://file\n');
  expect(resolveConfig({}, { PHOENIX_COLLECTOR_ENDPOINT: 'http://collector' }, path).endpoint).toBe('http://file');
  expect(resolveConfig({}, { PHOENIX_ENDPOINT: 'http://own' }, path).endpoint).toBe('http://own');
});

test('warns when a key is sent where a file says, and of a file that others may read', async () => {
  const path = await folder('PHOENIX_ENDPOINT=http://file\n');
  expect(resolveConfig({ apiKey: 'k' }, {}, path).warnings).toEqual([expect.stringContaining('.env.phoenix')]);
  expect(resolveConfig({}, {}, path).warnings).toEqual([]);
  const open = await folder();
  await writeFile(join(open, '.env.phoenix'), 'PHOENIX_API_KEY=k\n', { mode: 0o644 });
  expect(resolveConfig({}, {}, open).warnings).toEqual([expect.stringContaining('chmod 600')]);
});

test('ignores a .env.phoenix that is a folder or too large, and says so', async () => {
  const path = await folder();
  await mkdir(join(path, '.env.phoenix'));
  expect(resolveConfig({}, {}, path).warnings).toEqual([expect.stringContaining('regular file')]);
  const large = await folder(`PHOENIX_API_KEY=${'k'.repeat(70_000)}\n`);
  expect(resolveConfig({}, {}, large)).toMatchObject({ headers: {}, warnings: [expect.stringContaining('65536')] });
});

test('shows no key when a client is printed', () => {
  const client = createPhoenixClient({ endpoint: 'http://localhost:1', apiKey: 'sk-secret-key' });
  expect(JSON.stringify(client)).not.toContain('sk-secret-key');
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
