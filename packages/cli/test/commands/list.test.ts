import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

test('lists nothing where there is no store, exits with 0, and makes none', async () => {
  const { folder, assay } = createWorkspace();
  expect(await assay('list')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('there is no store here'),
  });
  expect(await assay('list', '--json')).toEqual({ code: 0, stdout: '{\n  "experiments": []\n}\n', stderr: '' });
  expect(existsSync(join(folder, '.assay'))).toBe(false);
});

test('exits with 1 for a store that was named and is not there, and makes none', async () => {
  const { folder, assay, start } = createWorkspace();
  expect(await assay('list', '--store', 'file:./none.db')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('none.db'),
  });
  expect(await start(['list'], { ASSAY_STORE: 'file:./none.db' }).ended).toMatchObject({ code: 1 });
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
});

test('lists the newest first, with --dataset only those on it', async () => {
  const { assay, write } = createWorkspace();
  write('one.ts', doubling());
  write('two.ts', doubling({ count: 2 }).replace("name: 'numbers'", "name: 'few numbers'"));
  await assay('run', 'one.ts', '--name', 'first');
  await assay('run', 'two.ts', '--name', 'second', '--repetitions', '3');
  const { stdout } = await assay('list');
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^id +name +dataset +created +examples +repetitions$/),
    expect.stringMatching(/^\S+ +second +few numbers +\d{4}-\d\d-\d\d \d\d:\d\d +2 +3$/),
    expect.stringMatching(/^\S+ +first +numbers +\d{4}-\d\d-\d\d \d\d:\d\d +6 +1$/),
  ]);
  expect(JSON.parse((await assay('list', '--dataset', 'numbers', '--json')).stdout)).toMatchObject({
    experiments: [{ name: 'first', dataset: 'numbers' }],
  });
  expect(await assay('list', '--dataset', 'no numbers')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no numbers'),
  });
});
