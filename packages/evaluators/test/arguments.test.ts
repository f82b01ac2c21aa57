import { AssayError } from '@assay/core';
import { expect, test } from 'vitest';
import * as evaluators from '../src/index.ts';

const makers = Object.entries(evaluators).filter(([name]) => !name.endsWith('Error'));
const slips: readonly unknown[][] = [
  [],
  ...[undefined, null, 42, 'x', {}, []].map((slip) => [slip]),
  ...[undefined, 42, 'x', {}, []].map((settings) => [{}, settings]),
];

test.each(makers)('%s answers arguments of a wrong kind by typed errors', async (_name, maker) => {
  const raw: string[] = [];
  for (const slip of slips) {
    try {
      if (typeof maker === 'function') await (maker as (...args: unknown[]) => unknown)(...slip);
    } catch (error) {
      if (!AssayError.is(error)) raw.push(`${JSON.stringify(slip)}: ${String(error)}`);
    }
  }
  expect(raw).toEqual([]);
});

test.each([
  ['exactMatch()', () => evaluators.exactMatch(undefined as never), 'what exactMatch is to judge as { output, … }'],
  ['createClassifier()', () => evaluators.createClassifier(undefined as never), '{ name, model, choices, prompt }'],
  ['createReplay()', () => evaluators.createReplay(undefined as never), 'a replay as { cache }, got nothing'],
  ['correlation({})', () => evaluators.correlation({} as never), 'Expected between to be two functions'],
  ['precision({})', () => evaluators.precision({} as never), 'Expected given and expected to be functions'],
])('%s says what is missing', (_call, call, message) => {
  expect(call).toThrow(message);
});
