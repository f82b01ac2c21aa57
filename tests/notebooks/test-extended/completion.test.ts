import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { folder, root } from '../notebooks.ts';

const cells = [
  `import { runExperiment } from '@assay/core';
import { runsFrame } from '@assay/frames';
const questions = [{ input: { country: 'Peru', year: 2026 }, expected: { capital: 'Lima' } }];`,
  `const ran = await runExperiment({
  dataset: questions,
  task: ({ input }) => ({ answer: input.country === 'Peru' ? 'Lima' : '', sure: true }),
  evaluators: { exact: ({ output, expected }) => output.answer === expected.capital },
  printSummary: false,
});
const runs = runsFrame(ran);`,
];

test('tslab completes and explains what is in a cell, to the fields of inputs, expected answers and outputs, and the columns of frames', () => {
  const run = 'await runExperiment({ dataset: questions, task: ({ input }) => ({ answer: input.country })';
  const [input, expected, output, record, method, column, cell, hover] = ask([
    'await runExperiment({ dataset: questions, task: ({ input }) => input.|',
    `${run}, evaluators: { exact: ({ output, expected }) => output.answer === expected.| } });`,
    `${run}, evaluators: { exact: ({ output }) => output.| } });`,
    'ran.taskRuns[0].output.|',
    'runs.|',
    "runs.get('|')",
    'runs.slice(0, 9).filter((row) => row.|)',
    'ran.taskRuns[0].out|put',
  ]);

  expect(input!.matches).toEqual(['country', 'year']);
  expect(expected!.matches).toEqual(['capital']);
  expect(output!.matches).toEqual(['answer']);
  expect(record!.matches).toEqual(['answer', 'sure']);
  expect(method!.matches).toEqual(expect.arrayContaining(['filter', 'orderby', 'select']));
  expect(column!.matches).toEqual(expect.arrayContaining(['example_id', 'latency_ms', 'output']));
  expect(cell!.matches).toEqual(expect.arrayContaining(['example_id', 'latency_ms', 'output']));
  expect(hover!.hover).toContain('TaskRun<{ answer: string; sure: boolean; }>.output');
});

interface Answer {
  readonly matches: readonly string[];
  readonly hover: string;
}

/** What the kernel answers an editor about code with a `|` at the cursor. */
function ask(questions: readonly string[]): Answer[] {
  const python = process.env['ASSAY_PYTHON'] ?? 'python3';
  const { status, stdout, stderr } = spawnSync(python, [path.join(import.meta.dirname, 'ask-kernel.py')], {
    cwd: folder,
    env: { ...process.env, JUPYTER_PATH: path.join(root, '.jupyter') },
    input: JSON.stringify({ cells, questions }),
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Answer[];
}
