import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '@assay/frames/files';
import { beforeAll, expect, test } from 'vitest';
import { callsIn } from '../fixtures/calls.ts';
import { createWorkspace, doubling, type Workspace } from '../fixtures/workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = createWorkspace();
  workspace.write(
    'doubling.ts',
    doubling({ failing: 'input === 2' })
      .replace('input: n,', 'input: { n, odd: n % 2 === 1 },')
      .replaceAll('({ input })', '({ input: { n: input } })'),
  );
  expect(await workspace.assay('run', 'doubling.ts', '--repetitions', '2')).toMatchObject({ code: 0 });
});

test.each(['parquet', 'arrow', 'csv', 'jsonl'])(
  'writes a row per run to a .%s file, with --long a row per evaluation, with --flatten columns for keys',
  async (extension) => {
    const { folder, assay } = workspace;
    const path = join(folder, `out.${extension}`);

    expect(await assay('export', 'doubling', '-o', `out.${extension}`)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `Wrote out.${extension}\n`,
    });
    const runs = await readTable(path);
    expect(runs.numRows()).toBe(12);
    expect(runs.columnNames()).toEqual(
      expect.arrayContaining([
        'run_id',
        'example_id',
        'repetition',
        'input',
        'output',
        'status',
        'error',
        'latency_ms',
        'eval.exact.score',
      ]),
    );
    expect((runs.array('error') as unknown[]).filter((error) => error === 'overloaded')).toHaveLength(2);

    expect(await assay('export', 'doubling', '-o', `out.${extension}`, '--long')).toMatchObject({ code: 0 });
    expect((await readTable(path)).numRows()).toBe(10);
    expect(await assay('export', 'doubling', '-o', `out.${extension}`, '--flatten')).toMatchObject({ code: 0 });
    expect((await readTable(path)).columnNames()).toEqual(expect.arrayContaining(['input.n', 'input.odd']));
  },
);

test('writes every record with its history to a .json file', async () => {
  const { assay, read, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input === 2' }));
  await assay('run', 'doubling.ts');
  write('doubling.ts', doubling());
  await assay('resume', 'doubling', 'doubling.ts');
  expect(JSON.parse((await assay('export', 'doubling', '-o', 'all.json', '--json')).stdout)).toMatchObject({
    exported: ['all.json'],
  });
  expect(JSON.parse(read('all.json'))).toMatchObject({
    experiment: { name: 'doubling' },
    examples: { length: 6 },
    taskRuns: { length: 6 },
    evaluationRuns: { length: 6 },
    history: [{ kind: 'task-run', record: { exampleId: 'n2', error: 'overloaded' } }],
  });
});

test('writes several exports of a run, also of a dry run', async () => {
  const { folder, assay, read, write } = createWorkspace();
  write('doubling.ts', doubling());
  const args = ['--export', 'a.parquet', '--export', 'a.json', '--export', 'a.csv'];
  expect(JSON.parse((await assay('run', 'doubling.ts', '--json', ...args)).stdout)).toMatchObject({
    exported: ['a.parquet', 'a.json', 'a.csv'],
  });
  expect((await readTable(join(folder, 'a.parquet'))).numRows()).toBe(6);
  expect(await assay('run', 'doubling.ts', '--dry-run=2', ...args)).toMatchObject({ code: 0 });
  expect((await readTable(join(folder, 'a.parquet'))).numRows()).toBe(2);
  expect(JSON.parse(read('a.json'))).toMatchObject({ taskRuns: { length: 2 }, evaluationRuns: { length: 2 } });
});

test.each([['run'], ['resume', 'doubling'], ['evaluate', 'doubling']])(
  '%s exits with 1 before any call when an export has no folder to go to',
  async (...args) => {
    const { folder, assay } = workspace;
    const before = callsIn(folder).length;
    const { code, stdout, stderr } = await assay(...args, 'doubling.ts', '--export', 'gone/out.csv');
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('gone/out.csv') });
    expect(callsIn(folder)).toHaveLength(before);
  },
);

test.each(['csv', 'json', 'parquet'])(
  'exits with 1 when a .%s file cannot be written, and leaves nothing behind',
  async (extension) => {
    const { folder, assay } = workspace;
    const before = readdirSync(folder);
    expect(await assay('export', 'doubling', '-o', `gone/out.${extension}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`gone/out.${extension}`),
    });
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, 'gone'))).toBe(false);
  },
);

test.each([
  [['-o', 'report.html'], 'HTML reports are not there yet: take a path that ends in .parquet'],
  [['-o', 'report.xlsx'], 'ends in'],
  [['-o', 'all.json', '--long'], 'for tables'],
  [['-o', 'all.csv', '--long', '--flatten'], 'cannot go together'],
  [[], 'output'],
])('exits with 2 for %s', async (args, message) => {
  expect(await workspace.assay('export', 'doubling', ...args)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});
