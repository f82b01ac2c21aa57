import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { AssayError, messageOf } from '@assay/core/errors';
import { starterNotebook } from './starter.ts';

/** What `initProject` did. */
export interface Prepared {
  readonly folder: string;
  readonly written: readonly string[];
  /** Files that were there before, and are left as they are. */
  readonly kept: readonly string[];
  /** Packages of the starter notebook that the project lacks, with their versions where one matters. */
  readonly missing: readonly string[];
}

/**
 * Adds the kernel and a starter notebook to a project. A second time it changes nothing.
 *
 * @param options - `forUser`: the kernel goes to the Jupyter folder of the user, and leads to this project.
 * @throws AssayError `not-found` where the folder is no project, `unavailable` when it cannot be written.
 */
export function initProject(folder: string, { forUser = false }: { readonly forUser?: boolean } = {}): Prepared {
  if (!existsSync(path.join(folder, 'package.json')))
    throw new AssayError(
      'not-found',
      `Expected a project in ${folder}: there is no package.json. Make one by \`npm init -y\`, and start again`,
    );
  const kernels = forUser ? path.join(jupyterFolder(), 'kernels') : path.join(folder, '.jupyter', 'kernels');
  const kernel = path.join(kernels, 'tslab', 'kernel.json');
  const starter = path.join(folder, 'starter.ipynb');
  const isKept = existsSync(starter);

  write(kernel, kernelspec(forUser ? folder : '{resource_dir}/../../..'));
  if (!isKept) write(starter, starterNotebook);
  return {
    folder,
    written: [kernel, ...(isKept ? [] : [starter])].map((file) => shownPath(folder, file)),
    kept: isKept ? ['starter.ipynb'] : [],
    missing: needed.filter((name) => !isInstalled(folder, name.replace(/(?<=.)@.*/, ''))),
  };
}

/** tslab checks the types of cells by the project's `@types/node`; without it not even `console` is known. */
const needed = ['@assay/core', '@assay/frames', '@assay/notebook', '@assay/store', 'tslab@1', '@types/node@22'];

/** How the package manager of the project adds packages. */
export function installCommand(folder: string, packages: readonly string[]): string {
  const lockfiles = { 'pnpm-lock.yaml': 'pnpm add -D', 'yarn.lock': 'yarn add -D', 'bun.lock': 'bun add -d' };
  const [, command = 'npm install -D'] =
    Object.entries(lockfiles).find(([file]) =>
      foldersUp(folder).some((parent) => existsSync(path.join(parent, file))),
    ) ?? [];
  return `${command} ${packages.join(' ')}`;
}

/** Starts the project's own tslab. `{resource_dir}` is where the kernel.json lies, so that the project may be moved. */
function kernelspec(project: string): unknown {
  const program = process.platform === 'win32' ? 'tslab.cmd' : 'tslab';
  return {
    argv: [`${project}/node_modules/.bin/${program}`, 'kernel', '--config-path', '{connection_file}'],
    display_name: 'TypeScript (tslab)',
    language: 'typescript',
  };
}

/** Where Jupyter looks for what belongs to the user, by its own rules. */
function jupyterFolder(): string {
  const given = process.env['JUPYTER_DATA_DIR'];
  if (given !== undefined && given !== '') return given;
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return path.join(process.env['APPDATA'] ?? homedir(), 'jupyter');
  return path.join(process.env['XDG_DATA_HOME'] || path.join(homedir(), '.local', 'share'), 'jupyter');
}

function isInstalled(folder: string, name: string): boolean {
  return foldersUp(folder).some((parent) => existsSync(path.join(parent, 'node_modules', name, 'package.json')));
}

function foldersUp(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUp(parent)];
}

function write(file: string, content: unknown): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
  } catch (error) {
    throw new AssayError('unavailable', `Could not write ${file}: ${messageOf(error)}`, { cause: error });
  }
}

function shownPath(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return relative.startsWith('..') ? file : relative;
}
