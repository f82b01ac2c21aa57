import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attempt, type Call } from '../src/attempt.ts';
import { createConcurrency } from '../src/concurrency.ts';
import { Lanes } from '../src/lanes.ts';
import { createRateLimiter } from '../src/rate-limit.ts';
import { StopSwitch } from '../src/stop.ts';
import { finish, start, throwing } from './fixtures/attempt.ts';
import { after } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['an Error', new Error('overloaded')],
  ['a TypeError', new TypeError('undefined is not a function')],
  ['text', 'overloaded'],
  ['nothing', undefined],
  ['a DOMException', new DOMException('gone', 'AbortError')],
])('calls again after %s', async (_, thrown) => {
  expect(await finish(throwing(thrown))).toMatchObject({ ok: true, value: 'done', attempts: 2 });
});

test('calls again after a rejection as after a throw', async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('no')).mockResolvedValue('done');
  expect(await finish(work)).toMatchObject({ ok: true, attempts: 2 });
});

test('calls four times with three retries, and keeps the last error', async () => {
  const work = throwing(new Error('1'), new Error('2'), new Error('3'), new Error('4'), new Error('5'));
  expect(await finish(work)).toMatchObject({ ok: false, message: '4', attempts: 4 });
  expect(work.mock.calls.map(([{ attempt }]) => attempt)).toEqual([1, 2, 3, 4]);
});

test('calls once without retries', async () => {
  expect(await finish(throwing(new Error('no')), { retries: 0 })).toMatchObject({ ok: false, attempts: 1 });
});

test.each([400, 401, 403, 404, 405, 413, 422])('calls once when the status is %d', async (status) => {
  expect(await finish(throwing(Object.assign(new Error('no'), { status })))).toMatchObject({ ok: false, attempts: 1 });
});

test('asks shouldRetry instead, in both directions', async () => {
  const bad = Object.assign(new Error('no'), { status: 400 });
  expect(await finish(throwing(bad), { shouldRetry: () => true })).toMatchObject({ ok: true, attempts: 2 });
  expect(await finish(throwing(new Error('no')), { shouldRetry: () => false })).toMatchObject({
    ok: false,
    attempts: 1,
  });
});

test('hands shouldRetry what was thrown, once', async () => {
  const shouldRetry = vi.fn(() => false);
  const thrown = { code: 'E' };
  await finish(throwing(thrown), { shouldRetry });
  expect(shouldRetry).toHaveBeenCalledExactlyOnceWith(thrown);
});

test.each([1, 2])('rejects with what shouldRetry throws, at failure %d, and calls no more', async (at) => {
  let asked = 0;
  const work = throwing(new Error('1'), new Error('2'), new Error('3'));
  const shouldRetry = () => {
    asked += 1;
    if (asked === at) throw new RangeError('a bug in shouldRetry');
    return true;
  };
  await expect(finish(work, { shouldRetry })).rejects.toThrowError('a bug in shouldRetry');
  expect(work).toHaveBeenCalledTimes(at);
});

test('pauses longer before each retry, and counts the pauses as waiting, not as latency', async () => {
  const calls: number[] = [];
  const outcome = await finish(() => {
    calls.push(performance.now());
    throw new Error('no');
  });
  const pauses = calls.slice(1).map((at, index) => at - calls[index]!);
  expect(pauses[0]).toBeGreaterThanOrEqual(500);
  expect(pauses[1]).toBeGreaterThanOrEqual(1000);
  expect(pauses[2]).toBeGreaterThanOrEqual(2000);
  expect(outcome.waitMs).toBeCloseTo(
    pauses.reduce((sum, pause) => sum + pause, 0),
    5,
  );
  expect(outcome.latencyMs).toBe(0);
});

test('measures the final attempt only', async () => {
  const work = vi
    .fn()
    .mockImplementationOnce(() =>
      after(500, null).then(() => {
        throw new Error('no');
      }),
    )
    .mockImplementation(() => after(70, 'done'));
  const outcome = await finish(work);
  expect(outcome).toMatchObject({ ok: true, latencyMs: 70 });
  expect(outcome.endedAt.getTime() - outcome.startedAt.getTime()).toBe(70);
});

test('never ends before it started, though the clock steps back', async () => {
  const outcome = await finish(async () => {
    await after(20, null);
    vi.setSystemTime(0);
  });
  expect(outcome.endedAt.getTime() - outcome.startedAt.getTime()).toBe(20);
  expect(outcome.latencyMs).toBe(20);
});

test('replaces an empty message by the name of the error', async () => {
  class QuotaError extends Error {
    override name = 'QuotaError';
  }
  expect(await finish(throwing(new QuotaError('')), { retries: 0 })).toMatchObject({ message: 'QuotaError' });
  expect(await finish(throwing(new Error('')), { retries: 0 })).toMatchObject({ message: 'Error' });
  expect(await finish(throwing(''), { retries: 0 })).toMatchObject({ message: 'Unknown error' });
});

test('holds its slot until the saving begins, and not during a back-off', async () => {
  const stop = new StopSwitch();
  const lanes = new Lanes(
    createConcurrency(1),
    () => true,
    () => {},
    () => {},
  );
  const policy = { retries: 1, timeoutMs: null, limiter: createRateLimiter(), shouldRetry: undefined };
  const outcome = attempt(throwing(new Error('no')), policy, lanes, stop, 'task');
  await vi.advanceTimersByTimeAsync(500);
  expect(lanes.open).toBe(0);
  await vi.runAllTimersAsync();
  expect(await outcome).toMatchObject({ ok: true });
  expect(lanes.open).toBe(1);
});

describe('a time-out', () => {
  test('ends the attempt, fires its signal with the reason, and is retried', async () => {
    const signals: AbortSignal[] = [];
    const work = vi.fn((call: Call) => {
      signals.push(call.signal);
      return call.attempt === 1 ? new Promise<string>(() => {}) : 'done';
    });
    expect(await finish(work, { timeoutMs: 100 })).toMatchObject({ ok: true, value: 'done', attempts: 2 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]!.reason).toMatchObject({ name: 'TimeoutError', message: 'Timed out after 100 ms' });
  });

  test('fires the signal also for who looks at it later', async () => {
    let late: Call | undefined;
    await finish((call) => ((late = call), new Promise(() => {})), { timeoutMs: 10, retries: 0 });
    expect(late?.signal.aborted).toBe(true);
  });

  test('does not wait for the call, and ignores what it returns later', async () => {
    const { outcome, lanes } = start(() => after(500, 'late'), { timeoutMs: 100, retries: 0 });
    await vi.advanceTimersByTimeAsync(100);
    expect(lanes.open).toBe(0);
    expect(await outcome).toMatchObject({ ok: false, message: 'Timed out after 100 ms', providerWide: true });
    await vi.runAllTimersAsync();
    expect(await outcome).toMatchObject({ ok: false });
  });

  test('ignores how a call fails later, without an unhandled rejection', async () => {
    const outcome = await finish(
      () =>
        after(500, null).then(() => {
          throw new Error('late');
        }),
      { timeoutMs: 100, retries: 0 },
    );
    expect(outcome).toMatchObject({ message: 'Timed out after 100 ms' });
  });

  test('leaves no timer when the call returns in time', async () => {
    const { outcome } = start(() => Promise.resolve(1), { timeoutMs: 60_000 });
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('longer than a timer can hold is no time-out at once', async () => {
    expect(await finish(() => after(50, 'done'), { timeoutMs: 2 ** 40 })).toMatchObject({ ok: true });
  });
});
