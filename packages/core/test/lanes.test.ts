import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createConcurrency } from '../src/concurrency.ts';
import { Lanes, type Urgency } from '../src/lanes.ts';
import { createRateLimiter, type RateLimiter } from '../src/rate-limit.ts';
import { Stopped } from '../src/stop.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const free = createRateLimiter({ key: 'free' });
const nobody = () => {};
const lanesOf = (concurrency: number, mayStart = () => true) =>
  new Lanes(createConcurrency(concurrency), mayStart, nobody, nobody);

/** Enters, and notes the name when the call starts. */
function enter(
  lanes: Lanes,
  started: string[],
  name: string,
  limiter: RateLimiter = free,
  urgency: Urgency = 'task',
): Promise<number> {
  const turn = Promise.resolve(lanes.enter(limiter, urgency));
  turn.then(
    () => started.push(name),
    () => started.push(`${name} stopped`),
  );
  return turn;
}

test('opens no more calls than its concurrency, and the next when one leaves', async () => {
  const lanes = lanesOf(2);
  const started: string[] = [];
  for (const name of ['a', 'b', 'c']) void enter(lanes, started, name);
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a', 'b']);
  lanes.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a', 'b', 'c']);
  expect(lanes.open).toBe(2);
});

test('lets repeated calls go first, then evaluations, then tasks', async () => {
  const lanes = lanesOf(1);
  const started: string[] = [];
  void enter(lanes, started, 'open');
  for (const urgency of ['task', 'evaluation', 'again'] as const) void enter(lanes, started, urgency, free, urgency);
  for (let call = 0; call < 3; call += 1) {
    lanes.leave();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(started).toEqual(['open', 'again', 'evaluation', 'task']);
});

test('never lets a throttled judge hold up tasks of another limiter', async () => {
  const lanes = lanesOf(4);
  const started: string[] = [];
  const slow = createRateLimiter({ requestsPerMinute: 1, key: 'judge' });
  for (const name of ['judge 1', 'judge 2', 'judge 3']) void enter(lanes, started, name, slow, 'evaluation');
  for (const name of ['task 1', 'task 2']) void enter(lanes, started, name);
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['judge 1', 'task 1', 'task 2']);
});

test('tells how long a call waited for its limit, and nothing of its wait for a slot', async () => {
  const lanes = lanesOf(1);
  void lanes.enter(free, 'task');
  const forSlot = lanes.enter(free, 'task');
  await vi.advanceTimersByTimeAsync(500);
  lanes.leave();
  expect(await forSlot).toBe(0);

  const limited = {
    ...createRateLimiter(),
    take: vi
      .fn(() => 0)
      .mockReturnValueOnce(0)
      .mockReturnValueOnce(1000),
  };
  const wide = lanesOf(2);
  void wide.enter(limited, 'task');
  const forLimit = wide.enter(limited, 'task');
  await vi.advanceTimersByTimeAsync(1000);
  expect(await forLimit).toBe(1000);
});

test('starts nothing while it may not, and goes on when pumped', async () => {
  let may = false;
  const lanes = lanesOf(1, () => may);
  const started: string[] = [];
  void enter(lanes, started, 'a');
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual([]);
  may = true;
  lanes.pump();
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a']);
});

test('takes no permit for a call that cannot start', () => {
  const limiter = { ...createRateLimiter(), take: vi.fn(() => 0) };
  const lanes = lanesOf(1);
  void lanes.enter(limiter, 'task');
  void lanes.enter(limiter, 'task');
  expect(limiter.take).toHaveBeenCalledTimes(1);
});

test('tells of each call that starts after a wait', async () => {
  const onStart = vi.fn();
  const lanes = new Lanes(createConcurrency(5), () => true, nobody, onStart);
  const limiter = createRateLimiter({ requestsPerMinute: 60 });
  void lanes.enter(limiter, 'task');
  void lanes.enter(limiter, 'task');
  expect(onStart).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(onStart).toHaveBeenCalledTimes(1);
});

test('ends every wait at a stop, leaves no timer, and lets nothing in later', async () => {
  const lanes = lanesOf(2);
  const started: string[] = [];
  const limiter = createRateLimiter({ requestsPerMinute: 1 });
  for (const name of ['a', 'b', 'c']) void enter(lanes, started, name, limiter);
  await vi.advanceTimersByTimeAsync(0);
  lanes.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a', 'b stopped', 'c stopped']);
  expect(vi.getTimerCount()).toBe(0);
  await expect(lanes.enter(limiter, 'again')).rejects.toBeInstanceOf(Stopped);
});
