/**
 * CPU time of grouping, quantiles and a comparison, beside polars and pandas on the same values (analysis.py).
 *
 *     ASSAY_PYTHON=venv/bin/python node bench/frames/analysis.bench.ts [runs]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, createRunsFrameBuilder, summarizeBy, toParquet } from '@assay/frames';
import { printTable } from '../table.ts';
import { besidePeers, cpuOf, experiment, measuredByPython, pages } from './data.ts';

type Frame = ReturnType<ReturnType<typeof createRunsFrameBuilder>['table']>;

const runs = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const [base, candidate] = [build('base', 1), build('candidate', 2)];
for (const [name, builder] of Object.entries({ base, candidate })) {
  writeFileSync(join(folder, `${name}.parquet`), await toParquet(builder.table()));
}

const label = 'eval.exact.label';
const numbers = ['latency_ms', 'cost_usd', 'eval.exact.score', 'eval.judge.score'];
const calls = 20;
const ours = {
  'mean of 4 columns by label': await cpuOfCall((frame) => summarizeBy(frame, { by: label, values: numbers })),
  '3 quantiles by label': await cpuOfCall((frame) =>
    summarizeBy(frame, { by: label, values: ['latency_ms'], quantiles: [0.5, 0.9, 0.99] }),
  ),
  'mean by example': await cpuOfCall((frame) => summarizeBy(frame, { by: 'example_id', values: ['eval.judge.score'] })),
  'compare one metric': await cpuOfCall((frame, next) => compare(frame, next, { metrics: ['judge'] })),
};

printTable(
  `${runs} runs of ${runs / 2} examples: analysis; CPU of a call, least of 5 rounds of ${calls}`,
  besidePeers(
    ours,
    measuredByPython('analysis.py', folder),
    Object.fromEntries(Object.keys(ours).map((name) => [name, '2 ×'])),
  ),
);
rmSync(folder, { recursive: true });

/** Every call gets tables of its own, so that nothing worked out before is at hand. */
async function cpuOfCall(work: (frame: Frame, next: Frame) => unknown): Promise<number> {
  const fresh = () => Array.from({ length: calls }, () => [base.table(), candidate.table()] as const);
  return (await cpuOf((pairs) => pairs.forEach(([frame, next]) => work(frame, next)), 5, fresh)) / calls;
}

function build(id: string, seed: number) {
  const builder = createRunsFrameBuilder();
  builder.setExperiment({ ...experiment, id, name: id, exampleCount: runs / 2 });
  for (const page of pages(runs, 1000, seed)) {
    page.examples.forEach((example) => builder.addExample(example));
    page.taskRuns.forEach((run) => builder.addTaskRun({ ...run, experimentId: id }));
    page.evaluationRuns.forEach((run) => builder.addEvaluationRun({ ...run, experimentId: id }));
  }
  return builder;
}
