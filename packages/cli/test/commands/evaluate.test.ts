import { expect, test } from 'vitest';
import { callsIn } from '../fixtures/calls.ts';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

test("judges finished runs with new evaluators and never calls the file's task", async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input === 5' }));
  await assay('run', 'doubling.ts');
  write('even.ts', doubling().replace(/exact: .*/, 'even: ({ output }) => output % 4 === 0 },'));
  const { code, stdout } = await assay('evaluate', 'doubling', 'even.ts', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    summary: {
      taskRuns: { ok: 5, failed: 1 },
      evaluators: { exact: { mean: 1 }, even: { ok: 5, missing: 1, mean: 0.6 } },
    },
  });
  expect(callsIn(folder)).toHaveLength(6);
});

test('exits with 1 for a file without evaluators', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts');
  write('bare.ts', 'export default { dataset: [{ input: 1 }], task: () => 1 };');
  expect(await assay('evaluate', 'doubling', 'bare.ts')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bare.ts to have evaluators'),
  });
});
