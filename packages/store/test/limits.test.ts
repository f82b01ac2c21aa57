import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RateLimiter } from '@assay/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { describeInEach, describePostgres, emptyPostgres } from './fixtures/databases.ts';
import { temporaryFolder } from './fixtures/experiment.ts';

/** Waits for a permit. */
async function taken(limiter: RateLimiter): Promise<number> {
  for (let wait = limiter.take(); wait > 0; wait = limiter.take()) await sleep(wait);
  return performance.now();
}

/** Takes as many permits, one after the other, and gives the calls per second after the first. */
async function rateOf(limiter: RateLimiter, count: number): Promise<number> {
  const first = await taken(limiter);
  let last = first;
  for (let index = 1; index < count; index += 1) last = await taken(limiter);
  return ((count - 1) * 1000) / (last - first);
}

describeInEach((openEmpty) => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmpty();
  });
  afterAll(() => store.close());

  test('a limit that nobody has told lets everything through until a refusal', async () => {
    const limiter = store.createRateLimiter({ key: 'asleep' });
    await taken(limiter);
    expect(Array.from({ length: 100 }, () => limiter.take())).toEqual(Array.from({ length: 100 }, () => 0));
    limiter.refused(performance.now(), null);
    expect(limiter.take()).toBeGreaterThan(0);
  });

  test('a limit that is told is never exceeded', async () => {
    const limiter = store.createRateLimiter({ key: 'told', requestsPerMinute: 6_000 });
    expect(await rateOf(limiter, 50)).toBeLessThan(100 * 1.1);
  });

  test('a refusal holds up everybody for as long as the provider asked', async () => {
    const [one, other] = ['one', 'other'].map(() =>
      store.createRateLimiter({ key: 'paused', requestsPerMinute: 60_000 }),
    );
    await Promise.all([taken(one!), taken(other!)]);
    const refusedAt = performance.now();
    one!.refused(refusedAt, 400);
    // The other hears of it with its next batch.
    await sleep(100);
    await rateOf(other!, 60);
    expect((await taken(other!)) - refusedAt).toBeGreaterThan(350);
  });

  test('many refusals of one storm lower the limit once', async () => {
    const limiters = Array.from({ length: 3 }, () => store.createRateLimiter({ key: 'storm' }));
    const startedAt: number[] = [];
    for (const limiter of limiters) startedAt.push(await taken(limiter));
    for (let call = 0; call < 10; call += 1)
      for (const [index, limiter] of limiters.entries()) limiter.refused(startedAt[index]!, null);
    await sleep(100);
    // Ten calls a second were hardly let in: a third of them is the first guess, and none of the others lowered it.
    const again = store.createRateLimiter({ key: 'storm' });
    expect(await rateOf(again, 2)).toBeGreaterThan(0.25);
  });
});

test('a limit that was found is found again after a restart', async () => {
  const url = `file:${temporaryFolder()}/limits.db`;
  const before = await openStore(url);
  const limiter = before.createRateLimiter({ key: 'found' });
  await taken(limiter);
  limiter.refused(performance.now(), null);
  await taken(limiter);
  await before.close();
  await using after = await openStore(url);
  const again = after.createRateLimiter({ key: 'found' });
  await taken(again);
  expect(again.take()).toBeGreaterThan(0);
});

describePostgres('in PostgreSQL', () => {
  test('three servers share one limit, and use all of it', { timeout: 30_000 }, async () => {
    const url = emptyPostgres();
    const stores = await Promise.all([1, 2, 3].map((server) => openStore(url, { lockTimeoutMs: 30_000 + server })));
    const limiters = stores.map((store) => store.createRateLimiter({ key: 'shared', requestsPerMinute: 12_000 }));
    await Promise.all(limiters.map(taken));
    const rates = await Promise.all(limiters.map((limiter) => rateOf(limiter, 100)));
    const together = rates.reduce((sum, rate) => sum + rate, 0);
    expect(together).toBeLessThan(200 * 1.25);
    await Promise.all(stores.map((store) => store.close()));
  });
});
