/**
 * What a run costs besides the task: CPU per run with one evaluator and a task that does nothing, in memory, against the
 * dry run of the official TypeScript client for Phoenix, in the same process by turns. The client downloads its dataset
 * even for a dry run: a server in another process has it, so that its work is not counted.
 *
 *   node bench/engine/overhead.ts
 */
import { fork } from 'node:child_process';
import { createClient } from '@arizeai/phoenix-client';
import { asExperimentEvaluator, runExperiment as runWithPhoenix } from '@arizeai/phoenix-client/experiments';
import { runExperiment } from '@assay/core';
import { printTable } from '../table.ts';

const examples = 5000;
const rounds = 5;
const concurrency = 10;

const server = fork(new URL('dataset-server.ts', import.meta.url), [String(examples)]);
const port = await new Promise<number>((resolve) => server.once('message', (message) => resolve(Number(message))));
const client = createClient({ options: { baseUrl: `http://127.0.0.1:${port}` } });
const silent = { info() {}, warn() {}, error() {}, log() {}, debug() {}, table() {} };

async function withPhoenix(): Promise<number> {
  const { runs } = await runWithPhoenix({
    client,
    dataset: { datasetId: 'RGF0YXNldDox' },
    task: async ({ input }) => input,
    evaluators: [asExperimentEvaluator({ name: 'same', kind: 'CODE', evaluate: async () => ({ score: 1 }) })],
    dryRun: examples,
    concurrency,
    logger: silent,
  });
  return Object.keys(runs).length;
}

const dataset = Array.from({ length: examples }, (_, index) => ({
  input: { question: `Question ${index}` },
  expected: { answer: `Answer ${index}` },
}));

async function withAssay(): Promise<number> {
  const { taskRuns } = await runExperiment({
    dataset,
    task: async ({ input }) => input,
    evaluators: { same: async () => 1 },
    concurrency,
    printSummary: false,
  });
  return taskRuns.length;
}

async function cpuPerRun(work: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const runs = await work();
  const { user, system } = process.cpuUsage(before);
  if (runs !== examples) throw new Error(`Expected ${examples} runs, got ${runs}`);
  return (user + system) / runs;
}

const assay: number[] = [];
const phoenix: number[] = [];
for (let round = 0; round <= rounds; round += 1) {
  const ours = await cpuPerRun(withAssay);
  const theirs = await cpuPerRun(withPhoenix);
  if (round === 0) continue; // the first round warms up
  assay.push(ours);
  phoenix.push(theirs);
}
server.kill();

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ratios = assay.map((ours, round) => phoenix[round]! / ours);
printTable(`Overhead: CPU per run, ${examples} runs with one evaluator, median of ${rounds} rounds`, [
  { runner: 'Assay, memory store', 'CPU µs per run': median(assay).toFixed(0), ratio: 1 },
  {
    runner: '@arizeai/phoenix-client 6.14.2, dry run',
    'CPU µs per run': median(phoenix).toFixed(0),
    ratio: median(ratios).toFixed(1),
  },
]);
process.exit(0);
