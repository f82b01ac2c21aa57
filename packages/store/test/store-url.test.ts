import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readStoreUrl } from '../src/store-url.ts';

test('reads a path relative to the working directory, and an absolute one', () => {
  expect(readStoreUrl('file:./runs.db')).toEqual({ type: 'file', path: resolve('runs.db') });
  expect(readStoreUrl('file:runs.db')).toEqual({ type: 'file', path: resolve('runs.db') });
  expect(readStoreUrl('file:/tmp/runs.db')).toEqual({ type: 'file', path: '/tmp/runs.db' });
  expect(readStoreUrl('file:///tmp/my%20runs.db')).toEqual({ type: 'file', path: '/tmp/my runs.db' });
  expect(readStoreUrl('file:./my runs.db')).toEqual({ type: 'file', path: resolve('my runs.db') });
});

test('reads memory: as a store of this process', () => {
  expect(readStoreUrl('memory:')).toEqual({ type: 'memory' });
});

test('reads the schema of a PostgreSQL database, and names the database without the password', () => {
  expect(readStoreUrl('postgres://ada:secret@db:5433/runs?schema=team_a&sslmode=require')).toEqual({
    type: 'postgres',
    url: 'postgres://ada:secret@db:5433/runs?sslmode=require',
    options: '',
    schema: 'team_a',
    place: 'runs on db:5433',
  });
  expect(readStoreUrl('postgresql:///runs?host=/run/postgresql')).toMatchObject({
    schema: 'assay',
    place: 'runs on /run/postgresql',
  });
});

test('refuses a schema that PostgreSQL would have to quote, and a URL that cannot be read, without the password', () => {
  for (const url of ['postgres://ada:secret@db/runs?schema=Team A', 'postgres://ada:sec#ret@db:x/runs']) {
    expect(() => readStoreUrl(url)).toThrowError(expect.objectContaining({ code: 'invalid-config' }));
    expect(() => readStoreUrl(url)).not.toThrowError(/sec/);
  }
});

test('says how to open a server', () => {
  expect(() => readStoreUrl('http://localhost:6006')).toThrowError(
    expect.objectContaining({
      code: 'invalid-config',
      message: expect.stringMatching(/createPhoenixClient\(\)\.store/),
    }),
  );
});

test('names the schemes it knows, and never the URL, which may hold a password', () => {
  for (const url of ['mysql://ada:secret@db', 'runs.db', '', 'ada:secret@db']) {
    expect(() => readStoreUrl(url)).toThrowError(
      expect.objectContaining({
        code: 'invalid-config',
        message: expect.stringMatching(/file:, memory: or postgres:/),
      }),
    );
    expect(() => readStoreUrl(url)).not.toThrowError(/secret/);
  }
});

test('refuses a file without a path', () => {
  expect(() => readStoreUrl('file:')).toThrowError(/followed by a path/);
});
