import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callsIn, until } from './fixtures/calls.ts';
import { hasTerminal, inTerminal } from './fixtures/terminal.ts';
import { createWorkspace, doubling } from './fixtures/workspace.ts';

const count = 30;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'on %s saves what was started, exits with %i, and the command it prints finishes without repeating a call',
  async (signal, code) => {
    const { folder, start, assay, write } = createWorkspace();
    write('slow doubling.ts', doubling({ count, milliseconds: 100 }));
    const { child, ended } = start(['run', 'slow doubling.ts', '--concurrency', '3', '--store', 'file:./runs.db']);
    await until(() => callsIn(folder).length > 4);
    child.kill(signal);
    const stopped = await ended;
    expect(stopped.code).toBe(code);
    expect(stopped.stdout).toContain('stopped: signal');
    const callsBefore = callsIn(folder);
    expect(callsBefore.length).toBeLessThan(count);

    const command = /To go on: (assay .*)$/m.exec(stopped.stderr)?.[1];
    expect(command).toMatch(/^assay resume \S+ 'slow doubling\.ts' --store file:\.\/runs\.db --concurrency 3$/);
    const id = command!.split(' ')[2]!;
    const { runs } = JSON.parse(
      (await assay('runs', id, '--limit', '100', '--json', '--store', 'file:./runs.db')).stdout,
    ) as { runs: unknown[] };
    expect(runs).toHaveLength(callsBefore.length);

    const resumed = await assay('resume', id, 'slow doubling.ts', '--store', 'file:./runs.db', '--json');
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      summary: { taskRuns: { planned: count, ok: count, missing: 0 }, evaluators: { exact: { ok: count, mean: 1 } } },
    });
    expect([...callsIn(folder)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
  },
);

test('gives with --json the summary and the command that goes on, as one document', async () => {
  const { folder, start, write } = createWorkspace();
  write('slow.ts', doubling({ count, milliseconds: 100 }));
  const { child, ended } = start(['run', 'slow.ts', '--concurrency', '2', '--json', '--export', 'part.json']);
  await until(() => callsIn(folder).length > 2);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    summary: { stopped: 'signal', taskRuns: { ok: callsIn(folder).length } },
    exported: [],
    resume: expect.stringMatching(/^assay resume \S+ slow\.ts --concurrency 2$/),
  });
  expect(existsSync(join(folder, 'part.json'))).toBe(false);
});

test.skipIf(!hasTerminal)(
  'on Ctrl-C in a terminal says what happens, takes the line away, and leaves summary and command',
  async () => {
    const { folder, write } = createWorkspace();
    write('slow.ts', doubling({ count, milliseconds: 150 }));
    const answer = { to: '2/30 runs', text: '\u0003' };
    const { code, screen } = await inTerminal(folder, ['run', 'slow.ts', '--concurrency', '2'], { answer });
    expect(code).toBe(130);
    const lines = screen.split('\n').filter((line) => line.trim() !== '');
    expect(lines[0]).toMatch(/^Stopping: /);
    expect(lines[1]).toMatch(/^doubling .*stopped: signal$/);
    expect(lines.at(-1)).toMatch(/To go on: assay resume \S+ slow\.ts --concurrency 2$/);
    expect(screen).not.toMatch(/[█░]/);
  },
);

test('ends at once on a second SIGINT', async () => {
  const { folder, start, write } = createWorkspace();
  write('hanging.ts', doubling({ milliseconds: 600_000, more: 'timeoutMs: null,' }));
  const { child, ended } = start(['run', 'hanging.ts']);
  await until(() => callsIn(folder).length > 0);
  child.kill('SIGINT');
  await new Promise((resolve) => child.stderr!.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
});

test('ends at once with 130 while the experiment file is still loading', async () => {
  const { folder, start, write } = createWorkspace();
  write(
    'loading.ts',
    `import { appendFileSync } from 'node:fs';\nappendFileSync('calls.txt', '0\\n');\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\nexport default 1;`,
  );
  const { child, ended } = start(['run', 'loading.ts']);
  await until(() => callsIn(folder).length > 0);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130 });
});
