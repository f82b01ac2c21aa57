/**
 * CPU time of what frames do with 100,000 runs, beside pandas and polars on the same files (speed.py). Each row is measured
 * in a process of its own, ours and theirs: V8 marks the whole of a heap for whatever is made in it, so that what is held for
 * one row would be counted in another.
 *
 *     node bench/frames/speed.bench.ts            # ours
 *     ASSAY_PYTHON=venv/bin/python node bench/frames/speed.bench.ts [runs]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

const [runs = '100000', folder, row] = process.argv.slice(2);
const read = (name: string) => readFileSync(join(folder!, name));
const built = () => builderOf([...pages(Number(runs))])();
// Every repeat gets a table of its own, since what is worked out for one is kept with it.
const sealed = () => {
  const arrow = read('runs.arrow');
  return () => fromArrowIPC(arrow);
};

/** What is measured, and how many times what polars takes it may take. */
const rows: Readonly<Record<string, { readonly goal?: string; readonly measure: () => Promise<number> }>> = {
  'build from records': { goal: '1,000 ms', measure: () => cpuOf(builderOf([...pages(Number(runs))])) },
  'Arrow write': { measure: () => cpuOf(toArrowIPC, 5, builderOf([...pages(Number(runs))])) },
  'Arrow read': { measure: () => cpuOf(sealed()) },
  'Parquet write, zstd, from sealed text': { goal: '3 ×', measure: () => cpuOf(toParquet, 5, sealed()) },
  'Parquet write, zstd': {
    goal: '6 ×',
    measure: () => {
      const frame = built();
      return cpuOf(() => toParquet(frame));
    },
  },
  'Parquet write, snappy, from sealed text': {
    measure: () => cpuOf((frame) => toParquet(frame, { compression: 'snappy' }), 5, sealed()),
  },
  'Parquet read': {
    goal: '6 ×',
    measure: () => {
      const parquet = read('runs.parquet');
      return cpuOf(() => fromParquet(parquet));
    },
  },
  'CSV write': {
    goal: '10 ×',
    measure: () => {
      const frame = built();
      return cpuOf(() => toCSV(frame));
    },
  },
  'CSV read': {
    goal: '15 ×',
    measure: () => {
      const csv = read('runs.csv').toString();
      return cpuOf(() => fromCSV(csv), 3);
    },
  },
  'JSONL write': {
    goal: '6 ×',
    measure: () => {
      const frame = built();
      return cpuOf(() => toJSONL(frame));
    },
  },
  'JSONL read': {
    goal: '3 ×',
    measure: () => {
      const jsonl = read('runs.jsonl').toString();
      return cpuOf(() => fromJSONL(jsonl), 3);
    },
  },
};

if (row !== undefined) console.log(await rows[row]!.measure());
else await measureAll();

async function measureAll(): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const frame = built();
  writeFileSync(join(made, 'runs.arrow'), toArrowIPC(frame));
  writeFileSync(join(made, 'runs.parquet'), await toParquet(frame));
  writeFileSync(join(made, 'runs.csv'), toCSV(frame));
  writeFileSync(join(made, 'runs.jsonl'), toJSONL(frame));
  const megabytes = (name: string) => (statSync(join(made, name)).size / 1e6).toFixed(1);

  const ours = Object.fromEntries(Object.keys(rows).map((name) => [name, measuredAlone(name, made)]));
  printTable(
    `${runs} runs, ${megabytes('runs.arrow')} MB of Arrow, ${megabytes('runs.parquet')} MB of Parquet; CPU, least of the repeats, each row in a process of its own`,
    besidePeers(
      ours,
      measuredByPython('speed.py', made),
      Object.fromEntries(Object.entries(rows).map(([name, { goal }]) => [name, goal])),
    ),
  );
  rmSync(made, { recursive: true });
}

function measuredAlone(name: string, made: string): number {
  return Number(execFileSync(process.execPath, [import.meta.filename, runs, made, name], { encoding: 'utf8' }));
}

function builderOf(records: readonly (ReturnType<typeof pages> extends Generator<infer Page> ? Page : never)[]) {
  return () => {
    const builder = createRunsFrameBuilder();
    for (const page of records) {
      page.examples.forEach((example) => builder.addExample(example));
      page.taskRuns.forEach((run) => builder.addTaskRun(run));
      page.evaluationRuns.forEach((run) => builder.addEvaluationRun(run));
    }
    return builder.table();
  };
}
