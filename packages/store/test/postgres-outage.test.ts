import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster } from '../../../tests/postgres/cluster.ts';
import type { PostgresCluster } from '../../../tests/postgres/cluster.ts';
import { openStore } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { describePostgres } from './fixtures/databases.ts';
import { collect, createExperiment, successOf } from './fixtures/experiment.ts';

describePostgres('a PostgreSQL store whose server goes away', () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  /** Saves from 8 callers until stopped, each again until it is told that it is saved. */
  function saveEverything(store: Store, experimentId: string) {
    const acknowledged: string[] = [];
    const state = { next: 0, isStopped: false };
    const saveNext = async (): Promise<void> => {
      for (let example = state.next++; !state.isStopped && example < 5_000; example = state.next++) {
        for (let isSaved = false; !isSaved && !state.isStopped;) {
          try {
            await store.saveTaskRun(successOf(experimentId, `${example}`));
            isSaved = true;
          } catch (error) {
            const { code } = error as { code: string };
            expect(['unavailable', 'conflict']).toContain(code);
            // It was saved, and the answer was lost.
            isSaved = code === 'conflict';
          }
          if (isSaved) acknowledged.push(`${example}`);
        }
      }
    };
    const done = Promise.all(Array.from({ length: 8 }, saveNext));
    return {
      acknowledged,
      stop: async () => {
        state.isStopped = true;
        await done;
      },
    };
  }

  async function expectAllKept(store: Store, experimentId: string, acknowledged: readonly string[]): Promise<void> {
    const stored = (await collect(store.listTaskRuns(experimentId))).map(({ exampleId }) => exampleId);
    expect(new Set(stored).size).toBe(stored.length);
    const kept = new Set(stored);
    expect(acknowledged.filter((example) => !kept.has(example))).toEqual([]);
  }

  for (const how of ['fast', 'immediate'] as const) {
    test(`keeps what was acknowledged and goes on by itself after a ${how} restart`, async () => {
      await using store = await openStore(`${cluster.url}?schema=restart_${how}`);
      const { id } = await createExperiment(store, { examples: 5_000 });
      const saving = saveEverything(store, id);
      for (let round = 0; round < 3; round++) {
        await until(() => saving.acknowledged.length > (round + 1) * 50);
        await cluster.stop(how);
        await cluster.start();
      }
      const before = saving.acknowledged.length;
      await until(() => saving.acknowledged.length > before + 50);
      await saving.stop();
      await expectAllKept(store, id, saving.acknowledged);
    });
  }

  test('waits for a server that is away when a call begins, and gives up when the time is up', async () => {
    await using patient = await openStore(`${cluster.url}?schema=away`, { lockTimeoutMs: 20_000 });
    await using hasty = await openStore(`${cluster.url}?schema=away`, { lockTimeoutMs: 100 });
    await cluster.stop();
    const listing = collect(patient.listDatasets());
    await expect(collect(hasty.listDatasets())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/postgres on 127\.0\.0\.1/),
    });
    await cluster.start();
    expect(await listing).toEqual([]);
    expect(await collect(hasty.listDatasets())).toEqual([]);
  });

  test('goes on after a server that answered nothing for a while', async () => {
    await using store = await openStore(`${cluster.url}?schema=paused`);
    const { id } = await createExperiment(store, { examples: 10 });
    await store.saveTaskRun(successOf(id, '0'));
    cluster.pause();
    const saving = store.saveTaskRun(successOf(id, '1'));
    await sleep(300);
    cluster.resume();
    await saving;
    await expectAllKept(store, id, ['0', '1']);
  });

  test('says unavailable when a server answers nothing for too long, and saves again when it does', async () => {
    await using store = await openStore(`${cluster.url}?schema=stalled`, { lockTimeoutMs: 300 });
    const { id } = await createExperiment(store, { examples: 10 });
    cluster.pause();
    await expect(store.saveTaskRun(successOf(id, '1'))).rejects.toMatchObject({ code: 'unavailable' });
    cluster.resume();
    await store.saveTaskRun(successOf(id, '2'));
    await expectAllKept(store, id, ['2']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
