/*
 * Starts a real Phoenix on a free port, in a folder of its own, and runs a command with ASSAY_PHOENIX_URL set to it:
 *
 *   ASSAY_PYTHON=.venv/bin/python node packages/client/test-extended/with-phoenix.ts COMMAND [ARGUMENT]…
 *
 * The environment of ASSAY_PYTHON must have `arize-phoenix`. Ends with the exit code of the command.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [command, ...parameters] = process.argv.slice(2);
const python = process.env['ASSAY_PYTHON'];
if (command === undefined || python === undefined) throw new Error('Expected ASSAY_PYTHON to be set, and a command');

const folder = await mkdtemp(join(tmpdir(), 'assay-phoenix-'));
const log = join(folder, 'phoenix.log');
const port = await freePort();
const phoenix = spawn(join(dirname(python), 'phoenix'), ['serve'], {
  env: {
    ...process.env,
    PHOENIX_WORKING_DIR: folder,
    PHOENIX_HOST: '127.0.0.1',
    PHOENIX_PORT: String(port),
    PHOENIX_GRPC_PORT: String(await freePort()),
    PHOENIX_TELEMETRY_ENABLED: 'false',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const output = createWriteStream(log);
phoenix.stdout.pipe(output, { end: false });
phoenix.stderr.pipe(output, { end: false });

try {
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, phoenix);
  const run = spawn(command, parameters, { stdio: 'inherit', env: { ...process.env, ASSAY_PHOENIX_URL: url } });
  const [code] = (await once(run, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  const ended = phoenix.exitCode === null ? once(phoenix, 'exit') : undefined;
  phoenix.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
}

/** @throws when Phoenix ends, or is not there after two minutes, with what it said. */
async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let second = 0; second < 120; second += 1) {
    if (server.exitCode !== null) break;
    if (
      await fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(1000);
  }
  throw new Error(`Phoenix did not start: ${(await readFile(log, 'utf8')).slice(-2000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}
