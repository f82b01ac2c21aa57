import type { JobDraft, Store } from '@assay/store';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SharedJobs } from '../../src/jobs/shared-jobs.ts';
import { openQueues, postgresUrl, shards } from '../fixtures/shards.ts';

/** A job that runs, held by somebody. */
async function startJob({ jobs, ...store }: Store) {
  const dataset = await store.saveDataset({ name: `${Math.random()}`, examples: [{ input: 'a' }] });
  const { id: experimentId } = await store.createExperiment({
    datasetId: dataset.id,
    datasetVersionId: dataset.versionId,
    repetitions: 1,
  });
  const draft: JobDraft = {
    experimentId,
    runner: 'server',
    spec: {},
    evaluatorNames: [],
    maxConcurrency: 5,
    ephemeral: false,
  };
  await jobs.create(draft);
  return (await jobs.take(experimentId, 'one'))!;
}

async function joinedBy(shared: SharedJobs, mayJoin: (experimentId: string) => boolean = () => true) {
  const joined = [];
  for await (const part of shared.join(mayJoin, () => 'two')) joined.push(part);
  return joined;
}

describe.skipIf(postgresUrl === null)('jobs that servers share', () => {
  test('are joined where there is a shard to be had', async () => {
    const { store, one, other } = await openQueues();
    const [free, taken, mine] = [await startJob(store), await startJob(store), await startJob(store)];
    for (const lease of [free, taken, mine]) await one.plan(lease, shards.slice(0, 1));
    await one.fetch(taken);
    const shared = new SharedJobs(store.jobs, other);
    const joined = await joinedBy(shared, (id) => id !== mine.experimentId);
    expect(joined).toMatchObject([{ lease: { ...free, holder: 'two' }, first: { range: shards[0] } }]);
    expect(await store.jobs.listStates([free.experimentId, mine.experimentId])).toMatchObject([
      { holders: 2 },
      { holders: 1 },
    ]);
  });

  test('are all asked for a shard, some at a time', async () => {
    const { store, one, other } = await openQueues();
    await Promise.all(Array.from({ length: 20 }, () => startJob(store)));
    const last = (await store.jobs.listHeld(20)).at(-1)!;
    await one.plan(last, shards);
    const shared = new SharedJobs(store.jobs, other);
    expect(await joinedBy(shared)).toEqual([]);
    expect(await joinedBy(shared)).toMatchObject([{ lease: last }]);
  });

  test('keep their shards only while they run, and under their token', async () => {
    const { store, one } = await openQueues();
    const [lease, stopped] = [await startJob(store), await startJob(store)];
    const earlier = { ...lease, token: lease.token - 1 };
    for (const job of [earlier, lease, stopped]) await one.plan(job, shards);
    await store.jobs.stop(stopped.experimentId);
    await new SharedJobs(store.jobs, one).forget();
    expect(await one.list()).toEqual([{ experimentId: lease.experimentId, token: lease.token }]);
  });

  test('are taken from nobody by a server that has just come to itself', async () => {
    const { store, one, other, sql } = await openQueues();
    const lease = await startJob(store);
    await one.plan(lease, shards.slice(0, 1));
    await one.fetch(lease);
    await sql(`UPDATE SHARDS.job SET heartbeat_on = heartbeat_on - interval '1 hour'`);
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const shared = new SharedJobs(store.jobs, other);
    const looks = async (...pauses: readonly number[]) => {
      for (const ms of pauses) {
        vi.advanceTimersByTime(ms);
        await shared.takeBack(true);
      }
    };
    await looks(400, 60_000, 1_500, 1_500);
    expect(await other.fetch(lease)).toBeNull();
    await looks(1_500);
    expect(await other.fetch(lease)).toMatchObject({ range: shards[0] });
  });
});
