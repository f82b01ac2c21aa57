/**
 * A million runs: held as a frame, and written to Parquet from a store without being held.
 *
 *     node bench/frames/million.bench.ts [held | written] [runs]     each in a process of its own; without a word both
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunsFrameBuilder } from '@assay/frames';
import { writeParquet } from '@assay/frames/files';
import type { Example } from '@assay/core';
import { experiment, pages, peakMemory } from './data.ts';

const [what = 'both', count = '1000000'] = process.argv.slice(2);
const runs = Number(count);
const start = process.cpuUsage();

if (what === 'both') {
  // Peak memory is that of a process.
  for (const one of ['held', 'written'])
    execFileSync(process.execPath, [import.meta.filename, one, count], { stdio: 'inherit' });
} else if (what === 'held') {
  const builder = createRunsFrameBuilder();
  for (const page of pages(runs)) {
    page.examples.forEach((example) => builder.addExample(example));
    page.taskRuns.forEach((run) => builder.addTaskRun(run));
    page.evaluationRuns.forEach((run) => builder.addEvaluationRun(run));
  }
  const table = builder.table();
  report(`${table.numRows()} runs held, ${table.numCols()} columns`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const path = join(folder, 'runs.parquet');
  await writeParquet({ store: generatedStore(), experimentId: experiment.id }, path);
  report(`${runs} runs written, ${Math.round(statSync(path).size / 1e6)} MB`);
  rmSync(folder, { recursive: true });
}

function report(text: string): void {
  const { user, system } = process.cpuUsage(start);
  console.log(
    `${text}: ${Math.round((user + system) / 1e5) / 10} s CPU with making the records, peak ${Math.round(peakMemory())} MiB, now ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
}

/** Gives the records of the pages in hand, as a store gives those of the examples that are asked for. */
function generatedStore() {
  const source = pages(runs, 4096);
  let page = source.next().value ?? null;
  const of = (exampleIds: readonly string[] | undefined) => new Set(exampleIds);
  return {
    getExperiment: async () => experiment,
    async *listExamples(): AsyncGenerator<Example> {
      for (; page !== null; page = source.next().value ?? null) yield* page.examples;
    },
    async *listTaskRuns(_: string, filter?: { exampleIds: readonly string[] }) {
      const ids = of(filter?.exampleIds);
      for (const run of page?.taskRuns ?? []) if (ids.has(run.exampleId)) yield run;
    },
    async *listEvaluationRuns(_: string, filter?: { exampleIds: readonly string[] }) {
      const ids = of(filter?.exampleIds);
      for (const run of page?.evaluationRuns ?? []) if (ids.has(run.exampleId)) yield run;
    },
  };
}
