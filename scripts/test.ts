/**
 * Runs a suite, and closes with one line that counts: `N passed, N failed, N skipped`.
 *
 *   scripts/test.ts             every test that this machine can run: types, packages, docs
 *   scripts/test.ts extended    what needs servers, browsers and Python; fails on a skip
 *   scripts/test.ts package     each package packed, installed in an empty project and used; fails on a skip
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Count {
  passed: number;
  failed: number;
  skipped: string[];
}

const suite = process.argv[2] ?? 'default';
const count: Count = { passed: 0, failed: 0, skipped: [] };
if (suite === 'default') await typecheckAll();
await vitest();

for (const name of count.skipped) console.log(`skipped: ${name}`);
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped.length} skipped`);
process.exitCode = count.failed > 0 || (suite !== 'default' && count.skipped.length > 0) ? 1 : 0;

/** Each workspace with a tsconfig is one test: its types, and the type tests beside its tests, compile. */
async function typecheckAll(): Promise<void> {
  const folders = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(parent).map((name) => path.join(parent, name)),
  );
  for (const folder of [...folders, 'docs', 'bench', 'scripts'].filter((name) =>
    existsSync(path.join(name, 'tsconfig.json')),
  )) {
    const code = await run('tsc', ['-p', folder]);
    if (code === 0) count.passed += 1;
    else count.failed += 1;
    console.log(`${code === 0 ? '✓' : '✗'} the types of ${folder} compile`);
  }
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

async function vitest(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-test-'));
  const file = path.join(folder, 'report.json');
  const config = suite === 'default' ? 'vitest.config.ts' : `vitest.${suite}.config.ts`;
  const code = await run('vitest', [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const failedBefore = count.failed;
  if (existsSync(file)) read(JSON.parse(readFileSync(file, 'utf8')) as VitestReport);
  rmSync(folder, { recursive: true });
  // A run can fail without a failed test: an unhandled rejection, or no tests at all.
  if (code !== 0 && count.failed === failedBefore) count.failed += 1;
}

function read(report: VitestReport): void {
  for (const { assertionResults, name, status } of report.testResults) {
    if (assertionResults.length === 0 && status === 'failed') count.failed += 1;
    for (const test of assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status === 'failed') count.failed += 1;
      else count.skipped.push(`${path.relative('.', name)}: ${test.fullName}`);
    }
  }
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    spawn(command, args, { stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1));
  });
}
