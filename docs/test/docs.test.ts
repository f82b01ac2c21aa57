import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const blocks = path.join(root, 'docs', '.blocks');
const pages = ['README.md', ...markdownIn('docs'), ...markdownIn('packages')];

beforeAll(() => {
  mkdirSync(blocks, { recursive: true });
});

afterAll(() => {
  rmSync(blocks, { recursive: true, force: true });
});

describe('the TypeScript blocks of a page run from top to bottom', () => {
  test.each(pages.filter((page) => blocksOf(page).length > 0))('%s', async (page) => {
    const module = path.join(blocks, `${page.replaceAll(/[^a-z0-9]+/gi, '-')}.ts`);
    writeFileSync(module, blocksOf(page).join('\n'));
    const folder = mkdtempSync(path.join(tmpdir(), 'assay-docs-'));

    const ran = promisify(execFile)(process.execPath, [module], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    });

    await expect(ran).resolves.toBeDefined();
    rmSync(folder, { recursive: true });
  });
});

test('the blocks of all pages, and the examples of all doc comments, compile', async () => {
  const folder = path.join(blocks, 'compiled');
  mkdirSync(folder, { recursive: true });
  for (const page of pages) writeModule(folder, page, blocksOf(page).join('\n'));
  for (const source of sourcesIn('packages'))
    for (const [index, example] of examplesOf(source).entries()) writeModule(folder, `${source}-${index + 1}`, example);
  const options = { noEmit: true, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] };
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', compilerOptions: options, include: ['.'] }),
  );

  const output = await promisify(execFile)('tsc', ['-p', folder]).catch((error: { stdout: string }) => error);

  expect(output.stdout).toBe('');
});

describe('the links of a page lead somewhere', () => {
  test.each(pages)('%s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, link]) => link!);

    const broken = links.filter((link) => !exists(path.resolve(root, path.dirname(page), link)));

    expect(broken).toEqual([]);
  });
});

/** Each block is written as its readers would type it, and a page is one module. Blocks marked `ts no-run` need what is not here. */
function blocksOf(page: string): string[] {
  return [...read(page).matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block!);
}

/** The examples in the doc comments of a source file. */
function examplesOf(source: string): string[] {
  const comments = read(source).match(/\/\*\*.*?\*\//gs) ?? [];
  return comments.flatMap((comment) => {
    const text = comment.replaceAll(/^ *\* ?/gm, '');
    return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, example]) => example!);
  });
}

function writeModule(folder: string, name: string, code: string): void {
  if (code.trim() !== '')
    writeFileSync(path.join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.ts`), `${code}\nexport {};\n`);
}

function read(page: string): string {
  return readFileSync(path.join(root, page), 'utf8');
}

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => path.join(folder, name));
}

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/]+\/src\/.*\.ts$/.test(name))
    .map((name) => path.join(folder, name));
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
