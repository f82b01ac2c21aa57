/**
 * CPU time of loading `@assay/frames` beside Arquero alone, by turns, each in a process of its own, and whether the
 * WebAssembly of Parquet came with it.
 *
 *     node bench/frames/import.bench.ts
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { printTable } from '../table.ts';

const frames = join(import.meta.dirname, '../../packages/frames');
const rounds = 7;

const [assay, arquero]: [Loaded[], Loaded[]] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  assay.push(loaded('@assay/frames'));
  arquero.push(loaded('arquero'));
}

const least = (of: readonly Loaded[]): number => Math.min(...of.map(({ milliseconds }) => milliseconds));
const rows = Object.entries({ '@assay/frames': assay, 'Arquero alone': arquero }).map(([what, of]) => ({
  what,
  'CPU ms': least(of).toFixed(0),
  'more than Arquero': (least(of) - least(arquero)).toFixed(0),
  goal: of === assay ? '50' : '',
  'wasm loaded': of.some(({ hasWasm }) => hasWasm) ? 'yes' : 'no',
}));
printTable(`Import, least of ${rounds} processes`, rows);

interface Loaded {
  readonly milliseconds: number;
  readonly hasWasm: boolean;
}

function loaded(specifier: string): Loaded {
  const code = `let hasWasm = false;
    for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']) {
      const original = WebAssembly[name];
      WebAssembly[name] = (...given) => { hasWasm = true; return original(...given); };
    }
    const before = process.cpuUsage();
    await import('${specifier}');
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ milliseconds: (user + system) / 1000, hasWasm }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: frames, encoding: 'utf8' });
  return JSON.parse(output) as Loaded;
}
