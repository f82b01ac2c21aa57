/**
 * Opens `notebooks/` in JupyterLab with the TypeScript kernel of this repository, at the tutorial. Without a display it prints
 * the address instead. Options are JupyterLab's own:
 *
 *   npm run notebook -- --no-browser --port=9000
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { preparePython, PythonProblem } from './python-environment.ts';

const tutorial = '1-tutorial.ipynb';
const root = path.dirname(import.meta.dirname);
const notebooks = path.join(root, 'notebooks');
const environment = path.join(root, '.venv-notebook');
const options = process.argv.slice(2);

try {
  const programs = preparePython(
    environment,
    path.join(notebooks, 'requirements.txt'),
    process.env['ASSAY_PYTHON'] || 'python3',
  );
  trustNotebooks(programs);
  process.exitCode = await serve(programs);
} catch (error) {
  if (!(error instanceof PythonProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Until a notebook is trusted, JupyterLab takes style and sorting out of the outputs that it came with. These come with the code. */
function trustNotebooks(programs: string): void {
  const files = readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'));
  spawnSync(path.join(programs, 'jupyter-trust'), files, { cwd: notebooks });
}

/** Runs JupyterLab until it ends or is interrupted. Resolves to the exit code. */
async function serve(programs: string): Promise<number> {
  const runtime = mkdtempSync(path.join(tmpdir(), 'assay-notebook-'));
  const jupyter = spawn(path.join(programs, 'jupyter-lab'), labOptions(), {
    // A group of its own, so that Ctrl-C comes to us: JupyterLab would stop to ask whether it is meant.
    detached: true,
    stdio: ['ignore', 'inherit', 'pipe'],
    env: {
      ...process.env,
      PATH: `${programs}${path.delimiter}${process.env['PATH']}`,
      JUPYTER_PATH: before('JUPYTER_PATH'),
      JUPYTER_CONFIG_PATH: before('JUPYTER_CONFIG_PATH'),
      JUPYTER_RUNTIME_DIR: runtime,
    },
  });
  const end = (): void => {
    jupyter.stderr.removeAllListeners('data').resume();
    jupyter.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  const ended = once(jupyter, 'close');

  // What it says before it listens is a page of banners; it is shown when it never does.
  const banners: Buffer[] = [];
  let address: string | undefined;
  jupyter.stderr.on('data', (chunk: Buffer) => {
    if (address === undefined) banners.push(chunk);
    else if (!chunk.includes('To access the server')) process.stderr.write(chunk);
  });
  while (address === undefined && jupyter.exitCode === null && jupyter.signalCode === null) {
    await sleep(100);
    address = addressIn(runtime);
  }
  if (address === undefined) process.stderr.write(Buffer.concat(banners));
  else console.log(`\n  ${address}\n\nCtrl-C ends it.`);

  await ended;
  rmSync(runtime, { recursive: true, force: true });
  return jupyter.exitCode ?? 0;
}

/** The repository's folder of kernels and settings, before what the variable lists. */
function before(variable: string): string {
  return [path.join(root, '.jupyter'), process.env[variable]].filter(Boolean).join(path.delimiter);
}

function labOptions(): string[] {
  return [
    path.join(notebooks, tutorial),
    `--ServerApp.root_dir=${notebooks}`,
    '--log-level=WARN',
    ...(hasDisplay() ? [] : ['--no-browser']),
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
    ...options,
  ];
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** Where the server that keeps its files in `runtime` listens, with its token, at the tutorial; nothing before it does. */
function addressIn(runtime: string): string | undefined {
  const file = readdirSync(runtime).find((name) => /^jpserver-\d+\.json$/.test(name));
  const text = file === undefined ? '' : readFileSync(path.join(runtime, file), 'utf8');
  if (!text.endsWith('}')) return undefined;
  const { url, token } = JSON.parse(text) as { readonly url: string; readonly token: string };
  return `${url}lab/tree/${tutorial}?token=${token}`;
}
