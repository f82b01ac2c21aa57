import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Thrown when Python is missing, too old or not whole. The message says what to do. */
export class PythonProblem extends Error {
  override readonly name = 'PythonProblem';
}

/**
 * The programs of a Python environment in `folder` that holds what `requirements` lists. It is made on first use, and again
 * when the list changes.
 *
 * @returns The folder of its programs, such as `jupyter-lab`.
 * @throws PythonProblem when there is no Python to make it from, or an install fails.
 */
export function preparePython(folder: string, requirements: string, python: string): string {
  const programs = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = path.join(folder, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return programs;

  checkPython(python);
  console.error('Making a Python environment with JupyterLab (a minute or two, once) …');
  // What is left of an environment that was never finished would be taken for one.
  rmSync(folder, { recursive: true, force: true });
  run(python, ['-m', 'venv', folder]);
  run(path.join(programs, 'python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements]);
  // JupyterLab has a CommonJS program in it, which would take its kind from the package.json of the repository.
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(stamp, wanted);
  return programs;
}

function checkPython(python: string): void {
  const advice = 'Install Python 3.11 or newer, or name one: ASSAY_PYTHON=/path/to/python npm run notebook';
  const asked = spawnSync(python, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' });
  if (asked.status !== 0)
    throw new PythonProblem(`JupyterLab needs Python, and \`${python}\` could not be started. ${advice}`);

  const [major = 0, minor = 0] = asked.stdout.split(' ').map(Number);
  if (major < 3 || (major === 3 && minor < 11))
    throw new PythonProblem(`Expected Python 3.11 or newer, got ${major}.${minor} (\`${python}\`). ${advice}`);

  // Debian ships Python without the parts that make an environment.
  if (spawnSync(python, ['-c', 'import venv, ensurepip']).status !== 0)
    throw new PythonProblem(
      `\`${python}\` has no venv module. Install it (Debian and Ubuntu: apt install python3-venv), then start again`,
    );
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return;
  const said = error === undefined ? `${stdout}${stderr}`.trim() : error.message;
  throw new PythonProblem(`\`${command} ${args.join(' ')}\` failed:\n${said}`);
}
