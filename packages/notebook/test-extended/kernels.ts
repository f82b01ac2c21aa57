import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../../..');
const notebookModules = path.join(root, 'packages', 'notebook', 'node_modules');

export type KernelName = 'tslab' | 'deno';

/** One output of a cell, as the notebook file keeps it. */
export interface CellOutput {
  readonly output_type: 'display_data' | 'execute_result' | 'stream' | 'error';
  readonly data?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly text?: string;
}

/** A user's project with the packages as they were built, and both kernels. */
export interface Project {
  readonly folder: string;
  /**
   * Runs the cells in a fresh kernel, and gives the outputs of each. Rejects when a cell fails.
   *
   * Deno 2.9 loses the last of what a cell gives now and then, of values that are none of ours too: a cell that is not whole is
   * taken from another turn, of four at most.
   */
  execute(
    kernel: KernelName,
    cells: readonly string[],
    isWhole?: (cell: number, outputs: readonly CellOutput[]) => boolean,
  ): Promise<readonly (readonly CellOutput[])[]>;
  /** Runs a Python program with jupyter_client, and gives what it printed as JSON. */
  python(program: string, args: readonly string[]): Promise<unknown>;
  remove(): void;
}

export function createProject(): Project {
  const python = process.env['ASSAY_PYTHON'];
  if (python === undefined) throw new Error('Expected ASSAY_PYTHON to name a Python with nbclient, got nothing');
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-notebook-'));
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'a-users-project', private: true, type: 'module' }),
  );
  const modules = path.join(folder, 'node_modules');
  mkdirSync(path.join(modules, '@assay'), { recursive: true });
  mkdirSync(path.join(modules, '@types'));
  for (const name of ['core', 'frames', 'notebook', 'store'])
    symlinkSync(path.join(root, 'packages', name), path.join(modules, '@assay', name));
  symlinkSync(path.join(root, 'node_modules', '@types', 'node'), path.join(modules, '@types', 'node'));
  symlinkSync(path.join(notebookModules, 'arquero'), path.join(modules, 'arquero'));
  const jupyterPath = path.join(folder, 'jupyter');
  const binary = (name: string): string => path.join(root, 'node_modules', '.bin', name);
  addKernel(jupyterPath, 'tslab', [binary('tslab'), 'kernel', '--config-path', '{connection_file}']);
  addKernel(jupyterPath, 'deno', [
    path.join(notebookModules, '.bin', 'deno'),
    'jupyter',
    '--kernel',
    '--conn',
    '{connection_file}',
  ]);
  const run = async (command: string, args: readonly string[]): Promise<string> => {
    const options = {
      cwd: folder,
      env: { ...process.env, JUPYTER_PATH: jupyterPath, NO_COLOR: '1' },
      maxBuffer: 2 ** 27,
    };
    return (await promisify(execFile)(command, [...args], options)).stdout;
  };
  const turn = async (kernel: KernelName, cells: readonly string[]): Promise<readonly (readonly CellOutput[])[]> => {
    const file = path.join(folder, `${kernel}.ipynb`);
    writeFileSync(file, JSON.stringify(notebookOf(kernel, cells)));
    await run(path.join(path.dirname(python), 'jupyter'), ['execute', '--inplace', '--startup_timeout=120', file]);
    return outputsOf(readFileSync(file, 'utf8'));
  };
  return {
    folder,
    execute: async (kernel, cells, isWhole = () => true) => {
      const isLost = (ofCell: readonly CellOutput[], cell: number): boolean => !isWhole(cell, ofCell);
      let executed = await turn(kernel, cells);
      const turnsLeft = kernel === 'deno' ? 3 : 0;
      for (let again = 0; again < turnsLeft && executed.some(isLost); again += 1) {
        const next = await turn(kernel, cells);
        executed = executed.map((ofCell, cell) => (isLost(ofCell, cell) ? next[cell]! : ofCell));
      }
      return executed;
    },
    python: async (program, args) =>
      JSON.parse(await run(python, [path.join(import.meta.dirname, program), ...args])) as unknown,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function addKernel(jupyterPath: string, name: KernelName, argv: readonly string[]): void {
  const folder = path.join(jupyterPath, 'kernels', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'kernel.json'), JSON.stringify({ argv, display_name: name, language: 'typescript' }));
}

function notebookOf(kernel: KernelName, sources: readonly string[]): unknown {
  return {
    cells: sources.map((source, index) => ({
      cell_type: 'code',
      id: `c${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: { kernelspec: { display_name: kernel, language: 'typescript', name: kernel } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

interface SavedOutput {
  readonly output_type: CellOutput['output_type'];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly name?: string;
  readonly text?: string | readonly string[];
}

/** Notebook files keep texts as lists of lines. */
function outputsOf(notebook: string): readonly (readonly CellOutput[])[] {
  const { cells } = JSON.parse(notebook) as { readonly cells: readonly { readonly outputs: readonly SavedOutput[] }[] };
  return cells.map(({ outputs }) =>
    outputs.map(({ data, text, ...output }) => ({
      ...output,
      ...(data === undefined
        ? {}
        : { data: Object.fromEntries(Object.entries(data).map(([type, lines]) => [type, [lines].flat().join('')])) }),
      ...(text === undefined ? {} : { text: [text].flat().join('') }),
    })),
  );
}
