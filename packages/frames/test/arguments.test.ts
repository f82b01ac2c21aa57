import { AssayError } from '@assay/core/errors';
import { describe, expect, test } from 'vitest';
import * as frames from '../src/index.ts';
import * as statistics from '../src/statistics/index.ts';

const table = frames.fromCSV('a\n1\n');
const slips: readonly unknown[][] = [
  [],
  ...[undefined, null, 42, 'x', {}, []].map((slip) => [slip]),
  ...[undefined, 42, 'x', {}, []].flatMap((settings) => [
    [{}, settings],
    [table, settings],
  ]),
];

describe.each(Object.entries({ frames, statistics }))('%s', (_name, module) => {
  test.each(Object.entries(module))('%s answers arguments of a wrong kind by typed errors', async (_export, call) => {
    const raw: string[] = [];
    for (const slip of slips) {
      try {
        await (call as (...args: unknown[]) => unknown)(...slip);
      } catch (error) {
        if (!AssayError.is(error)) raw.push(`${JSON.stringify(slip)}: ${String(error)}`);
      }
    }
    expect(raw).toEqual([]);
  });
});

test.each([
  ['classification()', () => frames.classification(undefined as never, undefined as never), '{ label, expected }'],
  ['summarize()', () => frames.summarize(undefined as never), 'Expected an experiment to be a RanExperiment'],
  ['compare()', () => frames.compare(undefined as never, undefined as never), 'Expected an experiment to be'],
  ['gate()', () => frames.gate(undefined as never, undefined as never), 'Expected a gate to have a rule'],
  ['passAtK(ran)', () => frames.passAtK({} as never, undefined as never), '{ evaluator, k }, got nothing'],
  ['codesOf({})', () => frames.codesOf({} as never, 'a'), 'Expected a table of Arquero, got Object'],
  ['toCSV(promise)', () => frames.toCSV(Promise.resolve() as never), 'got a Promise: await it first'],
  ['runsFrame(store, id) of no store', () => frames.runsFrame({} as never, 'id'), 'Expected a store and the id'],
  ['welchT({ a })', () => statistics.welchT({ a: [1, 2] } as never), 'Expected values to be a list, got undefined'],
])('%s says what is missing', async (_call, call, message) => {
  await expect((async (): Promise<unknown> => call())()).rejects.toThrow(message);
});
