import { expect, test } from 'vitest';
import { evaluationsFrame, fromCSV, gate, resultsFromTable, runsFrame, toCSV } from '../src/index.ts';
import { records } from './fixtures/capitals.ts';

test.each([
  ['a promise that was not awaited', Promise.resolve(records), 'a Promise: await it first'],
  ['nothing', undefined, 'undefined'],
  ['an experiment without its records', { experiment: records.experiment }, 'another object'],
  ['an id alone', 'experiment-1', 'string'],
])('a frame of %s is refused', (_, source, got) => {
  for (const frame of [runsFrame, evaluationsFrame]) {
    expect(() => frame(source as never)).toThrow(
      expect.objectContaining({ code: 'invalid-config', message: expect.stringContaining(`got ${got}`) as string }),
    );
  }
});

test('what is no table, no mapping and no evidence is refused', () => {
  expect(() => toCSV(null as never)).toThrow('Expected a table of Arquero, got null');
  expect(() => resultsFromTable(fromCSV('a\n1\n'), undefined as never)).toThrow('Expected taskFields to name');
  expect(() => gate({} as never, { min: { a: 1 } })).toThrow('Expected a summary or a comparison to judge');
  expect(() => fromCSV('\n\n')).toThrow('Expected CSV with a header line, got a blank line');
});
