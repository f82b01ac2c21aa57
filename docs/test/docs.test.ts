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

    const ran = promisify(execFile)(process.execPath, [module], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });

    await expect(ran).resolves.toBeDefined();
    rmSync(folder, { recursive: true });
  });
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

function read(page: string): string {
  return readFileSync(path.join(root, page), 'utf8');
}

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
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
