/**
 * Durable runs per second at concurrency 10, one evaluator, a task that does nothing: our engine into SQLite, every run
 * and evaluation committed, against the official TypeScript client and a real Phoenix server. By turns, in one process.
 *
 *   ASSAY_PHOENIX_URL=http://127.0.0.1:6006 node bench/engine/durable.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@arizeai/phoenix-client';
import { createDataset } from '@arizeai/phoenix-client/datasets';
import { asExperimentEvaluator, runExperiment as runWithPhoenix } from '@arizeai/phoenix-client/experiments';
import { runExperiment } from '@assay/core';
import { openStore } from '@assay/store';
import { printTable } from '../table.ts';

const endpoint = process.env['ASSAY_PHOENIX_URL'];
if (endpoint === undefined) {
  console.log('Not run: ASSAY_PHOENIX_URL names no Phoenix server');
  process.exit(0);
}
const concurrency = 10;
const rounds = 3;
const ours = 5000;
const theirs = 200;

const folder = mkdtempSync(path.join(tmpdir(), 'assay-bench-'));
const store = await openStore(`file:${path.join(folder, 'durable.db')}`);
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `row-${index}`, input: { index }, expected: { index } }));

async function withAssay(): Promise<number> {
  const { summary } = await runExperiment({
    dataset: { name: 'durable', examples: rows(ours) },
    task: async ({ input }) => input,
    evaluators: { same: async () => 1 },
    store,
    concurrency,
    printSummary: false,
  });
  return summary.taskRuns.ok;
}

const client = createClient({ options: { baseUrl: endpoint } });
const silent = { info() {}, warn() {}, error() {}, log() {}, debug() {}, table() {} };
const { datasetId } = await createDataset({
  client,
  name: `durable-${Date.now()}`,
  description: 'Rows of a benchmark',
  examples: rows(theirs).map(({ input, expected }) => ({ input, output: expected })),
});

async function withPhoenix(): Promise<number> {
  const { runs } = await runWithPhoenix({
    client,
    dataset: { datasetId },
    task: async ({ input }) => input,
    evaluators: [asExperimentEvaluator({ name: 'same', kind: 'CODE', evaluate: async () => ({ score: 1 }) })],
    concurrency,
    logger: silent,
  });
  return Object.keys(runs).length;
}

async function perSecond(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const runs = await work();
  return (runs * 1000) / (performance.now() - started);
}

const assay: number[] = [];
const phoenix: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  assay.push(await perSecond(withAssay));
  phoenix.push(await perSecond(withPhoenix));
}
await store.close();
rmSync(folder, { recursive: true });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
printTable(`Durable runs per second, concurrency ${concurrency}, one evaluator, median of ${rounds} rounds`, [
  { runner: 'Assay, SQLite', 'runs/s': median(assay).toFixed(0), ratio: (median(assay) / median(phoenix)).toFixed(0) },
  { runner: '@arizeai/phoenix-client 6.14.2, real Phoenix', 'runs/s': median(phoenix).toFixed(0), ratio: 1 },
]);
process.exit(0);
