import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimiter } from '@assay/core';
import { createLimits } from '../../src/jobs/limits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('calls of one key share one limit, and others none', () => {
  const limits = createLimits('openai/small=60, anthropic=120', createRateLimiter);
  const [a, b] = ['one', 'two'].map((id) => limits.limiterOf('openai/small#1', id));
  expect([a!.take(), b!.take() > 0]).toEqual([0, true]);
  expect(limits.limiterOf('openai/large#1', 'one').take()).toBe(0);
  expect(limits.limiterOf('openai/small#2', 'one').take()).toBe(0);
  const other = limits.limiterOf('anthropic/any#1', 'one');
  expect([other.take(), other.take() > 0]).toEqual([0, true]);
});

test('experiments that wait take turns, however eager one of them is', () => {
  const limits = createLimits('openai/small=600', createRateLimiter);
  const eager = limits.limiterOf('openai/small#1', 'big');
  const shy = limits.limiterOf('openai/small#1', 'small');
  const given = { eager: 0, shy: 0 };
  for (let now = 0; now < 10_000; now += 5) {
    vi.advanceTimersByTime(5);
    // The eager one asks ten times as often, and first.
    for (let tries = 0; tries < 10; tries += 1) if (eager.take() === 0) given.eager += 1;
    if (now % 50 === 0 && shy.take() === 0) given.shy += 1;
  }
  expect(given.eager + given.shy).toBeGreaterThan(80);
  expect(Math.abs(given.eager - given.shy)).toBeLessThan(10);
});

test('an experiment that asks no more holds up nobody', () => {
  const limits = createLimits('openai/small=600', createRateLimiter);
  const gone = limits.limiterOf('openai/small#1', 'gone');
  const here = limits.limiterOf('openai/small#1', 'here');
  here.take();
  gone.take();
  let given = 0;
  for (let now = 0; now < 5_000; now += 5) {
    vi.advanceTimersByTime(5);
    if (here.take() === 0) given += 1;
  }
  expect(given).toBeGreaterThan(45);
});

test.each(['openai', 'openai=', 'openai=fast', 'openai=0', '=3'])('a limit such as %j is refused', (text) => {
  expect(() => createLimits(text, createRateLimiter)).toThrow(/ASSAY_RATE_LIMITS/);
});
