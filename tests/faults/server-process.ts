import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../provider/provider.ts';

const assay = path.join(import.meta.dirname, '../../packages/cli/bin/assay.js');

export interface ServerProcessOptions {
  /** A URL for `openStore`. */
  readonly store: string;
  /** Default: a free one. */
  readonly port?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The registered tasks and evaluators. */
  readonly tasks?: string | undefined;
}

/** A test that fails half-way must leave none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Of Linux, in `/proc`. */
const msPerTick = 10;

/** An `assay serve` that can be killed. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** When its process was started, by `monotonicMs`. */
  readonly spawnedAtMs: number;
  /** What it has written to its standard error. */
  log(): string;
  /** Of the processor that it has used so far. */
  cpuMs(): number;
  /** Of the process, in MiB: now, and the most so far. */
  memoryMb(): { readonly now: number; readonly peak: number };
  /** Stops its clockwork where it is, connections and all, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Resolves once it is gone, with how long that took. */
  kill(signal: NodeJS.Signals): Promise<number>;
}

/** Starts `assay serve`, and resolves once it is ready. */
export async function startServerProcess(
  options: ServerProcessOptions,
): Promise<ServerProcess & { readonly readyMs: number }> {
  const server = await spawnServer(options);
  const deadline = performance.now() + 30_000;
  while (!(await isReady(server.url))) {
    if (server.child.exitCode !== null || performance.now() > deadline)
      throw new Error(`The server did not become ready (exit code ${server.child.exitCode}):\n${server.log()}`);
    await sleep(5);
  }
  return { ...server, readyMs: monotonicMs() - server.spawnedAtMs };
}

/** Starts `assay serve` that is expected to end by itself. @returns Its exit code, what it wrote, and how long it took. */
export async function startRefusedServer(
  options: ServerProcessOptions,
): Promise<{ code: number | null; log: string; ms: number }> {
  const server = await spawnServer(options);
  if (server.child.exitCode === null) await once(server.child, 'close');
  return { code: server.child.exitCode, log: server.log(), ms: monotonicMs() - server.spawnedAtMs };
}

async function spawnServer(options: ServerProcessOptions): Promise<ServerProcess & { readonly child: ChildProcess }> {
  const port = options.port ?? (await freePort());
  const spawnedAtMs = monotonicMs();
  const child = spawn(
    process.execPath,
    [assay, 'serve', '--port', String(port), ...(options.tasks === undefined ? [] : ['--tasks', options.tasks])],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ASSAY_STORE: options.store, ...options.env } },
  );
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  return {
    child,
    port,
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    spawnedAtMs,
    log: () => lines.join(''),
    cpuMs: () => {
      const [, user, system] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))!;
      return (Number(user) + Number(system)) * msPerTick;
    },
    memoryMb: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
      return { now: read('VmRSS'), peak: read('VmHWM') };
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: async (signal) => {
      const askedAtMs = monotonicMs();
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close');
        child.kill(signal);
        await closed;
      }
      return monotonicMs() - askedAtMs;
    },
  };
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}
