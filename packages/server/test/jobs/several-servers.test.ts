import { openStore } from '@assay/store';
import type { Store } from '@assay/store';
import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { monotonicMs } from '../../../../tests/provider/call-log.ts';
import type { Call } from '../../../../tests/provider/call-log.ts';
import type { PostgresUrl } from '../../../../tests/postgres/setup.ts';
import { routesOf } from '../fixtures/jobs.ts';
import { upload } from '../fixtures/server.ts';
import { startServers } from '../fixtures/servers.ts';

const postgresUrl: PostgresUrl = inject('postgresUrl');
const newStore = () => `${postgresUrl}?schema=test_${randomBytes(6).toString('hex')}`;

/** Prompts that were asked more often than once. */
function repeated(calls: readonly Call[]): readonly string[] {
  return [...new Set(calls.filter(({ nth }) => nth > 1).map(({ prompt }) => prompt))];
}

/** Resolves once every lease of the store has been renewed. */
async function renewed({ postgres }: Store): Promise<void> {
  const leases = async () =>
    (await postgres!.executeSql('SELECT holder, lease_until FROM job_holders')).rows as readonly {
      readonly holder: string;
      readonly lease_until: string;
    }[];
  const before = await leases();
  await expect
    .poll(
      async () => {
        const after = new Map((await leases()).map(({ holder, lease_until: until }) => [holder, until]));
        return before.every(({ holder, lease_until: until }) => after.get(holder) !== until);
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(true);
}

describe.skipIf(postgresUrl === null)('several servers on one PostgreSQL', () => {
  test('carry one job out together, each call once', { timeout: 60_000 }, async () => {
    const { servers, of, provider } = await startServers(newStore(), {
      servers: 3,
      examples: 240,
      provider: { behaviour: { latencyMs: 60 } },
    });
    const { started, ended } = of(servers[0]!);
    const { experiment } = await started({ max_concurrency: 12 });
    expect(await ended(experiment.id)).toMatchObject({
      status: 'COMPLETED',
      completed_run_count: 240,
      failed_run_count: 0,
      in_flight_count: 0,
    });
    expect(provider.calls()).toHaveLength(240);
    expect(repeated(provider.calls())).toEqual([]);
  });

  test(
    'open no more calls together than the job may, once each knows of the others',
    { timeout: 120_000 },
    async () => {
      const url = newStore();
      // So much that none of them runs out of shards, and leaves, while this looks.
      const { servers, of, provider } = await startServers(url, {
        servers: 3,
        examples: 4_000,
        provider: { behaviour: { latencyMs: 200 } },
      });
      const { experiment } = await of(servers[0]!).started({ max_concurrency: 12 });
      await using store = await openStore(url);
      const joined = { timeout: 30_000, interval: 50 };
      await expect.poll(async () => (await store.jobs.get(experiment.id)).holders, joined).toBe(3);
      // A server heeds how many there are right after it has renewed its lease: by the second time it has.
      await renewed(store);
      await renewed(store);
      const from = provider.calls().length;
      await provider.until((calls) => calls.length >= from + 100 && calls.slice(from).some(({ open }) => open > 8));
      expect(
        Math.max(
          ...provider
            .calls()
            .slice(from)
            .map(({ open }) => open),
        ),
      ).toBeLessThanOrEqual(12);
      expect(await store.jobs.get(experiment.id)).toMatchObject({ status: 'RUNNING', holders: 3 });
    },
  );

  test('get on with a small job while they carry out a big one', { timeout: 60_000 }, async () => {
    const { servers, of, provider } = await startServers(newStore(), {
      servers: 2,
      examples: 4_000,
      provider: { behaviour: { latencyMs: 50 } },
    });
    const [one, other] = [of(servers[0]!), of(servers[1]!)];
    const { experiment: big } = await one.started({ max_concurrency: 4 });
    await provider.until((calls) => calls.length >= 50);
    const { dataset_id: few } = await upload(servers[0]!.ask, {
      name: 'few',
      inputs: [{ question: 'Which?' }, { question: 'Why?' }, { question: 'When?' }],
    });
    const small = routesOf(servers[1]!.ask, few, provider);
    const { experiment } = await small.started({ max_concurrency: 2 });
    expect(await small.ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 3 });
    const { status, completed_run_count: completed } = await other.jobOf(big.id);
    expect(status).toBe('RUNNING');
    expect(completed).toBeLessThan(2_000);
  });

  test(
    'lose nothing and call nothing twice when the tables of the shards are dropped',
    { timeout: 60_000 },
    async () => {
      const url = newStore();
      const { servers, of, provider } = await startServers(url, {
        servers: 2,
        examples: 300,
        provider: { behaviour: { latencyMs: 50 } },
      });
      const { started, ended } = of(servers[0]!);
      const { experiment } = await started({ max_concurrency: 6 });
      await provider.until((calls) => calls.length >= 80);
      await using store = await openStore(url);
      const before = await store.jobs.get(experiment.id);
      await store.postgres!.executeSql(`DROP SCHEMA ${store.postgres!.schema}_q CASCADE`);
      expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 300 });
      expect(provider.calls()).toHaveLength(300);
      // Whoever took it up anew has cut anew what was left.
      expect((await store.jobs.get(experiment.id)).token).toBeGreaterThan(before.token);
    },
  );

  test('stop a job that any of them is asked to stop, and resume it', { timeout: 60_000 }, async () => {
    const { servers, of, provider } = await startServers(newStore(), {
      servers: 2,
      examples: 200,
      provider: { behaviour: { latencyMs: 100 } },
    });
    const [one, other] = [of(servers[0]!), of(servers[1]!)];
    const { experiment } = await one.started({ max_concurrency: 8 });
    await provider.until((calls) => calls.length >= 40);
    expect(await other.stop(experiment.id)).toMatchObject({ status: 200 });
    const answeredAt = monotonicMs();
    await expect.poll(async () => (await one.jobOf(experiment.id)).in_flight_count, { timeout: 5_000 }).toBe(0);
    const after = provider.calls().filter(({ atMs }) => atMs > answeredAt + 100);
    expect(after).toEqual([]);
    const { completed_run_count: completed } = await other.jobOf(experiment.id);
    expect(completed).toBe(provider.calls().length);

    expect(await other.resume(experiment.id)).toMatchObject({ status: 200 });
    expect(await one.ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 200 });
    expect(repeated(provider.calls())).toEqual([]);
  });

  test('all stop when the provider answers nobody, and go on once they are told to', { timeout: 120_000 }, async () => {
    const url = newStore();
    const { servers, of, provider } = await startServers(url, {
      servers: 2,
      examples: 300,
      provider: { behaviour: { latencyMs: 1_000_000 } },
    });
    const [one, other] = [of(servers[0]!), of(servers[1]!)];
    const { experiment } = await one.started({ max_concurrency: 12, timeout_ms: 2_000 });
    expect(await other.ended(experiment.id)).toMatchObject({ status: 'ERROR', last_error: { kind: 'experiment' } });
    await using store = await openStore(url);
    await expect.poll(async () => (await store.jobs.get(experiment.id)).holders, { timeout: 40_000 }).toBe(0);
    expect(provider.calls().length).toBeLessThan(100);
    await provider.behave({});
    expect(await other.resume(experiment.id, { timeout_ms: 60_000 })).toMatchObject({ status: 200 });
    expect(await one.ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 300 });
  });

  test('take up what one of them had in hand when it was killed', { timeout: 60_000 }, async () => {
    const { servers, of, provider } = await startServers(newStore(), {
      servers: 2,
      examples: 300,
      provider: { behaviour: { latencyMs: 50 } },
    });
    const [one, other] = [of(servers[0]!), of(servers[1]!)];
    const { experiment } = await one.started({ max_concurrency: 6 });
    await provider.until((calls) => calls.length >= 60);
    await servers[0]!.kill();
    expect(await other.ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 300 });
    // At most what was in flight and not yet saved.
    expect(repeated(provider.calls()).length).toBeLessThanOrEqual(2 * 6);
  });

  test('leave a job to the others when one of them is told to end', { timeout: 60_000 }, async () => {
    const { servers, of, provider } = await startServers(newStore(), {
      servers: 2,
      examples: 200,
      provider: { behaviour: { latencyMs: 50 } },
    });
    const [one, other] = [of(servers[0]!), of(servers[1]!)];
    const { experiment } = await one.started({ max_concurrency: 6 });
    await provider.until((calls) => calls.length >= 50);
    servers[0]!.process.kill('SIGTERM');
    expect(await other.ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 200 });
    expect(repeated(provider.calls())).toEqual([]);
  });

  test('count failures once, and end in COMPLETED with them', { timeout: 60_000 }, async () => {
    const { servers, of } = await startServers(newStore(), {
      servers: 2,
      examples: 60,
      provider: { behaviour: { latencyMs: 20, failures: [{ kind: 'status', status: 400, share: 0.5 }] } },
    });
    const { started, ended } = of(servers[1]!);
    const { experiment } = await started({ max_concurrency: 4 });
    const job = await ended(experiment.id);
    expect(job.status).toBe('COMPLETED');
    expect(job.completed_run_count + job.failed_run_count).toBe(60);
    expect(job.failed_run_count).toBeGreaterThan(10);
  });
});
