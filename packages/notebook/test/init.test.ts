import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { initProject, installCommand } from '../src/init.ts';

const program = path.resolve(import.meta.dirname, '../bin/assay-notebook.js');

test('a project gets a kernel that moves with it, and a starter notebook', () => {
  const folder = project();

  expect(initProject(folder)).toMatchObject({
    written: ['.jupyter/kernels/tslab/kernel.json', 'starter.ipynb'],
    kept: [],
  });
  expect(json(folder, '.jupyter/kernels/tslab/kernel.json')).toMatchObject({
    argv: ['{resource_dir}/../../../node_modules/.bin/tslab', 'kernel', '--config-path', '{connection_file}'],
  });
  expect(json(folder, 'starter.ipynb')).toMatchObject({ nbformat: 4, metadata: { kernelspec: { name: 'tslab' } } });
});

test('a starter notebook that is there is kept as it is', () => {
  const folder = project();
  writeFileSync(path.join(folder, 'starter.ipynb'), 'mine');

  expect(initProject(folder)).toMatchObject({ kept: ['starter.ipynb'] });
  expect(readFileSync(path.join(folder, 'starter.ipynb'), 'utf8')).toBe('mine');
});

test('what the project lacks is named, and what it has or one above it has is not', () => {
  const folder = project();
  for (const name of ['@assay/core', 'tslab']) install(folder, name);
  const below = path.join(folder, 'notes');
  mkdirSync(below);
  writeFileSync(path.join(below, 'package.json'), '{}');

  const missing = ['@assay/frames', '@assay/notebook', '@assay/store', '@types/node@22'];
  expect(initProject(folder).missing).toEqual(missing);
  expect(initProject(below).missing).toEqual(missing);
});

test('packages are added by the package manager of the project', () => {
  const folder = project();
  expect(installCommand(folder, ['tslab@1'])).toBe('npm install -D tslab@1');
  writeFileSync(path.join(folder, 'pnpm-lock.yaml'), '');
  expect(installCommand(folder, ['tslab@1'])).toBe('pnpm add -D tslab@1');
});

test('with --user the kernel goes where Jupyter and VS Code look, and leads to this project', () => {
  const folder = project();
  const { status, stdout } = run(folder, ['init', '--user'], { JUPYTER_DATA_DIR: path.join(folder, 'data') });

  expect(status).toBe(0);
  expect(stdout).toContain('VS Code');
  expect(json(folder, 'data/kernels/tslab/kernel.json')).toMatchObject({
    argv: [path.join(folder, 'node_modules/.bin/tslab'), 'kernel', '--config-path', '{connection_file}'],
  });
});

test('a folder that is no project is left alone, with exit code 1', () => {
  const folder = project();
  rmSync(path.join(folder, 'package.json'));

  const { status, stderr } = run(folder, ['init']);

  expect([status, stderr]).toEqual([1, expect.stringContaining('npm init -y')]);
  expect(existsSync(path.join(folder, '.jupyter'))).toBe(false);
});

test.each([[[]], [['start']], [['init', '--quick']]])(
  'a wrong command line %j gets the usage and exit code 2',
  (args) => {
    const { status, stderr } = run(project(), args);
    expect([status, stderr]).toEqual([2, expect.stringContaining('assay-notebook init [--user]')]);
  },
);

function project(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'package.json'), '{}');
  return folder;
}

function install(folder: string, name: string): void {
  mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
  writeFileSync(path.join(folder, 'node_modules', name, 'package.json'), '{}');
}

function run(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
}

function json(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}
