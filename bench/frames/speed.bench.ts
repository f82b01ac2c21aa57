/**
 * CPU time of what frames do with 100,000 runs, beside pandas and polars on the same file (speed.py).
 *
 *     node bench/frames/speed.bench.ts            # ours
 *     ASSAY_PYTHON=venv/bin/python node bench/frames/speed.bench.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRunsFrameBuilder,
  fromArrowIPC,
  fromCSV,
  fromJSONL,
  fromParquet,
  toArrowIPC,
  toCSV,
  toJSONL,
  toParquet,
} from '@assay/frames';
import { printTable } from '../table.ts';
import { besidePeers, cpuOf, measuredByPython, pages } from './data.ts';

const runs = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const records = [...pages(runs)];
const build = () => {
  const builder = createRunsFrameBuilder();
  for (const page of records) {
    page.examples.forEach((example) => builder.addExample(example));
    page.taskRuns.forEach((run) => builder.addTaskRun(run));
    page.evaluationRuns.forEach((run) => builder.addEvaluationRun(run));
  }
  return builder.table();
};

const frame = build();
const parquet = await toParquet(frame);
const arrow = toArrowIPC(frame);
const csv = toCSV(frame);
const jsonl = toJSONL(frame);
const file = join(folder, 'runs.parquet');
writeFileSync(file, parquet);
writeFileSync(join(folder, 'runs.csv'), csv);
writeFileSync(join(folder, 'runs.jsonl'), jsonl);

// Every repeat gets a table of its own, since what is worked out for one is kept with it.
const fresh = () => fromArrowIPC(arrow);
const ours: Record<string, number> = {
  'build from records': await cpuOf(build),
  'Arrow write': await cpuOf(() => toArrowIPC(build())),
  'Arrow read': await cpuOf(fresh),
  'Parquet write, zstd, from sealed text': await cpuOf(() => toParquet(fresh())),
  'Parquet write, zstd': await cpuOf(() => toParquet(frame)),
  'Parquet write, snappy, from sealed text': await cpuOf(() => toParquet(fresh(), { compression: 'snappy' })),
  'Parquet read': await cpuOf(() => fromParquet(parquet)),
  'CSV write': await cpuOf(() => toCSV(frame)),
  'CSV read': await cpuOf(() => fromCSV(csv), 3),
  'JSONL write': await cpuOf(() => toJSONL(frame)),
  'JSONL read': await cpuOf(() => fromJSONL(jsonl), 3),
};
ours['Arrow write'] = (ours['Arrow write'] ?? 0) - (ours['build from records'] ?? 0);

printTable(
  `${runs} runs, ${Math.round(arrow.length / 1e6)} MB of Arrow, ${Math.round(parquet.length / 1e5) / 10} MB of Parquet; CPU, least of the repeats`,
  besidePeers(ours, measuredByPython('speed.py', folder)),
);
rmSync(folder, { recursive: true });
