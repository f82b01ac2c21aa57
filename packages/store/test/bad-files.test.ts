import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { migrations } from '../src/migrations/index.ts';
import { createExperiment, successOf, temporaryFolder } from './fixtures/experiment.ts';

/** Opens a file that cannot be used. @returns The error, after a check that the file is as it was. */
async function errorOf(path: string, lockTimeoutMs?: number): Promise<unknown> {
  const before = readFileSync(path);
  const error: unknown = await openStore(`file:${path}`, { lockTimeoutMs }).then(
    (store) => store.close(),
    (thrown: unknown) => thrown,
  );
  expect(readFileSync(path).equals(before)).toBe(true);
  return error;
}

test('refuses a folder', async () => {
  await expect(openStore(`file:${temporaryFolder()}`)).rejects.toMatchObject({
    code: 'invalid-config',
    message: expect.stringMatching(/a folder/),
  });
});

test('refuses a file that is no database, and leaves it as it is', async () => {
  const path = join(temporaryFolder(), 'notes.db');
  writeFileSync(path, 'Dear diary, today I did not write a database. '.repeat(50));
  expect(await errorOf(path)).toMatchObject({
    code: 'invalid-config',
    message: expect.stringMatching(/to be an Assay database/),
  });
});

test('refuses the database of another program, and leaves it as it is', async () => {
  const path = join(temporaryFolder(), 'other.db');
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE bookmarks (url TEXT)');
  other.close();
  expect(await errorOf(path)).toMatchObject({
    code: 'invalid-config',
    message: expect.stringMatching(/one of another program/),
  });
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('refuses a file of a newer version, says what it needs, and leaves it as it is', async () => {
  const path = join(temporaryFolder(), 'new.db');
  await (await openStore(`file:${path}`)).close();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  database.close();
  expect(await errorOf(path)).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(
      `written by a newer version of Assay: needs one that knows schema ${migrations.length + 1}`,
    ),
  });
});

test('says that a file is damaged', async () => {
  const path = join(temporaryFolder(), 'damaged.db');
  const store = await openStore(`file:${path}`);
  await createExperiment(store, { examples: 500 });
  await store.close();
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096, bytes.length);
  writeFileSync(path, bytes);
  expect(await errorOf(path)).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/damaged/) });
});

test('opens an empty file as a new store', async () => {
  const path = join(temporaryFolder(), 'empty.db');
  appendFileSync(path, '');
  const store = await openStore(`file:${path}`);
  expect(await store.saveDataset({ name: 'a', examples: [] })).toMatchObject({ exampleCount: 0 });
  await store.close();
});

test('makes the folders of the file', async () => {
  const path = join(temporaryFolder(), 'a', 'b', 'runs.db');
  await (await openStore(`file:${path}`)).close();
  expect(existsSync(path)).toBe(true);
});

test('says why a folder cannot be made', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(openStore(`file:${join(folder, 'file', 'runs.db')}`)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/Could not make the folder/),
  });
});

test('waits for a lock, then rejects as unavailable, and saves again once the lock is gone', async () => {
  const path = join(temporaryFolder(), 'locked.db');
  const store = await openStore(`file:${path}`, { lockTimeoutMs: 100 });
  const { id } = await createExperiment(store);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');

  await expect(store.saveTaskRun(successOf(id, '1'))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/locked for 0\.1 s/),
  });
  expect(await store.getExperiment(id)).toMatchObject({ id });
  other.exec('ROLLBACK');
  expect(await store.saveTaskRun(successOf(id, '1'))).toMatchObject({ exampleId: '1' });
  other.close();
  await store.close();
});

test('saves in the end when the lock is given back in time', async () => {
  const path = join(temporaryFolder(), 'locked.db');
  const store = await openStore(`file:${path}`);
  const { id } = await createExperiment(store);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const saving = store.saveTaskRun(successOf(id, '1'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  other.exec('COMMIT');
  expect(await saving).toMatchObject({ exampleId: '1' });
  other.close();
  await store.close();
});
