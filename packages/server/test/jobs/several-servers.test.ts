import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { monotonicMs } from '../../../../tests/provider/call-log.ts';
import type { Call } from '../../../../tests/provider/call-log.ts';
import type { PostgresUrl } from '../../../../tests/postgres/setup.ts';
import { startServers } from '../fixtures/servers.ts';

const postgresUrl: PostgresUrl = inject('postgresUrl');
const newStore = () => `${postgresUrl}?schema=test_${randomBytes(6).toString('hex')}`;

/** Prompts that were asked more often than once. */
function repeated(calls: readonly Call[]): readonly string[] {
  return [...new Set(calls.filter(({ nth }) => nth > 1).map(({ prompt }) => prompt))];
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
    // Each opens its share, which it settles anew when another comes or goes.
    const late = provider.calls().slice(60);
    expect(Math.max(...late.map(({ open }) => open))).toBeLessThanOrEqual(15);
    expect(Math.max(...late.map(({ open }) => open))).toBeGreaterThan(6);
  });

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
