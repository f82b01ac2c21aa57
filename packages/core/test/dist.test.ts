import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(join(root, '../../package.json'));
const folder = mkdtempSync(join(tmpdir(), 'assay-core-'));

/** The package as it is built, apart from whatever lies in `dist`. */
beforeAll(() => {
  compile('typescript', ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Throws what the compiler says. */
function compile(compiler: string, options: readonly string[]): void {
  const { bin } = require(`${compiler}/package.json`) as { bin: { tsc: string } };
  const run = spawnSync(
    process.execPath,
    [join(dirname(require.resolve(`${compiler}/package.json`)), bin.tsc), ...options],
    { cwd: folder, encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
}

const built = (): string[] =>
  readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
const codeOf = (file: string): string =>
  readFileSync(join(folder, 'dist', file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

test('imports nothing but its own files and its dependencies', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const specifiers = built().flatMap((file) =>
    [...codeOf(file).matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, specifier]) => specifier!),
  );
  const foreign = specifiers.filter(
    (specifier) =>
      !specifier.startsWith('.') &&
      !Object.keys(dependencies).some((name) => specifier === name || specifier.startsWith(`${name}/`)),
  );
  expect(specifiers.length).toBeGreaterThan(50);
  expect(foreign).toEqual([]);
});

test('reads no environment, and writes to the console in one place only', () => {
  const code = new Map(built().map((file) => [file, codeOf(file)]));
  expect(
    [...code].filter(([, text]) => /\b(process|Deno|Bun|require)\b\s*[.(]/.test(text)).map(([file]) => file),
  ).toEqual([]);
  expect([...code].filter(([, text]) => /\bconsole\b/.test(text)).map(([file]) => file)).toEqual(['run.js']);
});

test('declares types that TypeScript 5.0 reads as notebooks do, with every inference', () => {
  const probe = readFileSync(join(root, 'test/types.test-d.ts'), 'utf8').replaceAll(
    /'\.\.\/src\/[a-z-]+\.ts'/g,
    "'./dist/index'",
  );
  writeFileSync(join(folder, 'probe.ts'), probe);
  const options = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--module',
    'esnext',
    '--moduleResolution',
    'node',
  ];
  expect(() => compile('typescript-tslab', [...options, join(folder, 'probe.ts')])).not.toThrow();
}, 30_000);
