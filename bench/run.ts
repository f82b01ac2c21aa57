/**
 * Runs the benchmarks one after another, each with its rival in the same run, and prints their tables.
 *
 *   npm run bench              all that need nothing but this machine
 *   npm run bench -- storm     those whose path contains the word
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const words = process.argv.slice(2);
const scripts = [
  'engine/overhead.ts',
  'engine/waves.ts',
  'engine/durable.ts',
  'store/saves.ts',
  'engine/storm.ts',
  'engine/million.ts',
  ...extra('frames'),
  ...extra('otel'),
  ...extra('notebook'),
  ...extra('jobs'),
];
let failed = 0;
for (const script of scripts.filter((name) => words.length === 0 || words.some((word) => name.includes(word)))) {
  console.error(`\n— bench/${script}`);
  if (spawnSync(process.execPath, [path.join(import.meta.dirname, script)], { stdio: 'inherit' }).status !== 0)
    failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;

/** Benchmarks that say of themselves that they can run alone: named `*.bench.ts`. */
function extra(folder: string): string[] {
  return readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => name.endsWith('.bench.ts'))
    .map((name) => `${folder}/${name}`);
}
