import { expect, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

test('shows what an experiment is and what came of it, by name or id', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input === 2' }));
  const ran = JSON.parse((await assay('run', 'doubling.ts', '--json', '--tag', 'best')).stdout) as {
    experiment: { id: string };
    summary: object;
  };

  const text = await assay('show', 'doubling');
  expect(text.code).toBe(0);
  for (const part of [
    '6 task runs: 5 ok, 1 failed, 0 missing',
    'exact',
    '1 × overloaded',
    'dataset numbers',
    '6 examples × 1',
    'tags best',
  ])
    expect(text.stdout).toContain(part);
  const { experiment, summary, dataset } = JSON.parse(
    (await assay('show', ran.experiment.id, '--json')).stdout,
  ) as Record<string, object>;
  expect({ experiment, summary }).toEqual({ experiment: ran.experiment, summary: ran.summary });
  expect(dataset).toMatchObject({ name: 'numbers', exampleCount: 6 });
});

test('shows with --history what records said before they were replaced', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input === 2' }));
  await assay('run', 'doubling.ts');
  expect((await assay('show', 'doubling', '--history')).stdout).toContain('No record was replaced');
  write('doubling.ts', doubling());
  await assay('resume', 'doubling', 'doubling.ts');
  expect((await assay('show', 'doubling', '--history')).stdout).toMatch(/n2 +1 +task +overloaded$/m);
  const { history } = JSON.parse((await assay('show', 'doubling', '--history', '--json')).stdout) as {
    history: object[];
  };
  expect(history).toEqual([
    expect.objectContaining({
      kind: 'task-run',
      record: expect.objectContaining({ exampleId: 'n2', error: 'overloaded' }),
    }),
  ]);
});

test('keeps escape sequences of names, outputs and errors off the terminal', async () => {
  const { assay, write } = createWorkspace();
  const evil = '\\u001b[2Jx\\u001b]0;title\\u0007\\ny';
  write(
    'evil.ts',
    doubling({ failing: `(() => { if (input === 0) throw new Error("${evil}"); })()` })
      .replace('return 2 * input', `return "${evil}"`)
      .replace("'doubling'", `"${evil}"`),
  );
  await assay('run', 'evil.ts');
  const { experiments } = JSON.parse((await assay('list', '--json')).stdout) as { experiments: { id: string }[] };
  const id = experiments[0]!.id;
  for (const args of [['list'], ['show', id], ['runs', id]]) {
    const { code, stdout } = await assay(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('x');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\u0007');
  }
});
