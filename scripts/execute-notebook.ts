import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Notebook, type Output, readNotebook, textOf } from './notebook-file.ts';

const root = path.dirname(import.meta.dirname);
const notebooks = path.join(root, 'notebooks');

/**
 * A notebook of `notebooks/` as it is after every cell has run, in a kernel, a folder and a store of its own: nothing of the
 * repository changes.
 *
 * @param programs - The folder of `jupyter-execute`.
 * @throws With what a cell printed, when one fails.
 */
export async function executeNotebook(name: string, programs: string): Promise<Notebook> {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-notebooks-'));
  try {
    cpSync(path.join(notebooks, name), path.join(folder, name));
    symlinkSync(path.join(notebooks, 'node_modules'), path.join(folder, 'node_modules'));
    const options = ['--inplace', '--kernel_name=tslab', '--startup_timeout=120', '--timeout=300', name];
    await promisify(execFile)(path.join(programs, 'jupyter-execute'), options, {
      cwd: folder,
      env: { ...process.env, ...environment(programs) },
      maxBuffer: 2 ** 26,
    }).catch(({ stderr }: { readonly stderr: string }) => {
      // The cell and what it printed come last, after the trace of the runner.
      throw new Error(`${name}: ${stderr.replace(/^.*(?=An error occurred while executing)/s, '')}`);
    });
    return readNotebook(path.join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** No setting of this machine shows in what a notebook does. */
function environment(programs: string): NodeJS.ProcessEnv {
  return {
    PATH: [programs, path.join(root, 'node_modules', '.bin'), process.env['PATH']].join(path.delimiter),
    JUPYTER_PATH: path.join(root, '.jupyter'),
    ASSAY_STORE: '',
    NO_COLOR: '1',
    TZ: 'UTC',
  };
}

/** The notebook without what says when and where it ran. */
export function stable(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map(({ outputs, ...cell }) => ({
      ...cell,
      metadata: {},
      ...(outputs && { outputs: joined(outputs) }),
    })),
  };
}

/** Pieces of one stream as one. */
function joined(outputs: readonly Output[]): Output[] {
  const result: Output[] = [];
  for (const output of outputs) {
    const last = result.at(-1);
    if (last?.name !== undefined && last.name === output.name)
      result[result.length - 1] = { ...last, text: linesOf(textOf(last.text) + textOf(output.text)) };
    else result.push(output);
  }
  return result;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
