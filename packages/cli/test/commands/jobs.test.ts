import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

interface Shown {
  readonly experimentId: string;
  readonly status: string;
  readonly inFlight: number;
  readonly lastError: { readonly message: string } | null;
  readonly taskRuns: { readonly expected: number; readonly completed: number; readonly failed: number };
}

function jobsIn(workspace: ReturnType<typeof createWorkspace>) {
  const list = async (...args: readonly string[]) => {
    const { stdout } = await workspace.assay('jobs', 'list', '--json', ...args);
    return (JSON.parse(stdout) as { jobs: Shown[] }).jobs;
  };
  const until = (isSo: (job: Shown) => boolean, ...args: readonly string[]) =>
    expect.poll(async () => isSo((await list(...args))[0]!), { timeout: 25_000, interval: 100 }).toBe(true);
  const calls = () => workspace.read('calls.txt').trimEnd().split('\n');
  return { list, until, calls };
}

/** What a task waits for that is to be in flight until the test says `release`, however slow the machine. */
const untilReleased = `await (async () => {
  const { existsSync } = process.getBuiltinModule('node:fs');
  while (!existsSync('released')) await new Promise((resolve) => setTimeout(resolve, 20));
})()`;

function release(workspace: ReturnType<typeof createWorkspace>): void {
  workspace.write('released', '');
}

test('a run in the background goes on by itself, and is stopped and resumed without a call twice', async () => {
  const workspace = createWorkspace();
  const { list, until, calls } = jobsIn(workspace);
  workspace.write('doubling.ts', doubling({ count: 60, milliseconds: 500 }));
  const run = await workspace.assay('run', 'doubling.ts', '--background', '--concurrency', '1', '--quiet');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const id = run.stdout.trim();
  expect((await list())[0]).toMatchObject({ experimentId: id, status: 'RUNNING' });
  await until(({ inFlight }) => inFlight > 0);

  const stop = await workspace.assay('jobs', 'stop', 'doubling');
  expect(stop.code).toBe(0);
  expect(stop.stdout).toContain('STOPPED');
  expect((await workspace.assay('jobs', 'stop', id)).code).toBe(1);
  await until(({ inFlight }) => inFlight === 0);
  const called = calls().length;
  expect(called).toBeLessThan(60);
  expect((await list())[0]).toMatchObject({ taskRuns: { completed: called } });

  expect(await workspace.assay('jobs', 'resume', id, '--concurrency', '20')).toMatchObject({ code: 0 });
  await until(({ status }) => status === 'COMPLETED');
  expect((await list())[0]).toMatchObject({ taskRuns: { expected: 60, completed: 60, failed: 0 } });
  expect(new Set(calls()).size).toBe(calls().length);
}, 60_000);

test('what is in flight when a background run is stopped is told, and not called again by a resume at once', async () => {
  const workspace = createWorkspace();
  const { until, calls } = jobsIn(workspace);
  workspace.write('doubling.ts', doubling({ count: 6, failing: untilReleased }));
  await workspace.assay('run', 'doubling.ts', '--background', '--concurrency', '3');
  await until(({ inFlight }) => inFlight === 3);
  expect((await workspace.assay('jobs', 'stop', 'doubling')).stdout).toContain('STOPPED');
  expect(await workspace.assay('jobs', 'resume', 'doubling')).toMatchObject({ code: 0 });
  release(workspace);
  await until(({ status }) => status === 'COMPLETED');
  expect(calls().toSorted()).toEqual(['0', '1', '2', '3', '4', '5']);
}, 60_000);

test('a background run that halts is in ERROR at once, and what is in flight then is saved', async () => {
  const workspace = createWorkspace();
  const { list, until } = jobsIn(workspace);
  const refused = '(() => { throw Object.assign(new Error("bad key"), { status: 401 }); })()';
  const failing = `(input === 0 ? ${untilReleased} : ${refused})`;
  workspace.write('halting.ts', doubling({ count: 20, failing, more: 'haltAfter: 3, concurrency: 2,' }));
  await workspace.assay('run', 'halting.ts', '--background');
  await until(({ status, inFlight }) => status === 'ERROR' && inFlight === 1);
  expect((await list())[0]!.lastError!.message).toMatch(/^Halted .*: bad key$/);
  release(workspace);
  await until(({ taskRuns }) => taskRuns.completed === 1);
  expect((await list())[0]).toMatchObject({ status: 'ERROR', taskRuns: { failed: 3 } });
}, 60_000);

test('a background run that was killed is resumed', async () => {
  const workspace = createWorkspace();
  const { list, until } = jobsIn(workspace);
  const failing = "(input === 4 && process.kill(process.pid, 'SIGKILL'))";
  workspace.write('killing.ts', doubling({ count: 20, milliseconds: 100, failing }));
  await workspace.assay('run', 'killing.ts', '--background', '--concurrency', '1');
  await until(({ taskRuns }) => taskRuns.completed === 4);
  expect((await list())[0]).toMatchObject({ status: 'RUNNING' });
  workspace.write('killing.ts', doubling({ count: 20 }));
  // Its lease lapses by itself.
  await expect
    .poll(async () => (await workspace.assay('jobs', 'resume', 'doubling')).code, { timeout: 25_000, interval: 500 })
    .toBe(0);
  await until(({ status }) => status === 'COMPLETED');
}, 60_000);

test('what cannot be done in the background is refused before anything is made', async () => {
  const workspace = createWorkspace();
  workspace.write('doubling.ts', doubling());
  for (const flags of [['--dry-run=1'], ['--tag', 'best'], ['--export', 'a.csv'], ['--max-error-rate', '0.1']])
    expect(await workspace.assay('run', 'doubling.ts', '--background', ...flags)).toMatchObject({ code: 2 });
  const { code, stderr } = await workspace.assay('run', 'doubling.ts', '--background', '--store', 'http://127.0.0.1:9');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/assay serve --tasks|ECONNREFUSED|127\.0\.0\.1:9/),
  });
  expect(await workspace.assay('jobs', 'list')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no store here'),
  });
});

test('jobs of a server are listed, stopped and resumed by its URL', async () => {
  const workspace = createWorkspace();
  const { list, until } = jobsIn(workspace);
  workspace.write('doubling.ts', doubling({ count: 30 }));
  await workspace.assay('run', 'doubling.ts');
  workspace.write(
    'tasks.ts',
    `export const tasks = { wait: async ({ input }) => { await new Promise((resolve) => setTimeout(resolve, 2_000)); return input; } };`,
  );
  const { child, ended } = workspace.start(['serve', '--port', '0', '--tasks', 'tasks.ts', '--json']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [printed] = (await once(child.stdout!, 'data')) as [string];
  const { url } = JSON.parse(printed) as { url: string };
  const datasets = (await (await fetch(`${url}/v1/datasets`)).json()) as { data: { id: string }[] };
  const body = JSON.stringify({ name: 'waiting', max_concurrency: 1, task: { type: 'registered', name: 'wait' } });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/v1/datasets/${datasets.data[0]!.id}/experiment_jobs`, { method: 'POST', body, headers });

  const second = await workspace.assay('serve', '--port', '0');
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`carried out by the process ${child.pid}`) });
  expect(await list('--store', url)).toMatchObject([{ status: 'RUNNING', taskRuns: { expected: 30 } }]);
  expect((await workspace.assay('list', '--store', url)).stdout).toContain('waiting');
  expect((await workspace.assay('jobs', 'stop', 'waiting', '--store', url)).stdout).toContain('STOPPED');
  // By the file it is the same job.
  expect((await workspace.assay('jobs', 'resume', 'waiting', '--concurrency', '30')).stdout).toContain('RUNNING');
  await until(({ status }) => status === 'COMPLETED');
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  expect((await workspace.assay('jobs', 'resume', 'waiting')).stderr).toContain('assay serve');
}, 60_000);

test.each([
  ['tasks.ts', 'export default 1;', 'Expected tasks.ts to export tasks or evaluators'],
  ['tasks.ts', 'export const tasks = { a: 1 };', 'Expected tasks.a of tasks.ts to be a function, got a number'],
  ['tasks.ts', 'enum A { b }', 'Could not load tasks.ts:1'],
  ['none.ts', null, 'Expected none.ts to be a file of tasks'],
])('serve says what is wrong with %s that says %j', async (name, text, message) => {
  const { assay, write } = createWorkspace();
  if (text !== null) write(name, text);
  expect(await assay('serve', '--port', '0', '--tasks', name)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(message),
  });
});

test('serve refuses other machines without a key, and makes no database for them', async () => {
  const { folder, start } = createWorkspace();
  const { ended } = start(['serve', '--host', '0.0.0.0', '--port', '0'], { ASSAY_API_KEY: '' });
  expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('--insecure') });
  expect(existsSync(path.join(folder, '.assay'))).toBe(false);
});
