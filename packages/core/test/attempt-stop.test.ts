import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRateLimiter } from '../src/rate-limit.ts';
import { Stopped } from '../src/stop.ts';
import { finish, refusal, start, throwing } from './fixtures/attempt.ts';
import { after } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a refusal', () => {
  test('uses up no retry, and counts in attempts', async () => {
    const work = throwing(refusal(), refusal(), refusal(), refusal(), refusal());
    expect(await finish(work, { retries: 0 })).toMatchObject({ ok: true, attempts: 6 });
  });

  test('leaves the retries for failures', async () => {
    const work = throwing(refusal(), new Error('1'), refusal(), new Error('2'), refusal());
    expect(await finish(work, { retries: 2 })).toMatchObject({ ok: true, attempts: 6 });
  });

  test('obeys Retry-After, as waiting time', async () => {
    const calls: number[] = [];
    const work = throwing(refusal({ 'retry-after': '120' }));
    const outcome = await finish((call) => (calls.push(performance.now()), work(call)));
    expect(calls[1]! - calls[0]!).toBeGreaterThanOrEqual(120_000);
    expect(outcome.waitMs).toBeGreaterThanOrEqual(120_000);
  });

  test('obeys a Retry-After of just 10 minutes', async () => {
    expect(await finish(throwing(refusal({ 'retry-after': '600' })))).toMatchObject({ ok: true, attempts: 2 });
  });

  test('fails at once, provider-wide, when it asks for more than 10 minutes, and holds up nobody else', async () => {
    const limiter = createRateLimiter();
    expect(await finish(throwing(refusal({ 'retry-after': '601' })), { limiter })).toMatchObject({
      ok: false,
      attempts: 1,
      providerWide: true,
      message: 'slow down',
    });
    expect(limiter.take()).toBeLessThan(11_000);
  });

  test('is given up, provider-wide, after 10 minutes', async () => {
    const begun = performance.now();
    const outcome = await finish(() => {
      throw refusal({ 'retry-after': '50' });
    });
    expect(outcome).toMatchObject({ ok: false, providerWide: true });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(550_000);
    expect(performance.now() - begun).toBeLessThanOrEqual(601_000);
    expect(outcome.attempts).toBeGreaterThan(10);
  });
});

describe('a stop', () => {
  test('ends a back-off at once, without an outcome', async () => {
    const { outcome, stop } = start(throwing(new Error('no')));
    await vi.advanceTimersByTimeAsync(10);
    stop.stop('signal');
    await expect(outcome).rejects.toBeInstanceOf(Stopped);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends the wait after a refusal at once, without an outcome', async () => {
    const { outcome, stop } = start(throwing(refusal({ 'retry-after': '60' })));
    await vi.advanceTimersByTimeAsync(10);
    stop.stop('signal');
    await expect(outcome).rejects.toBeInstanceOf(Stopped);
  });

  test('keeps a result that arrives later, of the first attempt and of a retry', async () => {
    const first = start(() => after(100, 'paid'));
    const second = start((call) => (call.attempt === 1 ? Promise.reject(new Error('no')) : after(5000, 'paid')));
    await vi.advanceTimersByTimeAsync(50);
    first.stop.stop('signal');
    await vi.advanceTimersByTimeAsync(2500);
    second.stop.stop('signal');
    await vi.runAllTimersAsync();
    expect(await first.outcome).toMatchObject({ ok: true, value: 'paid' });
    expect(await second.outcome).toMatchObject({ ok: true, value: 'paid', attempts: 2 });
  });

  test('keeps a failure that nothing would have been tried after', async () => {
    const { outcome, stop } = start(() =>
      after(100, null).then(() => {
        throw Object.assign(new Error('bad row'), { status: 400 });
      }),
    );
    await vi.advanceTimersByTimeAsync(50);
    stop.stop('signal');
    await vi.runAllTimersAsync();
    expect(await outcome).toMatchObject({ ok: false, message: 'bad row' });
  });

  test('leaves a failure without an outcome that would have been retried', async () => {
    const { outcome, stop } = start(() =>
      after(100, null).then(() => {
        throw new Error('overloaded');
      }),
    );
    await vi.advanceTimersByTimeAsync(50);
    stop.stop('signal');
    await vi.runAllTimersAsync();
    await expect(outcome).rejects.toBeInstanceOf(Stopped);
  });
});
