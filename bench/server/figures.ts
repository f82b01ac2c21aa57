/*
 * Our server and a real Phoenix, one after the other, by the same requests:
 *
 *   [ASSAY_PYTHON=.venv/bin/python] node bench/server/figures.ts [runs] [Phoenix's runs]
 *
 * Without ASSAY_PYTHON, whose environment must have `arize-phoenix`, ours alone. Phoenix gets fewer runs, since it takes
 * minutes to save them. Build the packages first.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Load, makeExperiment, perSecond, runBody } from './load.ts';
import { startOurs, startPhoenix } from './subject.ts';
import type { Subject } from './subject.ts';

const count = Number(process.argv[2] ?? 10_000);
const rivalCount = Number(process.argv[3] ?? Math.min(count, 2_000));
const connections = 16;

const packageRequire = createRequire(new URL('../../packages/server/package.json', import.meta.url));
const load = (name: string): Promise<unknown> => import(pathToFileURL(packageRequire.resolve(name)).href);
const { createClient } = (await load('@arizeai/phoenix-client')) as { createClient(options: object): object };
const { runExperiment } = (await load('@arizeai/phoenix-client/experiments')) as {
  runExperiment(options: object): Promise<unknown>;
};

async function measure(subject: Subject, runs: number): Promise<Record<string, number | null>> {
  const idleMb = await settledMemory(subject);
  const http = new Load(subject.url, connections);
  const { id, nodeIds } = await makeExperiment(http, runs);
  const health = await watchHealth(subject.url);
  const writes = await perSecond(runs, connections, (index) =>
    http.send('POST', `/v1/experiments/${id}/runs`, runBody(nodeIds[index]!)),
  );
  const healthP99 = await health.stop();
  const listed = await http.json<{ data: unknown[] }>('GET', `/v1/experiments/${id}/runs`);
  if (listed.data.length !== runs) throw new Error(`Expected ${runs} runs, got ${listed.data.length}`);
  const readMs = await medianMs(5, () => http.send('GET', `/v1/experiments/${id}/runs`));
  const bulk = subject.name === 'Phoenix' ? null : await bulkRate(http);
  const official = await officialRate(subject.url, http);
  http.close();
  return {
    'start to ready, ms': subject.readyMs,
    'idle memory, MB': idleMb,
    'single run writes/s': writes,
    'health p99 meanwhile, ms': healthP99,
    'bulk rows/s': bulk,
    'read all runs, ms per 1,000': (readMs * 1_000) / runs,
    'official TypeScript client, runs/s': official,
    'most memory, MB': subject.peakMb(),
  };
}

async function settledMemory(subject: Subject): Promise<number> {
  await sleep(2_000);
  return subject.memoryMb();
}

async function bulkRate(http: Load): Promise<number> {
  const rows = 20_000;
  const { id, nodeIds } = await makeExperiment(http, rows);
  const size = 1_000;
  const bodies = Array.from({ length: rows / size }, (_, page) => ({
    runs: nodeIds.slice(page * size, (page + 1) * size).map(runBody),
  }));
  return (
    size *
    (await perSecond(bodies.length, 4, (index) => http.send('POST', `/v1/experiments/${id}/runs/bulk`, bodies[index])))
  );
}

/** The median of three, after one that does not count: the client's own code is slow at first, whoever answers. */
async function officialRate(url: string, http: Load): Promise<number> {
  const examples = 300;
  const client = createClient({ options: { baseUrl: url } });
  const quiet = Object.fromEntries(
    ['debug', 'info', 'log', 'table', 'warn', 'error'].map((level) => [level, () => {}]),
  );
  const run = async () => {
    const { datasetId } = await makeExperiment(http, examples);
    const startedAt = performance.now();
    await runExperiment({
      client,
      dataset: { datasetId },
      task: () => 'yes',
      logger: quiet,
      concurrency: 10,
      setGlobalTracerProvider: false,
    });
    return performance.now() - startedAt;
  };
  await run();
  return examples / (median([await run(), await run(), await run()]) / 1000);
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now();
    await work();
    taken.push(performance.now() - startedAt);
  }
  return median(taken);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Asks for health until it is stopped. */
async function watchHealth(url: string): Promise<{ stop(): Promise<number> }> {
  const worker = new Worker(new URL('./health.ts', import.meta.url), { workerData: url });
  await once(worker, 'online');
  return {
    stop: async () => {
      worker.postMessage('stop');
      const [taken] = (await once(worker, 'message')) as [number[]];
      return taken.sort((a, b) => a - b)[Math.floor(taken.length * 0.99)]!;
    },
  };
}

const results: Record<string, Record<string, string>> = {};
for (const [start, runs] of [
  [startOurs, count],
  [startPhoenix, rivalCount],
] as const) {
  const subject = await start();
  if (!subject) continue;
  try {
    for (const [name, value] of Object.entries(await measure(subject, runs)))
      (results[name] ??= {})[subject.name] =
        value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: 1 });
  } finally {
    await subject.stop();
  }
}
console.table(results);
process.exit(0);
