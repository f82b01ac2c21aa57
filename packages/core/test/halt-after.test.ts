import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHaltAfter, haltAfterOf, Streak } from '../src/halt-after.ts';
import { createRateLimiter } from '../src/rate-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const timeoutMs = 60_000;

test('a streak counts each call once, by its time-out or by its end', () => {
  const streak = new Streak();
  streak.began();
  const countedIn = streak.timedOut(timeoutMs);
  expect(streak.length).toBe(1);
  streak.failed(countedIn);
  expect(streak.length).toBe(1);
  streak.failed(0);
  expect(streak.length).toBe(2);
});

test('a success begins a new streak, in which a call that counted before it counts again when it fails', () => {
  const streak = new Streak();
  streak.began();
  const countedIn = streak.timedOut(timeoutMs);
  streak.succeeded();
  expect(streak.length).toBe(0);
  streak.failed(countedIn);
  expect(streak.length).toBe(1);
});

test('a time-out does not count where another call was answered in the second half of its time', () => {
  const streak = new Streak();
  streak.succeeded();
  streak.began();
  vi.advanceTimersByTime(timeoutMs / 2 - 1);
  expect(streak.timedOut(timeoutMs)).toBe(0);
  expect(streak.length).toBe(0);
  vi.advanceTimersByTime(1);
  expect(streak.timedOut(timeoutMs)).not.toBe(0);
  expect(streak.length).toBe(1);
});

test('a time-out does not count where no call has begun since the last success', () => {
  const streak = new Streak();
  streak.began();
  streak.succeeded();
  vi.advanceTimersByTime(timeoutMs);
  expect(streak.timedOut(timeoutMs)).toBe(0);
  streak.began();
  expect(streak.timedOut(timeoutMs)).not.toBe(0);
});

test('limiters have streaks of their own, also where their keys are the same', () => {
  const count = createHaltAfter(5);
  const [one, other] = [createRateLimiter(), createRateLimiter()];
  expect(count.streakOf(one)).toBe(count.streakOf(one));
  expect(count.streakOf(one)).not.toBe(count.streakOf(other));
  expect(haltAfterOf(count)).toBe(count);
  expect(haltAfterOf(3).failures).toBe(3);
});
