/**
 * The fault tests at full length: processes killed while they save and while they carry out jobs, stops, storms of
 * refusals, databases that restart, pause or lose a schema, clocks that are wrong, full disks. Prints what it measured as
 * tables for bench/RESULTS.md.
 *
 *   npm run faults [-- --kills 50] [WORD…]     of the tests about servers only the files that contain a word
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.ts';

type Row = Readonly<Record<string, string | number>>;

const { values, positionals } = parseArgs({
  options: { kills: { type: 'string', default: '50' } },
  allowPositionals: true,
});
const folder = mkdtempSync(path.join(tmpdir(), 'assay-faults-'));
const file = path.join(folder, 'report.jsonl');
const env = { ...process.env, ASSAY_KILLS: values.kills, ASSAY_FAULTS_REPORT: file };

const ofStore = ['test/crash', 'test/kill-resume', 'test/several-processes', 'test/bad-files'];
const codes = [
  ...(positionals.length > 0 ? [] : [vitest(['--project', 'store', ...ofStore])]),
  vitest(['--config', 'vitest.faults.config.ts', ...positionals]),
];
for (const [title, rows] of tables()) printTable(title, rows);
rmSync(folder, { recursive: true });
process.exitCode = codes.find((code) => code !== 0) ?? 0;

function vitest(args: readonly string[]): number {
  return spawnSync('vitest', ['run', ...args], { stdio: 'inherit', env }).status ?? 1;
}

function tables(): [title: string, rows: readonly Row[]][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const entries = lines.map((line) => JSON.parse(line) as { readonly table: string; readonly row: Row });
  return [...new Set(entries.map(({ table }) => table))].map((title) => [
    title,
    entries.filter(({ table }) => table === title).map(({ row }) => row),
  ]);
}
