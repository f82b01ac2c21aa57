import { AssayError, evaluateExperiment } from '@assay/core';
import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { addGoOn } from './go-on.ts';

/** `assay evaluate EXPERIMENT FILE.ts`: the file's evaluators on finished runs. The file's task is never called. */
export function addEvaluate(program: Program, shell: Shell): void {
  addGoOn(program, shell, {
    name: 'evaluate',
    description: "judge the finished runs with the file's evaluators; the file's task is never called",
    file: 'a file with the evaluators',
    prepare: ({ evaluators }, file) => {
      if (evaluators === undefined)
        throw new AssayError('invalid-config', `Expected ${file} to have evaluators, got none`);
      return (settings) => evaluateExperiment({ ...settings, evaluators });
    },
  });
}
