// Installs and builds what is missing, then runs a script with the repository's own Node. It must run on a fresh machine
// with Node 20 and npm, so it imports nothing that has to be installed first.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const binaries = path.join(root, 'node_modules', '.bin');
const stamp = path.join(root, 'node_modules', '.assay-built');
const pnpm = ['-y', 'pnpm@12.21.0'];
const [script, ...options] = process.argv.slice(2);

if (!isInstalled()) {
  console.error('Installing (about a minute on a fresh machine) …');
  run('npx', [...pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], { quiet: true });
}
if (!isBuilt()) {
  console.error('Building …');
  run('npx', [...pnpm, '--recursive', '--filter', './packages/*', 'run', 'build'], { quiet: true });
  writeFileSync(stamp, '');
}
// Ctrl-C goes to the script, which decides how it ends; this waits for it.
process.on('SIGINT', () => {});
process.exitCode = run('node', [path.join(root, script), ...options], { mayFail: true });

/** pnpm keeps a copy of the lockfile that it installed from. */
function isInstalled() {
  const installed = path.join(root, 'node_modules', '.pnpm', 'lock.yaml');
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(path.join(root, 'pnpm-lock.yaml')));
}

/** Whether nothing that is built from has changed since the last build. */
function isBuilt() {
  if (!existsSync(stamp)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const packages = readdirSync(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name));
  const sources = [path.join(root, 'tsconfig.base.json'), ...packages.flatMap(sourcesOf)];
  return (
    packages.every((folder) => existsSync(path.join(folder, 'dist'))) &&
    sources.every((file) => statSync(file).mtimeMs < builtAt)
  );
}

function sourcesOf(folder) {
  const src = path.join(folder, 'src');
  // The folders too: their time changes when a file is deleted.
  const files = ['.', ...readdirSync(src, { recursive: true })].map((name) => path.join(src, name));
  return [...files, path.join(folder, 'package.json'), path.join(folder, 'tsconfig.build.json')];
}

function run(command, args, { quiet = false, mayFail = false } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    // Output of a step that only prepares is shown when it fails.
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: {
      ...process.env,
      PATH: `${binaries}${path.delimiter}${process.env.PATH}`,
    },
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 28,
  });
  const code = status ?? (signal === null ? 1 : 128 + signalNumber(signal));
  if (code === 0 || mayFail) return code;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(
    `Could not prepare the workspace: \`${command} ${args.join(' ')}\` ended with ${error ? error.message : code}`,
  );
  process.exit(1);
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal] ?? 9;
}
