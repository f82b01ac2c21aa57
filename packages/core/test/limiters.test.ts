import { expect, test } from 'vitest';
import { readEvaluators } from '../src/evaluator.ts';
import { createLimiters } from '../src/limiters.ts';
import { createRateLimiter, type RateLimit } from '../src/rate-limit.ts';

class SlowDown extends Error {}
class Busy extends Error {}

const [code, judge] = readEvaluators({ code: () => 1, judge: { kind: 'LLM', evaluate: () => 1 } });
const withLimit = (name: string, rateLimit: RateLimit) => readEvaluators([{ name, rateLimit, evaluate: () => 1 }])[0]!;

test('knows its own errors for refusals, beside the usual ones', () => {
  const limiter = createRateLimiter({ errors: [SlowDown, Busy] });
  expect(
    [new SlowDown(), new Busy(), Object.assign(new Error('no'), { status: 429 }), new Error('no')].map((error) =>
      limiter.isRateLimitError(error),
    ),
  ).toEqual([true, true, true, false]);
  expect(createRateLimiter({ errors: SlowDown }).isRateLimitError(new SlowDown())).toBe(true);
});

test('asks the functions it was given', () => {
  const limiter = createRateLimiter({ isRateLimitError: (error) => error === 'slow', retryAfterMs: () => 7 });
  expect(limiter.isRateLimitError('slow')).toBe(true);
  expect(limiter.isRateLimitError(Object.assign(new Error(''), { status: 429 }))).toBe(false);
  expect(limiter.retryAfterMs(new Error(''))).toBe(7);
});

test.each([0, -1, Number.NaN])('refuses %s requests per minute', (requestsPerMinute) => {
  expect(() => createRateLimiter({ requestsPerMinute })).toThrowError(
    `Expected requestsPerMinute to be above 0, got ${requestsPerMinute}`,
  );
});

test('shares the limit of the task with evaluators that call a model, not with code', () => {
  const limiters = createLimiters({ requestsPerMinute: 60 }, [code!, judge!]);
  expect(limiters.of(judge!)).toBe(limiters.task);
  expect(limiters.of(code!)).not.toBe(limiters.task);
  expect(Array.from({ length: 5 }, () => limiters.of(code!).take())).toEqual([0, 0, 0, 0, 0]);
});

test('shares one limiter between equal keys, and a limiter that was handed in with itself', () => {
  const one = withLimit('one', { requestsPerMinute: 60, key: 'openai' });
  const other = withLimit('other', { key: 'anthropic' });
  const byKey = createLimiters({ requestsPerMinute: 60, key: 'openai' }, [one, other]);
  expect(byKey.of(one)).toBe(byKey.task);
  expect(byKey.of(other)).not.toBe(byKey.task);

  const limiter = createRateLimiter({ key: 'shared' });
  const same = withLimit('same', limiter);
  const byObject = createLimiters(limiter, [same]);
  expect([byObject.task, byObject.of(same)]).toEqual([limiter, limiter]);
});

test('does not take a name for a key', () => {
  const task = withLimit('task', { requestsPerMinute: 1 });
  const limiters = createLimiters({ requestsPerMinute: 600 }, [task]);
  expect(limiters.of(task)).not.toBe(limiters.task);
});
