// Installs and builds what is missing, then runs a script with the repository's own Node. It must run on a fresh machine
// with Node 20 and npm, so it imports nothing that has to be installed first.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const binaries = path.join(root, 'node_modules', '.bin');
const [script, ...options] = process.argv.slice(2);

if (!isInstalled()) {
  console.error('Installing (about a minute on a fresh machine) …');
  run('npx', ['-y', 'pnpm@12.21.0', 'install', '--frozen-lockfile', '--reporter=append-only'], { quiet: true });
}
if (!existsSync(path.join(root, 'packages', 'core', 'dist'))) console.error('Building …');
// What has not changed since it was built last is not built again.
run('turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true });
// Ctrl-C goes to the script, which decides how it ends; this waits for it.
process.on('SIGINT', () => {});
process.exitCode = run('node', [path.join(root, script), ...options], { mayFail: true });

/** pnpm keeps a copy of the lockfile that it installed from. */
function isInstalled() {
  const installed = path.join(root, 'node_modules', '.pnpm', 'lock.yaml');
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(path.join(root, 'pnpm-lock.yaml')));
}

function run(command, args, { quiet = false, mayFail = false } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    // Output of a step that only prepares is shown when it fails.
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: {
      ...process.env,
      PATH: `${binaries}${path.delimiter}${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: '1',
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
