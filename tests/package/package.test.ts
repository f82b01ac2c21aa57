import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cells, probes } from './probes.ts';

const root = path.resolve(import.meta.dirname, '../..');
const binaries = path.join(root, 'node_modules', '.bin');
const names = readdirSync(path.join(root, 'packages'));
const folder = mkdtempSync(path.join(tmpdir(), 'assay-package-'));
const project = path.join(folder, 'project');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly engines?: { readonly node?: string };
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(path.join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

function tarballOf(name: string): string {
  const file = readdirSync(folder).find((entry) => entry.startsWith(`assay-${name}-`) && entry.endsWith('.tgz'));
  return path.join(folder, file ?? 'missing');
}

/** Every import path that the packages promise, such as `@assay/core/testing`. */
const specifiers = names.flatMap((name) => {
  const { name: packageName, exports } = manifestOf(name);
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => path.posix.join(packageName, entry));
});

beforeAll(() => {
  for (const name of names) {
    execFileSync(
      'npx',
      ['-y', 'pnpm@12.21.0', '--dir', path.join(root, 'packages', name), 'pack', '--pack-destination', folder],
      { stdio: 'pipe' },
    );
  }
  mkdirSync(project);
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'a-users-project', private: true, type: 'module' }),
  );
  const others = [
    '@types/node@22',
    'typescript@5.0.4',
    'typescript-latest@npm:typescript@7.0.2',
    'tslab@1.0.22',
    'apache-arrow@21',
  ];
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...names.map(tarballOf), ...others], {
    cwd: project,
    stdio: 'pipe',
  });
}, 600_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(names)('%s', (name) => {
  test('passes publint', async () => {
    await expect(run('publint', ['run', '--strict', tarballOf(name)])).resolves.toContain('All good!');
  });

  test('has types for every way of resolving modules', async () => {
    // That a CommonJS module cannot `require` an ES module holds no longer on the engines we ask for.
    await expect(
      run('attw', ['--no-color', '--ignore-rules', 'cjs-resolves-to-esm', '--', tarballOf(name)]),
    ).resolves.not.toContain('💀');
  });

  test('says which Node it needs', () => {
    expect(manifestOf(name).engines?.node).toBe('>=22.18');
  });
});

test.each(specifiers)('%s can be imported in an empty project', async (specifier) => {
  const code = `const module = await import('${specifier}'); console.log(Object.keys(module).length)`;
  const names = await run('node', ['--input-type=module', '--eval', code], project);
  expect(Number(names)).toBeGreaterThan(0);
});

test.each(probes.map((probe) => [probe.name, probe.code] as const))(
  'the packed packages work: %s',
  async (_name, code) => {
    writeFileSync(path.join(project, 'probe.ts'), code);

    await expect(
      run(
        'tsc',
        [
          '--noEmit',
          '--strict',
          '--module',
          'nodenext',
          '--target',
          'es2022',
          '--skipLibCheck',
          '--types',
          'node',
          'probe.ts',
        ],
        project,
        'typescript-latest',
      ),
    ).resolves.toBe('');
    await expect(run('node', ['probe.ts'], project)).resolves.toContain('ok');
  },
);

test('the types compile in the compiler of tslab, TypeScript 5.0.4 with node10 resolution, and nothing becomes any', async () => {
  const imports = specifiers.map((specifier, index) => `import * as m${index} from '${specifier}';\nvoid m${index};`);
  writeFileSync(
    path.join(project, 'tslab-probe.ts'),
    [...imports, ...probes.map(({ code }) => `{\n${withoutImports(code)}\n}`)]
      .join('\n')
      .replace(/^/, importsOf(probes.map(({ code }) => code))),
  );
  const options = [
    '--noEmit',
    '--module',
    'esnext',
    '--moduleResolution',
    'node',
    '--target',
    'es2022',
    '--lib',
    'es2022',
    '--esModuleInterop',
    '--types',
    'node',
  ];

  const output = await run('tsc', [...options, 'tslab-probe.ts'], project, 'typescript').catch(
    (error: { stdout: string }) => error.stdout,
  );

  // Other packages' declarations may not compile there; ours and the probe must.
  expect(output.split('\n').filter((line) => line.includes('@assay/') || line.startsWith('tslab-probe.ts'))).toEqual(
    [],
  );
});

test('a tslab notebook imports, runs and types an experiment', async () => {
  const python = process.env['ASSAY_PYTHON'];
  expect(python, 'ASSAY_PYTHON names a Python with nbclient').toBeDefined();
  const kernel = path.join(project, 'jupyter', 'kernels', 'tslab');
  mkdirSync(kernel, { recursive: true });
  writeFileSync(
    path.join(kernel, 'kernel.json'),
    JSON.stringify({
      argv: [path.join(project, 'node_modules/.bin/tslab'), 'kernel', '--config-path', '{connection_file}'],
      display_name: 'tslab',
      language: 'typescript',
    }),
  );
  writeFileSync(path.join(project, 'probe.ipynb'), JSON.stringify(notebookOf(cells)));

  await run(
    path.join(path.dirname(python!), 'jupyter'),
    ['execute', '--inplace', '--startup_timeout=120', 'probe.ipynb'],
    project,
    undefined,
    { JUPYTER_PATH: path.join(project, 'jupyter') },
  );

  expect(outputsOf(readFileSync(path.join(project, 'probe.ipynb'), 'utf8'))).toContain('mean 0.5');
});

test('npx @assay/notebook init adds a kernel and a starter notebook to a project, and they work', async () => {
  await expect(run('npx', ['@assay/notebook', 'init'], project)).resolves.not.toContain(
    'packages that are not in this project',
  );

  await run(
    path.join(path.dirname(process.env['ASSAY_PYTHON']!), 'jupyter'),
    ['execute', '--inplace', '--kernel_name=tslab', '--startup_timeout=120', 'starter.ipynb'],
    project,
    undefined,
    { JUPYTER_PATH: path.join(project, '.jupyter') },
  );

  const { cells } = JSON.parse(readFileSync(path.join(project, 'starter.ipynb'), 'utf8')) as {
    readonly cells: readonly { readonly outputs?: readonly { readonly data?: object }[] }[];
  };
  const shown = cells.flatMap(({ outputs = [] }) => outputs).map(({ data = {} }) => Object.keys(data));
  expect(shown).toEqual([
    ['text/html', 'text/plain'],
    ['text/html', 'text/plain'],
  ]);
  expect(readdirSync(path.join(project, '.assay'))).toContain('runs.parquet');
});

/** Runs a program of the repository, or the compiler of one of the TypeScript versions of the project. */
async function run(
  command: string,
  args: readonly string[],
  cwd = root,
  typescript?: string,
  env: Record<string, string> = {},
): Promise<string> {
  const program = typescript === undefined ? command : path.join(project, 'node_modules', typescript, 'bin', 'tsc');
  const { stdout } = await promisify(execFile)(program, [...args], {
    cwd,
    env: { ...process.env, ...env, PATH: `${binaries}${path.delimiter}${process.env['PATH']}` },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

function importsOf(codes: readonly string[]): string {
  return `${[...new Set(codes.flatMap((code) => code.match(/^import .*$/gm) ?? []))].join('\n')}\n`;
}

function withoutImports(code: string): string {
  return code.replaceAll(/^import .*$/gm, '');
}

function notebookOf(sources: readonly string[]): unknown {
  return {
    cells: sources.map((source, index) => ({
      cell_type: 'code',
      id: `c${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: { kernelspec: { display_name: 'tslab', language: 'typescript', name: 'tslab' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function outputsOf(notebook: string): string {
  const { cells } = JSON.parse(notebook) as { cells: { outputs: { text?: string | string[] }[] }[] };
  return cells.flatMap(({ outputs }) => outputs.map(({ text = '' }) => [text].flat().join(''))).join('\n');
}
