import { expect, test } from 'vitest';
import { callsIn } from '../fixtures/calls.ts';
import { createWorkspace, doubling } from '../fixtures/workspace.ts';

test('runs again what failed and nothing else, in the experiment of that name', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'input > 3' }));
  expect(await assay('run', 'doubling.ts')).toMatchObject({ code: 0 });
  write('doubling.ts', doubling());
  const { code, stdout } = await assay('resume', 'doubling', 'doubling.ts', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    summary: { taskRuns: { ok: 6, failed: 0, missing: 0 } },
    warnings: [expect.stringContaining('task')],
  });
  expect([...callsIn(folder)].sort()).toEqual([0, 1, 2, 3, 4, 4, 5, 5]);
});

test('exits with 0 and calls nothing when nothing is left to do', async () => {
  const { folder, assay, write } = createWorkspace();
  write('doubling.ts', doubling());
  await assay('run', 'doubling.ts');
  expect(await assay('resume', 'doubling', 'doubling.ts')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('6 ok, 0 failed, 0 missing'),
  });
  expect(callsIn(folder)).toHaveLength(6);
});

test('exits with 1 when still no task run is ok', async () => {
  const { assay, write } = createWorkspace();
  write('doubling.ts', doubling({ failing: 'true' }));
  await assay('run', 'doubling.ts');
  expect(await assay('resume', 'doubling', 'doubling.ts')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('6 × overloaded'),
  });
});

test('lists the candidates with their ids when a name is not unique, and takes --dataset to choose', async () => {
  const { assay, write } = createWorkspace();
  write('one.ts', doubling());
  write('two.ts', doubling().replace("name: 'numbers'", "name: 'other numbers'"));
  await assay('run', 'one.ts');
  await assay('run', 'two.ts');
  const { experiments } = JSON.parse((await assay('list', '--json')).stdout) as {
    experiments: { id: string; dataset: string }[];
  };

  const { code, stdout, stderr } = await assay('resume', 'doubling', 'one.ts');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('2 experiments are named "doubling"');
  for (const { id, dataset } of experiments) expect(stderr).toContain(`${id}  on ${dataset}`);

  const chosen = await assay('resume', 'doubling', 'two.ts', '--dataset', 'other numbers', '--json');
  expect(chosen.code).toBe(0);
  expect(JSON.parse(chosen.stdout)).toMatchObject({
    experiment: { id: experiments.find(({ dataset }) => dataset === 'other numbers')!.id },
  });
});

test.each([['resume'], ['evaluate']])(
  '%s of an experiment that is not there exits with 1, and makes no store',
  async (verb) => {
    const { assay, write } = createWorkspace();
    write('doubling.ts', doubling());
    expect(await assay(verb, 'doubling', 'doubling.ts')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no store here'),
    });
    expect(await assay(verb, 'doubling', 'doubling.ts', '--store', 'file:./none.db')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.db'),
    });
    await assay('run', 'doubling.ts');
    for (const experiment of ['tripling', 'RXhwZXJpbWVudDo5OTk=', '']) {
      expect(await assay(verb, experiment, 'doubling.ts')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`the id or name ${JSON.stringify(experiment)}`),
      });
    }
  },
);
