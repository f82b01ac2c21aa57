import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { preparePython, PythonProblem } from '../../../scripts/python-environment.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'assay-python-'));
const requirements = path.join(folder, 'requirements.txt');
writeFileSync(requirements, 'jupyterlab\n');
afterAll(() => rmSync(folder, { recursive: true }));

test('a Python that is not there is named, with how to name another', () => {
  expect(() => prepare('/nowhere/python3')).toThrow(PythonProblem);
  expect(() => prepare('/nowhere/python3')).toThrow('ASSAY_PYTHON=/path/to/python');
});

test('a Python that is too old is told apart', () => {
  expect(() => prepare(interpreter('old', 'echo 3 9'))).toThrow('Expected Python 3.11 or newer, got 3.9');
});

test('a Python without venv, as Debian ships it, is told how to get it', () => {
  const bare = interpreter('bare', 'case "$2" in *venv*) exit 1;; *) echo 3 11;; esac');
  expect(() => prepare(bare)).toThrow('apt install python3-venv');
});

test('what an install that fails said is shown', () => {
  const offline = interpreter('offline', 'case "$1" in -m) echo no network >&2; exit 1;; *) echo 3 12;; esac');
  expect(() => prepare(offline)).toThrow(/venv.* failed:\nno network/);
});

function prepare(python: string): string {
  return preparePython(path.join(folder, 'environment'), requirements, python);
}

/** A program that answers as a Python of that kind does. */
function interpreter(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
