import { describe, expect, test } from 'vitest';
import { AdaptiveBucket } from '../src/bucket.ts';
import { type Storm, storm } from './fixtures/provider.ts';

const asleep = Number.POSITIVE_INFINITY;

/** The middle of 20 storms that differ in their latencies. */
function middle(options: Storm, figure: 'goodput' | 'refused' | 'seconds'): number {
  const figures = Array.from(
    { length: 20 },
    (_, seed) => storm(new AdaptiveBucket(asleep), { ...options, seed: seed + 1 })[figure],
  );
  return figures.sort((a, b) => a - b)[10]!;
}

test('lets everything through until the first refusal', () => {
  const bucket = new AdaptiveBucket(asleep);
  expect(Array.from({ length: 1000 }, () => bucket.take(0))).toEqual(Array.from({ length: 1000 }, () => 0));
});

test('gives permits at the ceiling, evenly, from the first on', () => {
  const bucket = new AdaptiveBucket(10);
  expect([bucket.take(0), bucket.take(0), bucket.take(60), bucket.take(100), bucket.take(100)]).toEqual([
    0, 100, 40, 0, 100,
  ]);
});

test('does not save up permits while nobody asks', () => {
  const bucket = new AdaptiveBucket(10);
  bucket.take(0);
  expect([bucket.take(5000), bucket.take(5000)]).toEqual([0, 80]);
});

test('counts the refusals of calls that were open together as one reduction', () => {
  const bucket = new AdaptiveBucket(8);
  for (let call = 0; call < 6; call += 1) bucket.take(call * 125);
  bucket.refused(700, 710, null);
  const reduced = bucket.rate;
  for (const startedAt of [0, 100, 200, 300]) bucket.refused(startedAt, 720, null);
  expect(reduced).toBeLessThan(8);
  expect(bucket.rate).toBe(reduced);
});

test('gives no permit before Retry-After is over, to nobody', () => {
  const bucket = new AdaptiveBucket(asleep);
  bucket.take(0);
  bucket.refused(0, 10, 5000);
  expect(bucket.take(20)).toBe(4990);
  expect(bucket.take(5010)).toBe(0);
});

test('lets one call come when the provider says so, however little is known of the rate', () => {
  const bucket = new AdaptiveBucket(asleep);
  bucket.take(0);
  bucket.refused(0, 10, 1000);
  expect(bucket.take(10)).toBe(1000);
  expect(bucket.take(1010)).toBe(0);
  expect(bucket.take(1010)).toBeGreaterThan(1000);
  bucket.refused(1010, 1020, 0);
  expect(bucket.take(1020)).toBe(100);
});

test('waits for the permits that were given ahead before a refusal', () => {
  const bucket = new AdaptiveBucket(10);
  expect(bucket.reserve(5, 1000)).toBe(0);
  bucket.refused(1000, 1010, null);
  expect(bucket.reserve(1, 1010)).toBeGreaterThanOrEqual(490);
});

test('guesses from what others took before the first refusal, too', () => {
  const [one, both] = [new AdaptiveBucket(asleep), new AdaptiveBucket(asleep)];
  for (const bucket of [one, both]) {
    bucket.reserve(10, 0);
    bucket.refused(0, 50, null);
  }
  both.tookBefore(20);
  expect(both.rate).toBeCloseTo(3 * one.rate);
});

test('never falls below one call in 10 seconds, nor rises above the ceiling', () => {
  const bucket = new AdaptiveBucket(2);
  for (let now = 0; now < 100_000; now += 1000) {
    bucket.take(now);
    bucket.refused(now, now + 1, null);
  }
  expect(bucket.rate).toBe(0.1);
  for (let now = 200_000; now < 2_000_000; now += 500) {
    bucket.take(now);
    bucket.accepted(now, now + 1);
  }
  expect(bucket.rate).toBe(2);
});

test('takes the goodput of an hour, not its calls, for the rate that was refused', () => {
  const bucket = new AdaptiveBucket(asleep);
  for (let now = 0; now < 3_600_000; now += 50) {
    bucket.take(now);
    bucket.accepted(now, now + 10);
  }
  bucket.refused(3_600_000, 3_600_010, null);
  expect(bucket.rate).toBeCloseTo(20, 0);
});

describe('a 429 storm', () => {
  const asked = { perSecond: 20, burst: 20, calls: 400, concurrency: 10, latency: [10, 400] } as const;

  test('costs at most 5 % of the goodput and 2 % of refused calls', () => {
    expect(middle(asked, 'goodput')).toBeGreaterThanOrEqual(0.95);
    expect(middle(asked, 'refused')).toBeLessThanOrEqual(0.02);
  });

  test('keeps to that in at least 95 of 100 cases, and not only on average', () => {
    const storms = Array.from({ length: 100 }, (_, seed) =>
      storm(new AdaptiveBucket(asleep), { ...asked, seed: seed + 1 }),
    );
    expect(storms.filter(({ goodput, refused }) => goodput >= 0.95 && refused <= 0.02).length).toBeGreaterThanOrEqual(
      95,
    );
  });

  test('costs no more when the provider says how long to wait', () => {
    expect(middle({ ...asked, tellsRetryAfter: true }, 'goodput')).toBeGreaterThanOrEqual(0.95);
    expect(middle({ ...asked, tellsRetryAfter: true }, 'refused')).toBeLessThanOrEqual(0.02);
  });

  test('costs 1 % of the goodput over 5,000 calls, hardly a refusal, and never asks for more than 10 % too much', () => {
    const long = { ...asked, calls: 5_000, concurrency: 30, latency: [100, 300] } as const;
    for (const burst of [5, 20, 60]) {
      const { goodput, refused, acceptedPerSecond } = storm(new AdaptiveBucket(asleep), { ...long, burst });
      expect(goodput).toBeGreaterThanOrEqual(0.99);
      expect(refused).toBeLessThanOrEqual(0.005);
      expect(Math.max(...acceptedPerSecond.slice(10, -1))).toBeLessThanOrEqual(22);
    }
  });

  test.each([
    ['20/s after a burst of 60', { perSecond: 20, burst: 60, calls: 400 }],
    ['20/s with quick calls', { ...asked, latency: [5, 20] as const }],
    ['20/s with 50 calls open', { ...asked, concurrency: 50 }],
    [
      '100/s after a burst of 60',
      { perSecond: 100, burst: 60, calls: 2000, concurrency: 50, latency: [10, 100] as const },
    ],
  ])('finds %s', (_, options) => {
    expect(middle(options, 'goodput')).toBeGreaterThanOrEqual(0.95);
    expect(middle(options, 'refused')).toBeLessThanOrEqual(0.025);
  });

  // A burst of many seconds hides the limit for longer, and the search for it meets more refusals.
  test.each([
    ['5/s', 5, 400, 0.03],
    ['1/s', 1, 200, 0.07],
  ])('finds %s after a burst of 60', (_, perSecond, calls, most) => {
    const options = { perSecond, burst: 60, calls };
    expect(middle(options, 'goodput')).toBeGreaterThanOrEqual(0.98);
    expect(middle(options, 'refused')).toBeLessThanOrEqual(most);
  });

  // Without a burst nothing tells the rate at first, and the search for it costs time rather than refusals.
  test.each([
    ['1/s', { perSecond: 1, burst: 1, calls: 100 }, 0.7],
    ['5/s', { perSecond: 5, burst: 1, calls: 400 }, 0.85],
    ['20/s', { perSecond: 20, burst: 1, calls: 400 }, 0.55],
    ['100/s', { perSecond: 100, burst: 1, calls: 2000, concurrency: 50, latency: [10, 100] as const }, 0.65],
  ])('climbs to %s without a burst', (_, options, least) => {
    expect(middle(options, 'goodput')).toBeGreaterThanOrEqual(least);
    expect(middle(options, 'refused')).toBeLessThanOrEqual(0.02);
  });

  test('follows a limit that falls midway', () => {
    const falls = { ...asked, perSecond: (now: number) => (now < 10_000 ? 20 : 5) };
    // 220 calls in the first 10 s, the rest at 5/s: 46 s at best.
    expect(middle(falls, 'seconds')).toBeLessThanOrEqual(46 / 0.95);
    expect(middle(falls, 'refused')).toBeLessThanOrEqual(0.03);
  });

  test('climbs when a limit rises midway', () => {
    const rises = { ...asked, burst: 5, calls: 1000, perSecond: (now: number) => (now < 20_000 ? 5 : 20) };
    const { acceptedPerSecond } = storm(new AdaptiveBucket(asleep), rises);
    const mean = (from: number, to: number): number =>
      acceptedPerSecond.slice(from, to).reduce((sum, count) => sum + (count ?? 0), 0) / (to - from);
    expect(mean(10, 20)).toBeLessThan(6);
    expect(mean(acceptedPerSecond.length - 11, acceptedPerSecond.length - 1)).toBeGreaterThanOrEqual(10);
  });
});
