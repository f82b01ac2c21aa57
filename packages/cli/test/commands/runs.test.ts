import { expect, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

interface Page {
  readonly runs: readonly {
    readonly exampleId: string;
    readonly repetition: number;
    readonly error: string | null;
    readonly evaluations: readonly { readonly name: string }[];
  }[];
  readonly nextCursor: string | null;
}

test.each([[[]], [['--failed']]])(
  'gives every run once in dataset order, page by page, %s',
  async (flags) => {
    const { assay, write } = createWorkspace();
    write('doubling.ts', doubling({ count: 7, failing: 'input % 3 === 1', more: 'repetitions: 3,' }));
    await assay('run', 'doubling.ts');

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { stdout } = await assay(
        'runs',
        'doubling',
        '--limit',
        '4',
        '--json',
        ...flags,
        ...(cursor === null ? [] : ['--cursor', cursor]),
      );
      const page = JSON.parse(stdout) as Page;
      expect(page.runs.length).toBeLessThanOrEqual(4);
      for (const { exampleId, repetition, error, evaluations } of page.runs) {
        seen.push(`${exampleId}.${repetition}`);
        expect(evaluations.map(({ name }) => name)).toEqual(error === null ? ['exact'] : []);
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    const expected = [0, 1, 2, 3, 4, 5, 6]
      .filter((n) => flags.length === 0 || n % 3 === 1)
      .flatMap((n) => [1, 2, 3].map((repetition) => `n${n}.${repetition}`));
    expect(seen).toEqual(expected);
  },
  30_000,
);

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
