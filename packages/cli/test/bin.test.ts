import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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
