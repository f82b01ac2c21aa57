import { expect, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

test('goes on from page to page by the cursor', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 4, failing: 'input === 2' }));
  await assay('run', 'doubling.ts', '--repetitions', '2');
  const first = JSON.parse((await assay('runs', 'doubling', '--limit', '5', '--json')).stdout) as {
    nextCursor: string;
  };
  expect(first).toMatchObject({ runs: { length: 5 }, nextCursor: '2.2' });
  const second = JSON.parse((await assay('runs', 'doubling', '--cursor', first.nextCursor, '--json')).stdout) as object;
  expect(second).toMatchObject({
    runs: [
      { exampleId: 'n2', repetition: 2, error: 'overloaded', evaluations: [] },
      { exampleId: 'n3', repetition: 1, error: null, evaluations: [{ name: 'exact', score: 1 }] },
      { exampleId: 'n3', repetition: 2 },
    ],
    nextCursor: null,
  });
  const { runs } = JSON.parse((await assay('runs', 'doubling', '--failed', '--json')).stdout) as { runs: object[] };
  expect(runs).toEqual([
    expect.objectContaining({ exampleId: 'n2', repetition: 1 }),
    expect.objectContaining({ exampleId: 'n2', repetition: 2 }),
  ]);
});

test('shows the verdicts and the output or error in a table, and how to go on', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input === 1' }));
  await assay('run', 'doubling.ts');
  const { stdout, stderr } = await assay('runs', 'doubling', '--limit', '2');
  expect(stdout).toMatch(
    /^example +repetition +status +latency +exact +output or error\nn0 +1 +ok +.* ms +1\.00 +0\nn1 +1 +failed +.* ms +- +overloaded\n$/,
  );
  expect(stderr).toBe('More: --cursor 2.1\n');
});

test.each([['nonsense'], ['-1.1'], ['1']])('exits with 1 for the cursor %s', async (cursor) => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts');
  expect(await assay('runs', 'doubling', `--cursor=${cursor}`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(cursor),
  });
});
