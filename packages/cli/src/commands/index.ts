import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { addCarryOut } from './carry-out.ts';
import { addDelete } from './delete.ts';
import { addEvaluate } from './evaluate.ts';
import { addExport } from './export.ts';
import { addJobs } from './jobs.ts';
import { addList } from './list.ts';
import { addResume } from './resume.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addShow } from './show.ts';

/** Adds every command, in the order in which the help shows them. A new command is a file beside this one and a line here. */
export function addCommands(program: Program, shell: Shell): void {
  for (const add of [
    addRun,
    addResume,
    addEvaluate,
    addList,
    addShow,
    addRuns,
    addExport,
    addDelete,
    addJobs,
    addServe,
    addCarryOut,
  ])
    add(program, shell);
}
