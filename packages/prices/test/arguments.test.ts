import { expect, test } from 'vitest';
import { costOf, createPriceList, usageOf } from '../src/index.ts';

test.each([
  ['costOf()', () => costOf(undefined as never, 'gpt-5'), 'invalid-input', '{ promptTokens, completionTokens }'],
  ['usageOf()', () => usageOf(undefined as never), 'invalid-input', 'what a call of a model gave back, got nothing'],
  ['createPriceList(null)', () => createPriceList(null as never), 'invalid-config', 'prices by model as an object'],
])('%s is refused by a typed error', (_call, call, code, message) => {
  expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error);
});
