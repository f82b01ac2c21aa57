import { parseArgs } from 'node:util';
import { AssayError, messageOf } from '@assay/core/errors';
import { initProject, installCommand, type Prepared } from './init.ts';

const usage = `assay-notebook init [--user]

Adds the kernel TypeScript (tslab) and a starter notebook to the project in this folder.

  --user   makes the kernel known to every Jupyter and VS Code of yours, by a path that leads to this project`;

/** Runs the command line in the working folder, and gives its exit code: 2 for a wrong line, 1 where nothing could be done. */
export function main(args: readonly string[]): 0 | 1 | 2 {
  const line = read(args);
  if (line.problem !== undefined) {
    console.error(`${line.problem}\n\n${usage}`);
    return 2;
  }
  if (line.help) {
    console.log(usage);
    return 0;
  }
  try {
    console.log(textOf(initProject(process.cwd(), { forUser: line.user }), line.user));
    return 0;
  } catch (error) {
    if (!AssayError.is(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

interface Line {
  readonly help: boolean;
  readonly user: boolean;
  readonly problem?: string | undefined;
}

function read(args: readonly string[]): Line {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, user: { type: 'boolean' } },
    });
    const problem =
      positionals.join(' ') === 'init' ? undefined : `Expected init, got ${positionals.join(' ') || 'nothing'}`;
    return values.help === true ? { help: true, user: false } : { help: false, user: values.user === true, problem };
  } catch (error) {
    return { help: false, user: false, problem: messageOf(error) };
  }
}

function textOf({ written, kept, missing, folder }: Prepared, isForUser: boolean): string {
  const start = isForUser ? 'jupyter lab starter.ipynb' : 'JUPYTER_PATH="$PWD/.jupyter" jupyter lab starter.ipynb';
  return [
    ...written.map((file) => `Wrote ${file}`),
    ...kept.map((file) => `Kept ${file}, which was there`),
    ...(missing.length === 0
      ? []
      : [
          '',
          'The notebook needs packages that are not in this project yet:',
          '',
          `  ${installCommand(folder, missing)}`,
        ]),
    '',
    'Then start it (JupyterLab comes by: pip install jupyterlab):',
    '',
    `  ${start}`,
    ...(isForUser ? ['', 'In VS Code open starter.ipynb and choose the kernel TypeScript (tslab).'] : []),
  ].join('\n');
}
