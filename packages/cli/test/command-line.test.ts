import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLine } from '../src/command-line.ts';

test('never shows the password of a store', () => {
  const store = 'postgres://me:secret@host/runs?password=secret2';
  expect(commandLine(['show', 'e1'], store)).toBe("assay show e1 --store 'postgres://me:***@host/runs?password=***'");
});

test('quotes what a shell would take apart', () => {
  const words = ['resume', 'id', "it's $(mine) *.ts", '', 'Ü "x" \\ `y`'];
  const line = commandLine(words, 'file:./a b.db', ['--concurrency', '3']);
  const { stdout } = spawnSync('sh', ['-c', line.replace('assay', "printf '%s\\n'")], { encoding: 'utf8' });
  expect(stdout.split('\n').slice(0, -1)).toEqual([...words, '--store', 'file:./a b.db', '--concurrency', '3']);
});
