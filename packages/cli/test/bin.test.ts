import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bin } from './fixtures/workspace.ts';

test.each(['18.20.0', '20.19.5', '22.17.1'])(
  'says on Node %s which Node it needs, before it imports anything',
  (version) => {
    // The same file, on a Node that says it is older, with an import that would fail.
    const source = readFileSync(bin, 'utf8').replace('../dist/main.js', './not-there.js');
    const prelude = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
      input: prelude + source.replace(/^#!.*/, ''),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `assay needs Node 22.18 or newer, found ${version}\n`,
    });
  },
);

test('keeps its compiled code in a folder of the user, and does without where it cannot', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { NODE_COMPILE_CACHE: _, ...rest } = process.env;
  const version = (home: string) =>
    spawnSync(process.execPath, [bin, '--version'], {
      env: { ...rest, HOME: home, XDG_CACHE_HOME: join(home, '.cache'), LOCALAPPDATA: home },
      encoding: 'utf8',
    });
  const noFolder = join(folder, 'no-folder');
  writeFileSync(noFolder, '');

  const kept = version(folder);
  const notKept = version(noFolder);

  expect(kept).toMatchObject({ status: 0, stderr: '' });
  expect(notKept).toMatchObject({ status: 0, stderr: '', stdout: kept.stdout });
  expect(readdirSync(folder, { recursive: true }).map(String)).toContainEqual(expect.stringMatching(/assay.compiled./));
});
