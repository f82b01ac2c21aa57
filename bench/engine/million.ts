/**
 * A million runs by `streamExperiment` into SQLite: resident memory must stay flat. Twice, as 1,000,000 examples once,
 * and as 1,000 examples 1,000 times, each in a process of its own.
 *
 *   node bench/engine/million.ts [runs] [concurrency]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { streamExperiment } from '@assay/core';
import { openStore } from '@assay/store';
import { printTable } from '../table.ts';

const [first = '1000000', concurrency = '10', shape] = process.argv.slice(2);
const runs = Number(first);
if (shape === undefined) compareShapes();
else console.log(JSON.stringify(await measure(Number(shape))));

function compareShapes(): void {
  const rows = [runs, 10 ** Math.floor(Math.log10(runs) / 2)].map((examples) => {
    const output = execFileSync(
      process.execPath,
      [fileURLToPath(import.meta.url), String(runs), concurrency, String(examples)],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    return JSON.parse(output) as Record<string, string | number>;
  });
  printTable(
    `A million runs into SQLite: resident memory of the process, concurrency ${concurrency}, task that does nothing`,
    rows,
  );
}

async function measure(exampleCount: number): Promise<Record<string, string | number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-bench-'));
  const file = path.join(folder, 'million.db');
  const store = await openStore(`file:${file}`);
  async function* examples() {
    for (let index = 0; index < exampleCount; index += 1) yield { id: `example-${index}`, input: { index } };
  }
  const memory: number[] = [];
  const timer = setInterval(() => memory.push(process.memoryUsage.rss() / 2 ** 20), 250);
  const started = performance.now();
  let firstRunAfter = 0;
  let saved = 0;
  for await (const event of streamExperiment({
    dataset: { name: 'million', examples: examples() },
    task: ({ input }) => input.index,
    store,
    repetitions: runs / exampleCount,
    concurrency: Number(concurrency),
  })) {
    if (event.type === 'task-run-saved' && saved++ === 0) firstRunAfter = (performance.now() - started) / 1000;
  }
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  await store.close();
  const size = statSync(file).size / 2 ** 20;
  rmSync(folder, { recursive: true });
  const tenth = Math.floor(memory.length / 10);
  return {
    shape: `${exampleCount.toLocaleString('en')} × ${(runs / exampleCount).toLocaleString('en')}`,
    runs: saved,
    seconds: seconds.toFixed(0),
    'runs/s': Math.round(saved / (seconds - firstRunAfter)),
    'first run after s': firstRunAfter.toFixed(1),
    'RSS MiB at 10 %': Math.round(memory[tenth] ?? 0),
    'at 50 %': Math.round(memory[Math.floor(memory.length / 2)] ?? 0),
    'at the end': Math.round(memory.at(-1) ?? 0),
    peak: Math.round(Math.max(...memory)),
    'file MiB': Math.round(size),
  };
}
