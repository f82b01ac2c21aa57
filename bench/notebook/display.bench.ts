/**
 * What displays cost: a frame of 100,000 runs beside Arquero's own HTML of as many rows, and the import of the package beside
 * that of its parts. CPU time, which a busy machine does not stretch; medians; each import is a process of its own.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { createMemoryStore, runExperiment } from '@assay/core';
import { runsFrame } from '@assay/frames';
import { show } from '@assay/notebook';
import { printTable } from '../table.ts';

const runs = 100_000;
const ran = await runExperiment({
  name: 'a hundred thousand',
  store: createMemoryStore(),
  concurrency: 64,
  printSummary: false,
  dataset: Array.from({ length: runs }, (_, index) => ({
    id: `question-${index}`,
    input: {
      question: `What is ${index} times ${index % 97}?`,
      context: 'Multiplication of whole numbers. '.repeat(3),
    },
    expected: String(index * (index % 97)),
    metadata: { topic: ['sums', 'products', 'powers'][index % 3]! },
  })),
  task: ({ expected }) => ({ answer: expected, steps: ['read', 'compute', 'say'] }),
  evaluators: {
    exact: ({ output, expected }) => output.answer === expected,
    length: ({ output }) => output.answer.length,
  },
});
const frame = runsFrame(ran);

const rows = [
  measured('Assay: 1,000 rows, sorted and filtered in place', () => show(frame).toMimeBundle()['text/html'] ?? ''),
  measured('Arquero: toHTML, 1,000 rows', () => frame.toHTML({ limit: 1000 })),
  measured('Arquero: toHTML, its 100 rows', () => frame.toHTML()),
  measured('Assay: the experiment itself', () => show(ran).toMimeBundle()['text/html'] ?? ''),
];
printTable(`A frame of ${runs.toLocaleString('en')} runs, ${frame.numCols()} columns`, rows);

printTable('Import', [
  imported('@assay/notebook', "await import('@assay/notebook')"),
  imported('@assay/frames and @assay/core alone', "await import('@assay/frames'); await import('@assay/core')"),
  imported(
    '@assay/notebook with its first chart, which loads Plot and linkedom',
    "await import('@assay/notebook').then(({ charts }) => charts.confusion({ labels: ['a'], matrix: [[1]], n: 1, accuracy: 1 }).toMimeBundle())",
  ),
]);

function measured(what: string, work: () => string): Record<string, string | number> {
  const times: number[] = [];
  let markup = '';
  for (let round = 0; round < 9; round += 1) {
    const start = process.cpuUsage();
    markup = work();
    times.push(cpuSince(start));
  }
  const [first] = times;
  return {
    what,
    'first, CPU ms': first!.toFixed(0),
    'median, CPU ms': median(times).toFixed(1),
    kB: (markup.length / 1000).toFixed(0),
  };
}

function imported(what: string, code: string): Record<string, string | number> {
  const script = `const start = process.cpuUsage(); ${code}; const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000)`;
  const times = Array.from({ length: 5 }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: path.join(import.meta.dirname, '..'),
        encoding: 'utf8',
      }),
    ),
  );
  return { what, 'median, CPU ms': median(times).toFixed(0) };
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
