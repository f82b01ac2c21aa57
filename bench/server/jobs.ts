/** Background jobs: 200 calls of 1 s at concurrency 10 without a limit, and how soon 100 experiments with a million runs begin. */
import { openStore } from '@assay/store';
import { createServer, type Registered } from '@assay/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printTable } from '../table.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'assay-bench-jobs-'));
const store = await openStore(`file:${path.join(folder, 'jobs.db')}`);
let isCounting = false;
let tellFirstCall: (at: number) => void = () => {};
const firstCall = new Promise<number>((resolve) => (tellFirstCall = resolve));
const registered = {
  tasks: {
    wait: async () => {
      if (isCounting) tellFirstCall(performance.now());
      await sleep(1_000);
      return 1;
    },
  },
} as Registered;

async function experiments(count: number, examples: number, name: string, maxConcurrency: number): Promise<string[]> {
  const drafts = Array.from({ length: examples }, (_, index) => ({ id: `${index}`, input: { index } }));
  const { id, versionId } = await store.saveDataset({ name, examples: drafts });
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const experiment = await store.createExperiment({ datasetId: id, datasetVersionId: versionId, repetitions: 1 });
    await store.jobs.create({
      experimentId: experiment.id,
      runner: 'server',
      spec: { task: { type: 'registered', name: 'wait' }, evaluators: [] },
      evaluatorNames: [],
      maxConcurrency,
      ephemeral: false,
    });
    ids.push(experiment.id);
  }
  return ids;
}

async function waves() {
  const [id] = await experiments(1, 200, 'waves', 10);
  const from = performance.now();
  const server = createServer({ store, registered });
  while ((await store.jobs.get(id!)).status === 'RUNNING') await sleep(20);
  const seconds = (performance.now() - from) / 1_000;
  await server.close();
  return {
    what: '200 calls of 1 s, 10 at once',
    took: `${seconds.toFixed(2)} s`,
    'that is': `${(seconds / 20).toFixed(3)} × ideal`,
  };
}

async function million() {
  const ids = await experiments(100, 10_000, 'million', 10);
  isCounting = true;
  const from = performance.now();
  const server = createServer({ store, registered });
  const first = (await firstCall) - from;
  let most = 0;
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50))
    most = Math.max(most, process.memoryUsage.rss());
  const counts = await Promise.all(ids.map(async (id) => (await store.jobs.get(id)).taskRuns.ok));
  await server.close();
  return {
    what: '1,000,000 runs in 100 experiments',
    took: `first call after ${Math.round(first)} ms`,
    'that is': `${Math.round(most / 2 ** 20)} MB at most, ${Math.min(...counts)} to ${Math.max(...counts)} runs each after 10 s`,
  };
}

try {
  printTable('Background jobs', [await waves(), await million()]);
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
