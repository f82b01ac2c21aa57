import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { collect, commitsIn, createExperiment, successOf, temporaryFolder } from './fixtures/experiment.ts';

/** Opens a store and gives the thread that it started. */
async function openWithWorker(url: string) {
  const started = once(process, 'worker');
  const store = await openStore(url);
  return { store, worker: (await started)[0] as Worker };
}

test('rejects what is pending when the thread dies, and starts another for the next call', async () => {
  const { store, worker } = await openWithWorker(`file:${join(temporaryFolder(), 'dies.db')}`);
  const { id } = await createExperiment(store);
  const saved = await store.saveTaskRun(successOf(id, '1'));

  const pending = ['2', '3'].map((exampleId) =>
    store.saveTaskRun(successOf(id, exampleId)).then(
      () => 'saved',
      (error: { code?: string }) => error.code,
    ),
  );
  await worker.terminate();
  const outcomes = await Promise.all(pending);
  expect(outcomes.every((outcome) => outcome === 'saved' || outcome === 'unavailable')).toBe(true);

  expect(await collect(store.listTaskRuns(id))).toContainEqual(saved);
  expect(await store.saveTaskRun(successOf(id, '4'))).toMatchObject({ exampleId: '4' });
  await store.close();
});

test('saves no dataset of which the thread lost a part when it died', async () => {
  const { store, worker } = await openWithWorker(`file:${join(temporaryFolder(), 'half.db')}`);
  async function* examples() {
    for (let index = 0; index < 1_000; index++) {
      if (index === 700) await worker.terminate();
      yield { id: `${index}`, input: index };
    }
  }
  await expect(store.saveDataset({ name: 'numbers', examples: examples() })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/lost 500 of its 1000 examples/),
  });
  await expect(store.getDataset({ name: 'numbers' })).rejects.toMatchObject({ code: 'not-found' });
  await store.close();
});

test('rejects a call that the thread has not answered when it dies as unavailable', async () => {
  const { store, worker } = await openWithWorker('memory:');
  const calls = [store.listDatasets(), store.listDatasets()].map((list) => collect(list));
  const dying = worker.terminate();
  await expect(Promise.all(calls)).rejects.toMatchObject({ code: 'unavailable' });
  await Promise.allSettled([dying, ...calls]);
  await store.close();
});

test('opens a file once for all who open it, and closes it with the last', async () => {
  const url = `file:${join(temporaryFolder(), 'shared.db')}`;
  const started: Worker[] = [];
  const count = (worker: Worker) => void started.push(worker);
  process.on('worker', count);
  const [one, other] = await Promise.all([openStore(url), openStore(url)]);
  const { id } = await createExperiment(one);
  await one.close();

  expect(await other.getExperiment(id)).toMatchObject({ id });
  await expect(one.getExperiment(id)).rejects.toMatchObject({ code: 'unavailable', message: 'The store is closed' });
  await one.close();
  expect(await other.getExperiment(id)).toMatchObject({ id });
  await other.close();
  await expect(other.getExperiment(id)).rejects.toMatchObject({ code: 'unavailable' });
  process.off('worker', count);
  expect(started.length).toBe(1);
});

test('shares commits among saves that arrive together', async () => {
  const path = join(temporaryFolder(), 'grouped.db');
  await using store = await openStore(`file:${path}`);
  const { id } = await createExperiment(store, { examples: 500 });
  const before = commitsIn(path);
  await Promise.all(Array.from({ length: 500 }, (_, index) => store.saveTaskRun(successOf(id, `${index}`))));
  expect(commitsIn(path) - before).toBe(1);
});

test('saves what was asked before it closes', async () => {
  const url = `file:${join(temporaryFolder(), 'closing.db')}`;
  const store = await openStore(url);
  const { id } = await createExperiment(store, { examples: 100 });
  const saving = Array.from({ length: 100 }, (_, index) => store.saveTaskRun(successOf(id, `${index}`)));
  await store.close();
  await Promise.all(saving);

  await using reopened = await openStore(url);
  expect((await collect(reopened.listTaskRuns(id))).length).toBe(100);
});

test('lets a script end by itself that does not close it, with everything saved', { timeout: 30_000 }, async () => {
  const url = `file:${join(temporaryFolder(), 'script.db')}`;
  const script = fileURLToPath(new URL('./fixtures/unclosed.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, url], { timeout: 20_000 });

  await using store = await openStore(url);
  expect(await store.getDataset({ name: 'left open' })).toMatchObject({ versionId: stdout.trim(), exampleCount: 1 });
});
