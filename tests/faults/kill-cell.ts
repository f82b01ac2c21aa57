import { setTimeout as sleep } from 'node:timers/promises';
import { draw } from '../provider/draw.ts';
import { type Call, credentialOf, monotonicMs, startProvider } from '../provider/provider.ts';
import { createDatabase, readStored, type StoreKind } from './database.ts';
import { JobsApi } from './jobs-api.ts';
import { countKill, inFlight, type KillCount } from './kill-count.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { behaviours, inputs, keyOf, keyVariable, models, work } from './work.ts';

/** The moments at which a server is killed. */
export const killPoints = ['idle', 'dispatch', 'in flight', 'save', 'evaluation', 'stop', 'resume'] as const;
export type KillPoint = (typeof killPoints)[number];

export interface KillCell {
  readonly point: KillPoint;
  readonly store: StoreKind;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly kills: number;
}

export interface Kill extends KillCount {
  /** From the restart, or where another server is there from the kill, to the first new call of what was in flight. */
  readonly recoveryMs: number | null;
  /** Of the processor, that the new process used until it was ready; `null` where another server is there. */
  readonly startCpuMs: number | null;
  /** From the signal until the process was gone. */
  readonly exitMs: number;
}

const examples = 16;
const concurrency = 4;
const latencyMs = [40, 120] as const;

/**
 * Kills the server that works on a job, again and again, each time on a new job. On SQLite it is then started again; on
 * PostgreSQL there is another one, which has to go on by itself.
 */
export async function runKillCell({ point, store, signal, kills }: KillCell): Promise<readonly Kill[]> {
  await using database = await createDatabase(store);
  await using provider = await startProvider({ models: behaviours(latencyMs) });
  // Each server has a key of its own, so that the provider's log tells who called.
  const start = (place: number, port?: number): Promise<ServerProcess> =>
    startServerProcess({ store: database.url, port, env: { [keyVariable]: keyOfServer(place) } });
  const servers = await Promise.all((store === 'SQLite' ? [0] : [0, 1]).map((place) => start(place)));
  const results: Kill[] = [];
  try {
    const datasetId = await new JobsApi(servers[0]!.url).upload('faults', inputs(examples));
    for (let kill = 0; kill < kills; kill += 1) results.push(await once(kill, datasetId));
    return results;
  } finally {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')));
  }

  async function once(kill: number, datasetId: string): Promise<Kill> {
    const tag = `kill-${kill}`;
    const calls = (): readonly Call[] => provider.calls().filter(({ prompt }) => prompt.includes(`${tag}: `));
    // On a machine that is busy the moment may have passed before it is seen: then what there is at the end is struck.
    const until = (condition: (calls: readonly Call[]) => boolean): Promise<unknown> =>
      provider.until(() => condition(calls()) || answered(calls()).length === 2 * examples);
    const api = new JobsApi(servers[kill % servers.length]!.url);
    const id = await api.start(datasetId, work({ provider, tag, concurrency }));
    const watchers = await Promise.all(servers.map(({ url }) => new JobsApi(url).watch(id)));
    // Somewhere in the job, not always at its beginning.
    const some = 1 + Math.floor(draw('some', point, kill) * examples);
    const moment = draw('moment', point, kill) * 20;
    let isStopped = false;

    switch (point) {
      case 'idle':
        await api.until(id, ['COMPLETED']);
        break;
      case 'dispatch':
        await until((all) => ofTask(all).length >= some);
        break;
      case 'in flight':
        await until((all) => answered(all).length >= some && open(all).length >= concurrency);
        break;
      case 'save':
        await until((all) => answered(all).length >= some);
        break;
      case 'evaluation':
        await until((all) => all.filter(({ model }) => model === models.judge).length >= some);
        break;
      case 'stop':
        await until((all) => answered(all).length >= 2 + some / 2);
        void api.stop(id).then(
          () => (isStopped = true),
          () => {},
        );
        await sleep(moment);
        break;
      case 'resume':
        await until((all) => answered(all).length >= 2 + some / 2);
        await api.stop(id);
        void api.resume(id).catch(() => {});
        await sleep(moment);
        break;
    }

    const victim = victimOf(calls());
    const { port } = servers[victim]!;
    const stoppedAtKill = isStopped;
    const exitMs = await servers[victim]!.kill(signal);
    const killedAtMs = monotonicMs();
    // Only now: what another server has saved meanwhile is seen, and read below.
    const acknowledged = new Set(watchers.flatMap((saved) => [...saved]));
    const atKill = await readStored(database, id);
    // After the reading: another server goes on calling and saving meanwhile.
    const before = [...calls()];
    const wanted = new Set(inFlight(before, atKill));

    const restarting = start(victim, port);
    let begunAtMs = killedAtMs;
    let startCpuMs: number | null = null;
    if (servers.length === 1) {
      servers[victim] = await restarting;
      begunAtMs = servers[victim].spawnedAtMs;
      startCpuMs = servers[victim].cpuMs();
    }
    const survivor = new JobsApi(servers[(victim + 1) % servers.length]!.url);
    const job = await survivor.job(id);
    if (stoppedAtKill && job.status !== 'STOPPED') throw new Error(`A job whose stop was answered is ${job.status}`);
    if (job.status === 'STOPPED') await survivor.resume(id);
    await survivor.until(id, ['COMPLETED']);
    servers[victim] = await restarting;

    const after = calls().slice(before.length);
    const again = after.find((call) => wanted.size === 0 || wanted.has(keyOf(call)));
    return {
      ...countKill({
        examples,
        acknowledged,
        atKill,
        atEnd: await readStored(database, id),
        before,
        after,
      }),
      recoveryMs: again ? again.atMs - begunAtMs : null,
      startCpuMs,
      exitMs,
    };
  }

  /** Whoever made the last call. */
  function victimOf(calls: readonly Call[]): number {
    const last = calls.at(-1)?.credential;
    return Math.max(
      0,
      servers.findIndex((_, place) => credentialOf(keyOfServer(place)) === last),
    );
  }
}

function keyOfServer(place: number): string {
  return `key-${place}`;
}

function ofTask(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ model }) => model === models.task);
}

function open(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ outcome }) => outcome === null);
}

function answered(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ outcome }) => outcome === 'answered');
}
