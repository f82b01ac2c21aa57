import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../src');

/** The files that a module of this package imports when it is loaded, itself included, and the packages. */
function importsOf(file: string, seen = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (seen.has(file)) return seen;
  const text = readFileSync(join(src, file), 'utf8');
  const found = [
    ...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '(?<from>[^']+)';|^import '(?<only>[^']+)';/gms),
  ];
  const packages = new Set<string>();
  seen.set(file, packages);
  for (const { groups } of found) {
    const from = groups?.['from'] ?? groups?.['only'] ?? '';
    if (from.startsWith('.')) importsOf(join(file, '..', from), seen);
    else packages.add(from);
  }
  return seen;
}

test('what a browser loads imports no module of Node, no WebAssembly and no apache-arrow', () => {
  const packages = new Set([...importsOf('index.ts').values()].flatMap((found) => [...found]));
  expect([...packages].toSorted()).toEqual([
    '#csv-parse',
    '@assay/core/errors',
    '@uwdata/flechette',
    'arquero',
    'fzstd',
  ]);
});

test('loading the package does not load WebAssembly', () => {
  // parquet-wasm's build for Node is CommonJS, so it shows in that cache.
  const script = `await import(${JSON.stringify(join(src, 'index.ts'))}); const { default: { _cache } } = await import('node:module'); console.log(Object.keys(_cache).filter((name) => name.includes('parquet-wasm')).length);`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(printed.trim()).toBe('0');
});
