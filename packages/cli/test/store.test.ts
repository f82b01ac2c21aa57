import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { safeUrl } from '../src/store.ts';
import { callsIn } from './fixtures/calls.ts';
import { createWorkspace, doubling } from './fixtures/workspace.ts';

const commands = [
  ['list'],
  ['show', 'x'],
  ['runs', 'x'],
  ['export', 'x', '-o', 'x.csv'],
  ['delete', 'x', '--force'],
  ['run', 'doubling.ts'],
  ['resume', 'x', 'doubling.ts'],
];

test('exits with 1 for a file that is no database and one of another program, before any call, and leaves it as it is', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  write('text.db', 'This is no database.\n'.repeat(100));
  new DatabaseSync(join(folder, 'foreign.db')).exec('CREATE TABLE theirs (id INTEGER); INSERT INTO theirs VALUES (1)');
  for (const name of ['text.db', 'foreign.db']) {
    const before = readFileSync(join(folder, name));
    for (const args of commands) {
      const { code, stdout, stderr } = await assay(...args, '--store', `file:./${name}`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error: .*\S/);
      expect(stderr).not.toContain('    at ');
    }
    expect(readFileSync(join(folder, name)).equals(before)).toBe(true);
  }
  expect(callsIn(folder)).toEqual([]);
}, 30_000);

test('exits with 1 for a database whose pages are damaged', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 500 }));
  await assay('run', 'doubling.ts', '--store', 'file:./runs.db');
  const path = join(folder, 'runs.db');
  const bytes = readFileSync(path);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0x5a)]));
  expect(await assay('list', '--store', 'file:./runs.db')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*\S/),
  });
});

test.each(commands.slice(0, 4))('leaves the records as they were: %s', async (...args) => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts', '--store', 'file:./runs.db', '--name', 'x');
  const before = recordsHash(join(folder, 'runs.db'));
  expect(await assay(...args, '--store', 'file:./runs.db')).toMatchObject({ code: 0 });
  expect(recordsHash(join(folder, 'runs.db'))).toBe(before);
});

test('reads while another process is writing', async () => {
  const { folder, start, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 40, milliseconds: 50 }));
  const running = start(['run', 'doubling.ts', '--store', 'file:./runs.db', '--concurrency', '2']);
  while (callsIn(folder).length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await assay('show', 'doubling', '--store', 'file:./runs.db')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('40 task runs'),
  });
  expect(await running.ended).toMatchObject({ code: 0 });
});

test.each([
  ['http://127.0.0.1:9', '127.0.0.1:9'],
  ['http://me:secret@127.0.0.1:9/?token=secret', 'user name or password'],
  ['mysql://me:secret@host/runs', 'mysql'],
  ['postgres://me:secret@host/runs', 'host'],
  ['runs.db', 'file:'],
  ['file:', 'path'],
])('exits with 1 for the store %s, and shows no password', async (url, message) => {
  const { assay } = createWorkspace();
  const { code, stdout, stderr } = await assay('list', '--store', url);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('secret');
});

test('keeps passwords out of URLs that are shown', () => {
  expect(safeUrl('postgres://me:a:b@host:5432/runs')).toBe('postgres://me:***@host:5432/runs');
  expect(safeUrl('https://host/path?x=1&api_key=abc&y=2')).toBe('https://host/path?x=1&api_key=***&y=2');
  expect(safeUrl('file:./a@b:c.db')).toBe('file:./a@b:c.db');
});

test('exits with 1 for a store that is a folder', async () => {
  const { assay, write } = createWorkspace();
  write('folder/file.txt', '');
  expect(await assay('list', '--store', 'file:./folder')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('folder'),
  });
});

test('waits for another process that has the file locked', async () => {
  const { folder, assay, start, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts', '--store', 'file:./runs.db');
  const other = new DatabaseSync(join(folder, 'runs.db'));
  other.exec('BEGIN IMMEDIATE');
  const deleting = start(['delete', 'doubling', '--force', '--store', 'file:./runs.db']);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(deleting.child.exitCode).toBeNull();
  other.exec('COMMIT');
  other.close();
  expect(await deleting.ended).toMatchObject({ code: 0 });
});

/** Of every row of every table, whatever the pages look like. */
function recordsHash(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const hash = createHash('sha256');
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()) {
    for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).iterate()) hash.update(JSON.stringify(row));
  }
  database.close();
  return hash.digest('hex');
}
