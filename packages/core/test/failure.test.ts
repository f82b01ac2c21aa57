import { afterEach, describe, expect, test, vi } from 'vitest';
import { messageOf } from '../src/errors.ts';
import { isProviderFailure, isRateLimitError, isRetryable, retryAfterMs, TimeoutError } from '../src/failure.ts';

const error = (fields: object, message = 'no'): Error => Object.assign(new Error(message), fields);

afterEach(() => {
  vi.useRealTimers();
});

test.each([400, 401, 403, 404, 405, 413, 422])('does not retry status %d', (status) => {
  expect(isRetryable(error({ status }))).toBe(false);
  expect(isRetryable(error({ statusCode: status }))).toBe(false);
});

test.each([
  ['a TypeError', new TypeError('undefined is not a function')],
  ['text', 'overloaded'],
  ['nothing', undefined],
  ['a status of 500', error({ status: 500 })],
  ['a status of 408', error({ status: 408 })],
  ['a time-out', new TimeoutError(1000)],
])('retries %s', (_, thrown) => {
  expect(isRetryable(thrown)).toBe(true);
});

test('does not retry what says that it is not retryable', () => {
  expect(isRetryable(error({ isRetryable: false, status: 500 }))).toBe(false);
  expect(isRetryable(error({ isRetryable: true, status: 500 }))).toBe(true);
});

test.each([
  ['status 429', error({ status: 429 })],
  ['status 529', error({ statusCode: 529 })],
  ['the status of a response', error({ response: { status: 429 } })],
  ['a name', error({ name: 'RateLimitError' })],
  ['a code', error({ code: 'rate_limit_exceeded' })],
  ['a throttling code', error({ code: 'ThrottlingException' })],
  ['a cause', new Error('wrapped', { cause: error({ status: 429 }) })],
  ['the last error of a wrapper', error({ lastError: error({ statusCode: 429 }) })],
])('takes %s for a refusal', (_, thrown) => {
  expect(isRateLimitError(thrown)).toBe(true);
});

test.each([
  ['a server error', error({ status: 500 })],
  ['text on limits', new Error('the rate limit of the text')],
  ['nothing', null],
  ['a quota that is used up', error({ status: 429, code: 'insufficient_quota' })],
])('does not take %s for a refusal', (_, thrown) => {
  expect(isRateLimitError(thrown)).toBe(false);
});

test.each<readonly [string, Error]>([
  ...[401, 402, 403, 500, 503, 529].map((status) => [`status ${status}`, error({ status })] as const),
  ...['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT'].map(
    (code) => [code, new TypeError('fetch failed', { cause: error({ code }) })] as const,
  ),
  ['a used up quota', error({ code: 'insufficient_quota', status: 429 })],
  ['a used up quota in the text', new Error('429 insufficient_quota: …')],
  ['a time-out', new TimeoutError(5)],
])('takes %s for a failure of the provider', (_, thrown) => {
  expect(isProviderFailure(thrown)).toBe(true);
});

test.each([
  ['a bad row', error({ status: 400 })],
  ['a bug', new TypeError('x is undefined')],
  ['text', 'no'],
])('does not take %s for a failure of the provider', (_, thrown) => {
  expect(isProviderFailure(thrown)).toBe(false);
});

describe('Retry-After', () => {
  test.each([
    ['milliseconds', { headers: { 'retry-after-ms': '1500' } }, 1500],
    ['seconds', { headers: { 'Retry-After': '2' } }, 2000],
    ['a fraction of a second', { responseHeaders: { 'retry-after': '0.5' } }, 500],
    ['Headers', { headers: new Headers({ 'Retry-After': '3' }) }, 3000],
    ['the headers of a response', { response: { headers: new Headers({ 'retry-after': '4' }) } }, 4000],
    ['milliseconds before seconds', { headers: { 'retry-after-ms': '100', 'retry-after': '1' } }, 100],
    [
      'the reset of an empty window',
      { headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m0.5s' } },
      60_500,
    ],
    [
      'the reset of an empty window in seconds',
      { headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '7' } },
      7000,
    ],
    ['zero for what is past', { headers: { 'retry-after': '-5' } }, 0],
  ])('is read from %s', (_, fields, milliseconds) => {
    expect(retryAfterMs(error(fields))).toBe(milliseconds);
    expect(retryAfterMs(new Error('wrapped', { cause: error(fields) }))).toBe(milliseconds);
  });

  test('is read from a date', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    expect(retryAfterMs(error({ headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' } }))).toBe(30_000);
  });

  test.each([
    ['there are no headers', {}],
    ['it is not readable', { headers: { 'retry-after': 'soon' } }],
    [
      'the window is not empty',
      { headers: { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '6m0s' } },
    ],
  ])('is not known when %s', (_, fields) => {
    expect(retryAfterMs(error(fields))).toBeNull();
  });
});

test('survives an error whose fields throw when they are read', () => {
  const hostile = new Proxy(
    {},
    {
      has: () => true,
      get() {
        throw new Error('not to be read');
      },
    },
  );
  expect([isRetryable(hostile), isRateLimitError(hostile), isProviderFailure(hostile), retryAfterMs(hostile)]).toEqual([
    true,
    false,
    false,
    null,
  ]);
  expect(messageOf(hostile)).toBe('An error that has no text');
});

test('survives a chain of causes that is a circle', () => {
  const circle = error({});
  circle.cause = circle;
  expect([isRateLimitError(circle), isProviderFailure(circle), retryAfterMs(circle)]).toEqual([false, false, null]);
});

test('says how long an attempt took in readable units', () => {
  expect(new TimeoutError(60_000).message).toBe('Timed out after 60 s');
  expect(new TimeoutError(1500).message).toBe('Timed out after 1500 ms');
});
