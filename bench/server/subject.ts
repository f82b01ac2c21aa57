import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that is measured. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** From the start of its process until it answers, in milliseconds. */
  readonly readyMs: number;
  /** Of its process alone, in MB. */
  memoryMb(): number;
  /** The most that it has taken so far, in MB. */
  peakMb(): number;
  /** The most that a child of its process that lives now has taken so far, in MB; 0 without one. */
  childPeakMb(): number;
  stop(): Promise<void>;
}

/** Those that `assay serve` begins with. */
const flags = ['--max-semi-space-size=8'];

/** Starts our server on a new SQLite file. */
export async function startOurs(): Promise<Subject> {
  return start('Assay', (folder, port) =>
    spawn(
      process.execPath,
      [...flags, join(import.meta.dirname, 'serve.mjs'), `file:${folder}/runs.db`, String(port)],
      {
        stdio: 'ignore',
      },
    ),
  );
}

/** Starts a real Phoenix on a new SQLite file, from the environment of `ASSAY_PYTHON`; `null` without one. */
export async function startPhoenix(): Promise<Subject | null> {
  const python = process.env['ASSAY_PYTHON'];
  if (!python) return null;
  const grpcPort = await freePort();
  return start('Phoenix', (folder, port) =>
    spawn(join(dirname(python), 'phoenix'), ['serve'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        PHOENIX_WORKING_DIR: folder,
        PHOENIX_HOST: '127.0.0.1',
        PHOENIX_PORT: String(port),
        PHOENIX_GRPC_PORT: String(grpcPort),
        PHOENIX_TELEMETRY_ENABLED: 'false',
      },
    }),
  );
}

async function start(name: string, spawned: (folder: string, port: number) => ChildProcess): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawned(folder, port);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (
      await fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (performance.now() - startedAt > 120_000) throw new Error(`${name} was not ready after two minutes`);
    await sleep(10);
  }
  const readyMs = performance.now() - startedAt;
  const pid = child.pid!;
  return {
    name,
    url,
    readyMs,
    memoryMb: () => megabytes(pid, 'VmRSS'),
    peakMb: () => megabytes(pid, 'VmHWM'),
    childPeakMb: () => Math.max(0, ...childrenOf(pid).map((one) => megabytes(one, 'VmHWM'))),
    stop: async () => {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** 0 for a process that has just ended. */
function megabytes(pid: number | string, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
