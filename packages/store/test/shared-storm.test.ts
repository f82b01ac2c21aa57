import { expect, test } from 'vitest';
import { storm, type Storm } from './fixtures/storm.ts';

const asked = {
  servers: 3,
  concurrency: 30,
  calls: 5_000,
  provider: { perSecond: 20, burst: 20, latencyMs: [100, 300] },
} as const satisfies Omit<Storm, 'seed'>;

test.each([1, 2])('three servers find a limit, use it whole, and are hardly refused (storm %i)', async (seed) => {
  const { goodput, refused, worstSecond } = await storm({ ...asked, seed });
  expect(goodput).toBeGreaterThanOrEqual(0.98);
  expect(refused).toBeLessThanOrEqual(0.01);
  expect(worstSecond).toBeLessThanOrEqual(1.1);
});

test.each([1, 2, 3, 4])('and do so in a short storm, which is mostly the search (storm %i)', async (seed) => {
  const { goodput, refused } = await storm({ ...asked, calls: 400, seed });
  expect(goodput).toBeGreaterThanOrEqual(0.85);
  expect(refused).toBeLessThanOrEqual(0.03);
});

test('a limit of 60 calls a second is used by all servers alike', async () => {
  const provider = { perSecond: 60, burst: 60, latencyMs: [100, 300] } as const;
  const { goodput, refused, callsOf } = await storm({ ...asked, calls: 4_000, provider, seed: 1 });
  expect(goodput).toBeGreaterThanOrEqual(0.95);
  expect(refused).toBeLessThanOrEqual(0.02);
  expect(Math.max(...callsOf)).toBeLessThan(1.5 * Math.min(...callsOf));
});
