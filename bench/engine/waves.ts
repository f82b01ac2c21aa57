/**
 * What durable saving costs a run: 1,000 calls of 50 ms at concurrency 50, every run saved in SQLite before it counts,
 * against a bare p-limit loop that saves nothing. By turns, in one process.
 *
 *   node bench/engine/waves.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runExperiment } from '@assay/core';
import { openStore } from '@assay/store';
import pLimit from 'p-limit';
import { printTable } from '../table.ts';

const calls = 1000;
const concurrency = 50;
const rounds = 5;
const folder = mkdtempSync(path.join(tmpdir(), 'assay-bench-'));
const store = await openStore(`file:${path.join(folder, 'waves.db')}`);
const dataset = {
  name: 'waves',
  examples: Array.from({ length: calls }, (_, index) => ({ id: `call-${index}`, input: index })),
};
const task = async ({ input }: { readonly input: number }): Promise<number> => {
  await sleep(50);
  return input;
};

async function withPLimit(): Promise<void> {
  const limit = pLimit(concurrency);
  await Promise.all(dataset.examples.map((example) => limit(() => task(example))));
}

async function withAssay(): Promise<void> {
  const { summary } = await runExperiment({ dataset, task, store, concurrency, printSummary: false });
  if (summary.taskRuns.ok !== calls) throw new Error(`Expected ${calls} runs, got ${summary.taskRuns.ok}`);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

const pairs: (readonly [assay: number, pLimit: number])[] = [];
for (let round = 0; round <= rounds; round += 1) {
  const ours = await seconds(withAssay);
  const bare = await seconds(withPLimit);
  if (round > 0) pairs.push([ours, bare]); // the first round warms up
}
await store.close();
rmSync(folder, { recursive: true });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
printTable(`Waves: ${calls} calls of 50 ms at concurrency ${concurrency} (ideal 1.0 s), median of ${rounds} rounds`, [
  {
    runner: 'Assay, SQLite, every run durable',
    seconds: median(pairs.map(([ours]) => ours)).toFixed(3),
    ratio: median(pairs.map(([ours, bare]) => ours / bare)).toFixed(3),
  },
  { runner: 'p-limit, nothing saved', seconds: median(pairs.map(([, bare]) => bare)).toFixed(3), ratio: 1 },
]);
