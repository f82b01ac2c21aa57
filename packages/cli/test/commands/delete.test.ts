import { expect, test } from 'vitest';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';
import { hasTerminal, inTerminal } from '../fixtures/terminal.ts';

test('deletes with --force, and then it is not found', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  const { experiment } = JSON.parse((await assay('run', 'doubling.ts', '--json')).stdout) as {
    experiment: { id: string };
  };
  expect(JSON.parse((await assay('delete', 'doubling', '--force', '--json')).stdout)).toEqual({
    deleted: experiment.id,
  });
  expect(await assay('delete', 'doubling', '--force')).toMatchObject({ code: 1 });
  expect(JSON.parse((await assay('list', '--json')).stdout)).toEqual({ experiments: [] });
});

test.skipIf(!hasTerminal).each([
  ['y', 0, 0],
  ['n', 1, 1],
  ['', 1, 1],
])('asks in a terminal, and on the answer %j exits with %i', async (answer, code, left) => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts');
  const asked = await inTerminal(folder, ['delete', 'doubling'], { answer: { to: '[y/N]', text: `${answer}\r` } });
  expect(asked.screen).toContain('Delete doubling');
  expect(asked.code).toBe(code);
  expect(JSON.parse((await assay('list', '--json')).stdout)).toMatchObject({ experiments: { length: left } });
});
