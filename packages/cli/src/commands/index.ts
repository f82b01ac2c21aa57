import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';

type AddCommand = (program: Program, shell: Shell) => void;

/** Every command by its name, in the order in which the help shows them. A new command is a file beside this one and a line here. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./run.ts')).addRun,
  resume: async () => (await import('./resume.ts')).addResume,
  evaluate: async () => (await import('./evaluate.ts')).addEvaluate,
  list: async () => (await import('./list.ts')).addList,
  show: async () => (await import('./show.ts')).addShow,
  runs: async () => (await import('./runs.ts')).addRuns,
  export: async () => (await import('./export.ts')).addExport,
  delete: async () => (await import('./delete.ts')).addDelete,
  jobs: async () => (await import('./jobs.ts')).addJobs,
  serve: async () => (await import('./serve.ts')).addServe,
  'carry-out': async () => (await import('./carry-out.ts')).addCarryOut,
};

/**
 * Adds the commands whose names stand among the arguments, so that no other is loaded; all of them where none does, or the
 * help of all is asked for.
 */
export async function addCommands(program: Program, shell: Shell, args: readonly string[]): Promise<void> {
  const named = Object.keys(commands).filter((name) => args.includes(name));
  const isHelp =
    args[0] !== undefined && args[0].startsWith('-') && args.some((arg) => arg === '--help' || arg === '-h');
  const names = named.length === 0 || isHelp ? Object.keys(commands) : named;
  for (const add of await Promise.all(names.map((name) => commands[name]!()))) add(program, shell);
}
