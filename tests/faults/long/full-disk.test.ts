import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { monotonicMs, startProvider } from '../../provider/provider.ts';
import { readStored } from '../database.ts';
import { JobsApi } from '../jobs-api.ts';
import { report } from '../report.ts';
import { startServerProcess } from '../server-process.ts';
import { behaviours, keyOf, keyVariable, work } from '../work.ts';

const examples = 200;
const concurrency = 8;
const megabyte = 1024 * 1024;

test('a job whose disk is full loses nothing that it acknowledged, and goes on once there is space', async () => {
  const folder = smallDisk(24);
  const database = { url: `file:${folder}/assay.db` };
  await using provider = await startProvider({ models: behaviours([20, 60]) });
  const server = await startServerProcess({ store: database.url, env: { [keyVariable]: 'key' } });
  const api = new JobsApi(server.url);
  const long = Array.from({ length: examples }, (_, index) => ({
    question: `question-${index}. ${'x'.repeat(10_000)}`,
  }));
  const datasetId = await api.upload('disk', long);
  const ballast = path.join(folder, 'ballast');
  fill(ballast, 2);

  const id = await api.start(datasetId, work({ provider, tag: 'disk', concurrency }));
  const saved = await api.watch(id);
  await quiet(() => saved.size);
  const savedWhenFull = saved.size;
  const { status } = await api.job(id);

  rmSync(ballast);
  const freedAtMs = monotonicMs();
  if (status !== 'RUNNING') await api.resume(id);
  await api.until(id, ['COMPLETED'], 120_000);
  const first = provider.calls().find(({ atMs }) => atMs > freedAtMs);
  const keys = provider.calls().map(keyOf);
  const stored = await readStored(database, id);
  await server.kill('SIGTERM');

  report('Disk of 24 MB', {
    'status when full': status,
    'saved by then': savedWhenFull,
    lost: [...saved].filter((record) => !stored.ids.has(record)).length,
    'calls repeated': keys.length - new Set(keys).size,
    'from space to the next call, ms': first ? Math.round(first.atMs - freedAtMs) : '–',
  });
  expect(savedWhenFull).toBeLessThan(2 * examples);
  expect([...saved].filter((record) => !stored.ids.has(record))).toEqual([]);
  expect([stored.taskRuns, stored.evaluationRuns]).toEqual([examples, examples]);
  expect(keys.length - new Set(keys).size).toBeLessThanOrEqual(2 * concurrency);
});

/** A disk of so many megabytes. Needs the right to mount. */
function smallDisk(megabytes: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Leaves so many megabytes. */
function fill(file: string, leave: number): void {
  const free = Number(
    execFileSync('df', ['--output=avail', '-B1', path.dirname(file)])
      .toString()
      .split('\n')[1],
  );
  writeFileSync(file, Buffer.alloc(free - leave * megabyte));
}

/** Resolves once a count has not changed for 3 s. */
async function quiet(count: () => number): Promise<void> {
  for (let last = -1; last !== count();) {
    last = count();
    await sleep(3_000);
  }
}
