import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bin, createWorkspace, doubling } from './fixtures/workspace.ts';

test('prints its version and its help on stdout and exits with 0, also with --json', async () => {
  const { assay } = createWorkspace();
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };

  expect(await assay('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  for (const args of [['--help'], ['run', '--help'], ['--json', '--help']]) {
    expect(await assay(...args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--store') });
  }
});

test.each([
  ['no command', []],
  ['an unknown command', ['frobnicate']],
  ['an unknown flag', ['list', '--frobnicate']],
  ['a missing argument', ['show']],
  ['an argument too many', ['list', 'all']],
  ['a number that is none', ['run', 'x.ts', '--concurrency', 'many']],
  ['a number that is too small', ['run', 'x.ts', '--repetitions', '0']],
  ['a share above 1', ['run', 'x.ts', '--max-error-rate', '5']],
  ['a time-out of nothing', ['run', 'x.ts', '--timeout', '0']],
  ['a negative dry run', ['run', 'x.ts', '--dry-run=-1']],
  ['an empty name', ['run', 'x.ts', '--name', '']],
  ['an unknown export format', ['run', 'x.ts', '--export', 'result.xlsx']],
  ['a flag that is not there yet', ['run', 'x.ts', '--sync', 'http://localhost:6006']],
  ['what cannot go together', ['run', 'x.ts', '--background', '--dry-run']],
  ['a status that is none', ['jobs', 'list', '--status', 'DONE']],
  ['a port that is none', ['serve', '--port', 'http']],
  ['a tag that no server takes', ['run', 'x.ts', '--tag', 'Bad Tag']],
  ['a tag of what is not kept', ['run', 'x.ts', '--dry-run', '--tag', 'best']],
  ['a delete that cannot ask', ['delete', 'x']],
])('exits with 2 for %s, and says so as JSON on stderr with --json', async (_, args) => {
  const { assay } = createWorkspace();
  const json = await assay(...args, '--json');
  expect(json).toMatchObject({ code: 2, stdout: '' });
  expect(JSON.parse(json.stderr)).toEqual({ error: { code: 'usage', message: expect.stringMatching(/\S/) } });
});

test.each([
  [['lst'], 'Did you mean list?'],
  [['show'], "missing required argument 'experiment'"],
  [['run', 'x.ts', '--sync', 'http://localhost:6006'], 'name the server by --store'],
  [['run', 'x.ts', '--tag', 'Bad Tag'], 'Expected the name of a tag to be of a-z, 0-9, _ and -'],
])('says as text what is wrong with %s', async (args, message) => {
  const { assay } = createWorkspace();
  expect(await assay(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test('gives errors as one JSON document on stderr with --json', async () => {
  const { assay } = createWorkspace();
  const { code, stdout, stderr } = await assay('show', 'nothing', '--store', 'file:./none.db', '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(JSON.parse(stderr)).toEqual({ error: { code: 'not-found', message: expect.stringContaining('none.db') } });
});

test('prints nothing but the document on stdout with --json, whatever the task prints', async () => {
  const { assay, write } = createWorkspace();
  write(
    'noisy.ts',
    doubling({ failing: '(console.log("chatter"), process.stdout.write("more chatter"), input === 1)' }),
  );
  const { code, stdout, stderr } = await assay('run', 'noisy.ts', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    dryRun: false,
    summary: { taskRuns: { planned: 6, ok: 5, failed: 1, missing: 0 } },
  });
  expect(stderr).toContain('more chatter');
});

test('prints only the id of the experiment with --quiet', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  const { stdout, stderr } = await assay('run', 'doubling.ts', '--quiet');
  const { experiments } = JSON.parse((await assay('list', '--json')).stdout) as { experiments: { id: string }[] };
  expect({ stdout, stderr }).toEqual({ stdout: `${experiments[0]!.id}\n`, stderr: '' });
});

test('takes the global flags before and after the command', async () => {
  const { assay } = createWorkspace();
  for (const args of [
    ['--json', '--store', 'memory:', 'list'],
    ['list', '--json', '--store', 'memory:'],
    ['--store=memory:', 'list', '--json'],
  ]) {
    expect(await assay(...args)).toEqual({ code: 0, stdout: '{\n  "experiments": []\n}\n', stderr: '' });
  }
});

test('takes a closed pipe for no error', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 3000 }));
  await assay('run', 'doubling.ts');
  const headed = spawnSync(
    'sh',
    ['-c', `{ "${process.execPath}" "${bin}" runs doubling --limit 3000 --json; echo "code $?" >&2; } | head -c 10`],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(headed.stdout).toHaveLength(10);
  expect(headed.stderr).toBe('code 0\n');
});

test('ends although the experiment file leaves something open', async () => {
  const { assay, write } = createWorkspace();
  write('open.ts', `${doubling()}\nsetInterval(() => {}, 1000);`);
  expect(await assay('run', 'open.ts')).toMatchObject({ code: 0 });
});
