/**
 * A PostgreSQL of our own for as long as a test, a benchmark or a fault lasts: a fresh cluster in a temporary folder, on a
 * free port of loopback, with `fsync` on. It is stopped, killed, paused and started again as a whole.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PostgresCluster {
  /** Of the database `postgres`, as its owner. Add `?schema=…` for a store of one's own. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection and stops; `immediate` is a crash, after which it recovers from its log. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  /** Starts what was stopped. Resolves once it takes connections. */
  start(): Promise<void>;
  /** Freezes all of its processes: connections stay open, and nothing answers. */
  pause(): void;
  resume(): void;
  /** What SQL answers, as psql writes it: a line for each row, without headings. */
  query(sql: string): string;
  /** Stops it and takes everything away. */
  close(): Promise<void>;
}

/** None outlives this process, however it ends. */
const started = new Set<ChildProcess>();
process.on('exit', () => started.forEach((child) => child.kill('SIGQUIT')));

/** The folder of PostgreSQL's programs, newest release first; `null` when this machine has none. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const releases = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [...releases.map((release) => path.join(debian, release, 'bin')), ...pathFolders()];
  return folders.find((folder) => existsSync(path.join(folder, 'initdb'))) ?? null;
}

/**
 * Makes a cluster and starts it.
 *
 * @param settings - Of `postgresql.conf`, by name.
 */
export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<PostgresCluster> {
  const programs = postgresPrograms();
  if (programs === null)
    throw new Error('Could not start PostgreSQL: this machine has none. Install the package postgresql');
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-postgres-'));
  const owner = unprivileged();
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!);
  const data = path.join(folder, 'data');
  const init = ['-D', data, '--username=assay', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  // Not in our own folder: the owner may have no right to it.
  execFileSync(path.join(programs, 'initdb'), init, { ...owner, cwd: folder, stdio: 'pipe' });

  const port = await freePort();
  const options = Object.entries({
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: folder,
    ...settings,
  });
  let running: ChildProcess | null = null;

  async function start(): Promise<void> {
    const args = ['-D', data, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawn(path.join(programs!, 'postgres'), args, {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running = child;
    started.add(child);
    child.once('exit', () => started.delete(child));
    let log = '';
    child.stderr.on('data', (text) => (log = `${log}${text}`.slice(-4_000)));
    const ready = path.join(data, 'postmaster.pid');
    for (let tries = 0; !isReady(ready) || !(await answers(port)); tries++) {
      if (child.exitCode !== null || tries > 600) throw new Error(`PostgreSQL did not start:\n${log}`);
      await sleep(50);
    }
  }

  async function stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    signalAll(child.pid!, 'SIGCONT');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await exited;
  }

  await start();
  const url = `postgres://assay@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    start,
    stop,
    pause: () => signalAll(running!.pid!, 'SIGSTOP'),
    resume: () => signalAll(running!.pid!, 'SIGCONT'),
    query: (sql) =>
      execFileSync(path.join(programs, 'psql'), [url, '-qtAc', sql], { encoding: 'utf8', stdio: 'pipe' }).trim(),
    close: async () => {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then as its own user, else as nobody. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('Could not start PostgreSQL: it does not run as root, and there is no user postgres');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The postmaster and every process that it has started. */
function signalAll(postmaster: number, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  // The parent first, so that it starts no more.
  for (const pid of [postmaster, ...children.filter(Boolean).map(Number)]) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** The last line of its file says what it is doing. */
function isReady(file: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready';
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function pathFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
}
