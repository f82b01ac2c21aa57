/**
 * A million runs outstanding, in 100 experiments: the memory of the server, and how soon a job calls.
 *
 *   node bench/jobs/million.bench.ts [examples] [experiments]
 */
import { createDatabase } from '../../tests/faults/database.ts';
import { JobsApi } from '../../tests/faults/jobs-api.ts';
import { quantile } from '../../tests/faults/report.ts';
import { startServerProcess } from '../../tests/faults/server-process.ts';
import { inputs, keyVariable, work } from '../../tests/faults/work.ts';
import { monotonicMs, type Provider, startProvider } from '../../tests/provider/provider.ts';
import { printTable } from '../table.ts';

const examples = Number(process.argv[2] ?? 10_000);
const experiments = Number(process.argv[3] ?? 100);
const env = { [keyVariable]: 'key' };

await using database = await createDatabase('SQLite');
await using provider = await startProvider({ behaviour: { latencyMs: 2_000 } });
const first = await startServerProcess({ store: database.url, env });
const api = new JobsApi(first.url);
const datasetId = await api.upload('million', inputs(examples));

const startedMs: number[] = [];
const createdMs: number[] = [];
for (let place = 0; place < experiments; place += 1) {
  const tag = `million-${place}`;
  const askedAtMs = monotonicMs();
  await api.start(datasetId, work({ provider, tag, concurrency: 1, judged: false }));
  createdMs.push(monotonicMs() - askedAtMs);
  startedMs.push((await firstCall(provider, tag)) - askedAtMs);
}
const whenAllRan = first.memoryMb();
await first.kill('SIGKILL');

const second = await startServerProcess({ store: database.url, env });
const call = (await provider.until((calls) => calls.at(-1)!.atMs > second.spawnedAtMs)).find(
  ({ atMs }) => atMs > second.spawnedAtMs,
)!;
const seen = provider.calls().length;
await provider.until((calls) => tagsOf(calls.slice(seen)).size === experiments, 60_000);
const afterRestart = second.memoryMb();
await second.kill('SIGKILL');

printTable(`${(examples * experiments).toLocaleString('en')} runs outstanding in ${experiments} experiments, SQLite`, [
  { what: 'from the request that starts a job to its answer, ms: median', value: Math.round(quantile(createdMs, 0.5)) },
  { what: 'p99', value: Math.round(quantile(createdMs, 0.99)) },
  { what: 'to the first call, ms: median', value: Math.round(quantile(startedMs, 0.5)) },
  { what: 'p99', value: Math.round(quantile(startedMs, 0.99)) },
  { what: 'memory of the server when all run, MiB: now', value: Math.round(whenAllRan.now) },
  { what: 'peak', value: Math.round(whenAllRan.peak) },
  { what: 'killed and started again: until the first call, ms', value: Math.round(call.atMs - second.spawnedAtMs) },
  { what: 'memory when all run again, MiB: now', value: Math.round(afterRestart.now) },
  { what: 'peak', value: Math.round(afterRestart.peak) },
]);

/** When the first call of a job came, by `monotonicMs`. */
async function firstCall(from: Provider, tag: string): Promise<number> {
  const ofTag = (prompt: string): boolean => prompt.startsWith(`${tag}:`);
  const calls = await from.until((all) => all.some(({ prompt }) => ofTag(prompt)));
  return calls.find(({ prompt }) => ofTag(prompt))!.atMs;
}

function tagsOf(calls: readonly { readonly prompt: string }[]): Set<string> {
  return new Set(calls.map(({ prompt }) => prompt.split(':')[0]!));
}
