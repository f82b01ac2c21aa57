import { describe, expect, test } from 'vitest';
import {
  AssayError,
  contentHash,
  createMemoryStore,
  createRateLimiter,
  findExperiment,
  formatSummary,
  syncExperiment,
} from '../src/index.ts';

/** Calls as plain JavaScript can make them: what they answer, and what must be in the message. */
const slips: readonly (readonly [string, () => unknown, string, string])[] = [
  ['contentHash()', () => contentHash(undefined as never), 'invalid-input', 'an example to hash, got nothing'],
  ['createMemoryStore({})', () => createMemoryStore({} as never), 'invalid-input', 'as a list, got an object'],
  ['createMemoryStore([{}])', () => createMemoryStore([{}] as never), 'invalid-input', 'examples as a list'],
  ['createRateLimiter(null)', () => createRateLimiter(null as never), 'invalid-config', 'as an object, got null'],
  ['findExperiment()', () => findExperiment(undefined as never, {} as never), 'invalid-config', 'a store to look in'],
  [
    'findExperiment(store)',
    () => findExperiment(createMemoryStore(), undefined as never),
    'invalid-config',
    '{ name, task, evaluators }, got nothing',
  ],
  ['formatSummary()', () => formatSummary(undefined as never), 'invalid-input', 'or its summary, got nothing'],
  ['formatSummary({})', () => formatSummary({} as never), 'invalid-input', 'or its summary, got another object'],
  [
    'formatSummary(promise)',
    () => formatSummary(Promise.resolve() as never),
    'invalid-input',
    'got a Promise: await it first',
  ],
  ['syncExperiment()', () => syncExperiment(undefined as never), 'invalid-config', '{ experimentId, from, to }'],
  [
    'getDataset by a number',
    () => createMemoryStore().getDataset({ id: 42 } as never),
    'invalid-input',
    '{ id } or { name } with an id that is text, got 42',
  ],
];

describe('a call without what it needs', () => {
  test.each(slips)('%s is refused by a typed error that says what was expected', async (_call, call, code, message) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason);

    expect(AssayError.is(error), String(error)).toBe(true);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
