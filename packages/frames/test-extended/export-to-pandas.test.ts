import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const python = process.env['ASSAY_PYTHON'];
const run = promisify(execFile);
const docs = join(import.meta.dirname, '../../../docs');
const page = await readFile(join(docs, 'how-to/export-to-pandas.md'), 'utf8');

let folder = '';
let modules = '';

describe.runIf(python !== undefined)('the page on exporting to pandas', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-export-'));
    // Imports are found from where a module lies, and its files go to where it runs.
    modules = await mkdtemp(join(docs, '.export-'));
    await writeFile(join(modules, 'page.ts'), blocksOf('ts'));
    await run(process.execPath, [join(modules, 'page.ts')], { cwd: folder });
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(modules, { recursive: true, force: true });
  });

  test('has Python that runs from top to bottom on the files that its TypeScript wrote', async () => {
    expect(blocksOf('python').match(/^assert /gm)?.length).toBeGreaterThan(10);
    await run(python ?? '', ['-W', 'error', '-c', blocksOf('python')], { cwd: folder });
  });

  test('would fail if Python saw something else', async () => {
    const wrong = blocksOf('python').replace('datetime64[ms, UTC]', 'datetime64[ms]');
    await expect(run(python ?? '', ['-c', wrong], { cwd: folder })).rejects.toThrow('AssertionError');
  });
});

function blocksOf(language: 'ts' | 'python'): string {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))]
    .map(([, block]) => block ?? '')
    .join('\n');
}
