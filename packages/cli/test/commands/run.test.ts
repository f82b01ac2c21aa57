import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callsIn } from '../fixtures/calls.ts';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

interface Document {
  readonly experiment: { readonly id: string; readonly name: string; readonly repetitions: number };
  readonly summary: {
    readonly taskRuns: Readonly<Record<string, number>>;
    readonly evaluators: Readonly<Record<string, { readonly mean: number }>>;
    readonly stopped: string | null;
  };
  readonly taskRuns?: readonly unknown[];
  readonly tag?: string | null;
  readonly resume?: string;
}

const documentOf = (stdout: string): Document => JSON.parse(stdout) as Document;

test('runs a file into the default store, prints the summary, and exits with 0', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  const { code, stdout, stderr } = await assay('run', 'doubling.ts');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^doubling {2}\S+\n6 task runs: 6 ok, 0 failed, 0 missing\nevaluator +n +missing +failed +skipped +mean +95 % interval\nexact +6 +0 +0 +0 +1\.00 /,
  );
  expect(stderr).toMatch(/^Kept as (\S+)\. To see it again: assay show \1\n$/);
  expect(existsSync(join(folder, '.assay/assay.db'))).toBe(true);
});

test('lets the flags beat the file', async () => {
  const { folder, assay, write } = createWorkspace();
  write(
    'doubling.ts',
    doubling({
      count: 3,
      failing: 'true',
      more: 'concurrency: 5, repetitions: 7, timeoutMs: 1, rateLimit: { key: "shared" }',
    }),
  );
  const { code, stdout } = await assay(
    'run',
    'doubling.ts',
    '--json',
    '--name',
    'renamed',
    '--repetitions',
    '2',
    '--concurrency',
    '1',
    '--retries',
    '1',
    '--timeout',
    '30',
    '--rate-limit',
    '60000',
  );
  expect(code).toBe(1);
  expect(documentOf(stdout)).toMatchObject({
    experiment: { name: 'renamed', repetitions: 2 },
    summary: { taskRuns: { planned: 6, failed: 6 }, attempts: 12 },
  });
  expect(callsIn(folder)).toHaveLength(12);
});

test('paces calls by --rate-limit', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 20 }));
  const { stdout } = await assay('run', 'doubling.ts', '--json', '--rate-limit', '600');
  expect((JSON.parse(stdout) as { summary: { waitMs: number } }).summary.waitMs).toBeGreaterThan(0);
});

test('runs in the store of --store, else of the file, else of ASSAY_STORE', async () => {
  const { folder, assay, start, write } = createWorkspace();
  const made = (name: string): boolean => existsSync(join(folder, name));
  write(
    'own.ts',
    `import { openStore } from '@assay/store';\n${doubling({ more: "store: await openStore('file:./own.db')," })}`,
  );
  write('plain.ts', doubling());

  expect(await assay('run', 'own.ts')).toMatchObject({ code: 0 });
  expect([made('own.db'), made('flag.db'), made('env.db'), made('.assay/assay.db')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(await start(['run', 'plain.ts'], { ASSAY_STORE: 'file:./env.db' }).ended).toMatchObject({ code: 0 });
  expect(made('env.db')).toBe(true);
  expect(await assay('run', 'own.ts', '--store', 'file:./flag.db')).toMatchObject({ code: 0 });
  expect(JSON.parse((await assay('list', '--store', 'file:./flag.db', '--json')).stdout)).toMatchObject({
    experiments: [{ name: 'doubling' }],
  });
  expect(made('.assay/assay.db')).toBe(false);
});

test.each([
  [['--dry-run'], 1],
  [['--dry-run=3'], 3],
  [['--dry-run=99'], 6],
])('tries %s in memory, shows every record, and keeps nothing', async (flags, count) => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  const { code, stdout } = await assay('run', ...flags, 'doubling.ts', '--json');
  expect(code).toBe(0);
  expect(documentOf(stdout)).toMatchObject({
    dryRun: true,
    experiment: { id: 'dry-run' },
    taskRuns: { length: count },
  });
  expect(callsIn(folder)).toHaveLength(count);
  expect(existsSync(join(folder, '.assay'))).toBe(false);
});

test('repeats the sample of a dry run by --seed', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 100 }));
  for (let time = 0; time < 2; time += 1)
    await assay('run', 'doubling.ts', '--dry-run=4', '--seed', '7', '--concurrency', '1');
  const calls = callsIn(folder);
  expect(calls).toHaveLength(8);
  expect(calls.slice(4)).toEqual(calls.slice(0, 4));
});

test('counts --dry-run=0 as a real run', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  expect(documentOf((await assay('run', 'doubling.ts', '--dry-run=0', '--json')).stdout)).toMatchObject({
    dryRun: false,
  });
});

test('runs over a dataset of the store by its name, and opens no new store for one', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  expect(await assay('run', 'doubling.ts', '--dataset', 'numbers')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no store here'),
  });
  expect(existsSync(join(folder, '.assay'))).toBe(false);

  await assay('run', 'doubling.ts');
  write('other.ts', doubling({ count: 1 }));
  expect(documentOf((await assay('run', 'other.ts', '--dataset', 'numbers', '--json')).stdout)).toMatchObject({
    summary: { taskRuns: { planned: 6, ok: 6 } },
  });
  expect(await assay('run', 'other.ts', '--dataset', 'letters')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('letters'),
  });
});

test.each([
  ['numbers.csv', 'id,input,expected\na,1,2\nb,2,4\n', 0], // the cells of a CSV file are text
  ['numbers.jsonl', '{"id":"a","input":1,"expected":2}\n{"id":"b","input":2,"expected":4}\n', 1],
])('runs over the file %s, and keeps its examples under its name', async (file, text, mean) => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 9 }));
  const { code, stdout } = await assay('run', 'doubling.ts', '--dataset', write(file, text), '--json');
  expect(code).toBe(0);
  expect(documentOf(stdout)).toMatchObject({
    summary: { taskRuns: { planned: 2, ok: 2 }, evaluators: { exact: { mean } } },
  });
  expect(JSON.parse((await assay('list', '--dataset', 'numbers', '--json')).stdout)).toMatchObject({
    experiments: { length: 1 },
  });
});

test('exits with 1 for a dataset file with a broken quote or one that is not there, before any call', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  write('broken.csv', 'id,input\na,"1\nb,2\n');
  expect(await assay('run', 'doubling.ts', '--dataset', 'broken.csv')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/broken\.csv: .*line 2, column .input/),
  });
  expect(await assay('run', 'doubling.ts', '--dataset', 'gone.csv')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('gone.csv'),
  });
  expect(callsIn(folder)).toEqual([]);
});

test('exits with 1 when no task run is ok, and shows the commonest failure', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'true' }));
  const { code, stdout } = await assay('run', 'doubling.ts');
  expect(code).toBe(1);
  expect(stdout).toContain('6 × overloaded');
});

test('exits with 2 when the file makes it a dry run that cannot be tagged, or there is no dry run to seed', async () => {
  const { folder, assay, write } = createWorkspace();
  write('dry.ts', doubling({ more: 'dryRun: true,' }));
  write('real.ts', doubling());
  expect(await assay('run', 'dry.ts', '--tag', 'best')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--tag'),
  });
  expect(await assay('run', 'real.ts', '--seed', '1')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--seed'),
  });
  expect(callsIn(folder)).toEqual([]);
});

test('exits with 1 before any call when the store of the file has no tags', async () => {
  const { folder, assay, write } = createWorkspace();
  const store =
    "import { createMemoryStore } from '@assay/core';\nconst { saveTag, ...store } = createMemoryStore();\n";
  write('untagged.ts', store + doubling({ more: 'store,' }));
  expect(await assay('run', 'untagged.ts', '--tag', 'best')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has tags'),
  });
  expect(callsIn(folder)).toEqual([]);
});

test.each([
  ['0.4', 3],
  ['0.5', 0],
])('with half of the runs failed and --max-error-rate %s exits with %i', async (rate, expected) => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input % 2 === 1' }));
  const { code, stdout, stderr } = await assay('run', 'doubling.ts', '--max-error-rate', rate);
  expect(code).toBe(expected);
  expect(stdout).toContain('3 ok, 3 failed');
  expect(stderr.includes('3 of 6')).toBe(expected === 3);
});

test('moves the tag to an experiment that exits with 0, and leaves it where it was otherwise', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  write('failing.ts', doubling({ failing: 'input > 0' }));
  const good = documentOf((await assay('run', 'doubling.ts', '--tag', 'best', '--json')).stdout);
  const bad = documentOf(
    (await assay('run', 'failing.ts', '--tag', 'best', '--max-error-rate', '0.1', '--json')).stdout,
  );
  expect([good.tag, bad.tag]).toEqual(['best', null]);
  expect(JSON.parse((await assay('show', good.experiment.id, '--json')).stdout)).toMatchObject({
    tags: [{ name: 'best' }],
  });
  expect(JSON.parse((await assay('show', bad.experiment.id, '--json')).stdout)).toMatchObject({ tags: [] });
});

test('exits with 1 and says how to go on when the run halts or stops at an error', async () => {
  const { assay, write } = createWorkspace();
  const refused = 'Object.assign(new Error("bad key"), { status: 401 })';
  write('halting.ts', doubling({ failing: `(() => { throw ${refused}; })()`, more: 'haltAfter: 2, concurrency: 1,' }));
  write('strict.ts', doubling({ failing: 'input === 3', more: 'exitOnError: true, concurrency: 1,' }));
  for (const [file, message] of [
    ['halting.ts', 'bad key'],
    ['strict.ts', 'overloaded'],
  ] as const) {
    const { code, stderr } = await assay('run', file);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(new RegExp(`To go on: assay resume \\S+ ${file}$`, 'm'));
  }
});

test('exits with 1 and says how to go on when a deadline leaves something undone', async () => {
  const { assay, write } = createWorkspace();
  write('slow.ts', doubling({ count: 200, milliseconds: 20, more: 'deadlineMs: 150, concurrency: 1,' }));
  const { code, stdout } = await assay('run', 'slow.ts', '--json');
  const { summary, resume, experiment } = documentOf(stdout);
  expect({ code, stopped: summary.stopped }).toEqual({ code: 1, stopped: 'deadline' });
  expect(resume).toBe(`assay resume ${experiment.id} slow.ts`);
});

test.each([
  ['a promise that nobody awaited', 'Promise.reject(new Error("stray"))'],
  ['a callback that throws', 'setTimeout(() => { throw new Error("stray"); }, 1)'],
])('exits with 1 and says how to go on when %s ends the process', async (_, stray) => {
  const { assay, write } = createWorkspace();
  write('stray.ts', doubling({ count: 30, milliseconds: 50, failing: `input === 12 && (${stray}, false)` }));
  const { code, stdout, stderr } = await assay('run', 'stray.ts', '--concurrency', '3', '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
  expect(error).toEqual({ code: 'run-failed', message: expect.stringContaining('stray') });
  const id = /To go on: assay resume (\S+) stray\.ts --concurrency 3$/.exec(error.message)?.[1];
  write('stray.ts', doubling({ count: 30 }));
  expect(await assay('resume', id!, 'stray.ts')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('30 ok, 0 failed, 0 missing'),
  });
});

test('writes what could not be saved to a file, and says where', async () => {
  const { assay, write } = createWorkspace();
  write(
    'full.ts',
    `import { AssayError, createMemoryStore } from '@assay/core';
     const store = { ...createMemoryStore(), saveTaskRun: async () => { throw new AssayError('full', 'No space left on the device'); } };
     ${doubling({ count: 2, more: 'store,' })}`,
  );
  const { code, stderr } = await assay('run', 'full.ts');
  expect(code).toBe(1);
  const path = /They are in (\S+)/.exec(stderr)?.[1];
  const { readFileSync, rmSync } = await import('node:fs');
  const lines = readFileSync(path!, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toContainEqual(expect.objectContaining({ record: 'task-run', exampleId: 'n1', output: 2 }));
  rmSync(join(path!, '..'), { recursive: true });
});

test('stops at a budget with exit 1, says how to go on, and goes on with a higher one', async () => {
  const { assay, write } = createWorkspace();
  write(
    'paid.ts',
    `import { defineExperiment } from '@assay/core';
export default defineExperiment({
  name: 'paid',
  dataset: [1, 2, 3, 4, 5].map((input) => ({ input })),
  task: ({ input, reportUsage }) => {
    reportUsage({ costUsd: 0.5, promptTokens: 10 });
    return input;
  },
  evaluators: [{ name: 'tone', kind: 'LLM', evaluate: ({ reportUsage }) => (reportUsage({ costUsd: 0.5 }), 1) }],
  budget: { usd: 100 },
});`,
  );
  const { code, stdout, stderr } = await assay('run', 'paid.ts', '--budget-usd', '2');
  expect(code).toBe(1);
  expect(stdout).toContain('2 ok, 0 failed, 3 missing');
  expect(stdout).toContain('The budget is reached: 2 of 2 USD spent');
  expect(stderr).toMatch(/To go on, with a higher budget: assay resume \S+ paid\.ts --budget-usd 2\n$/);

  const resumed = await assay('resume', 'paid', 'paid.ts', '--json', '--budget-usd', '9', '--budget-judge-usd', '1.5');
  expect(resumed.code).toBe(1);
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    summary: { stopped: 'budget', taskRuns: { ok: 5 }, evaluators: { tone: { ok: 3, missing: 2 } } },
  });
  expect((await assay('evaluate', 'paid', 'paid.ts')).code).toBe(0);
  expect(await assay('run', 'paid.ts', '--budget-usd', '0')).toMatchObject({ code: 2 });
});
