import { streamResume } from '@assay/core';
import { heard } from '../carry-out.ts';
import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { addGoOn } from './go-on.ts';

/** `assay resume EXPERIMENT FILE.ts`: what is missing of an experiment, with the task and evaluators of the file. */
export function addResume(program: Program, shell: Shell): void {
  addGoOn(program, shell, {
    name: 'resume',
    description: 'do what is missing: runs never reached or failed, and evaluations that failed or were added since',
    file: 'the file it was run from',
    prepare:
      ({ task, evaluators }) =>
      (settings) =>
        heard(streamResume({ ...settings, task, evaluators })),
  });
}
