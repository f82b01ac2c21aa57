import { createMemoryStore, runExperiment } from '@assay/core';
import { compare, examplesFrame, gate, runsFrame } from '@assay/frames';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { show, type Showable } from '../src/index.ts';

const store = createMemoryStore();
const ran = await runExperiment({
  store,
  name: 'capitals',
  dataset: [
    { id: 'peru', input: { country: 'Peru' }, expected: 'Lima' },
    { id: 'france', input: { country: 'France' }, expected: 'Paris' },
    { id: 'nowhere', input: { country: 'Nowhere' }, expected: 'None' },
  ],
  task: ({ input }) => {
    if (input.country === 'Nowhere') throw new Error('no such country');
    return input.country === 'Peru' ? 'Lima' : 'Lyon';
  },
  evaluators: { exact: ({ output, expected }) => output === expected },
  retries: 0,
  printSummary: false,
});
const info = await store.getDataset({ id: ran.datasetId });
const experiment = await store.getExperiment(ran.id);

const kinds: readonly (readonly [name: string, value: Showable, says: readonly string[]])[] = [
  ['an experiment', ran, ['capitals', '✓ 2 ok', '✕ 1 failed', 'no such country', '0.500']],
  ['an experiment on record', experiment, ['capitals', ran.id]],
  ['a summary', ran.summary, ['exact', '0.500']],
  ['a frame', runsFrame(ran), ['3 rows × 24 columns', 'latency_ms']],
  ['an empty frame', runsFrame({ ...ran, taskRuns: [], evaluationRuns: [] }), ['0 rows']],
  ['a dataset on record', info, [info.name, info.versionId]],
  ['examples', ran.examples, ['3 examples', 'Peru', 'Paris']],
  ['no examples', [], ['0 examples']],
  ['one example', ran.examples[0]!, ['1 example', 'Peru']],
  ['a named dataset', { name: 'countries', examples: [{ input: 1 }] }, ['countries']],
  ['examples as a frame', examplesFrame(ran), ['3 rows']],
  ['task runs', ran.taskRuns, ['3 task runs', 'no such country']],
  ['one task run', ran.taskRuns[1]!, ['france', 'Lyon']],
  ['evaluations', ran.evaluationRuns, ['2 evaluations', 'exact']],
  ['a comparison', compare(ran, { ...ran, name: 'again' }), ['exact', 'too little data']],
  ['a gate', gate(ran.summary, { min: { exact: 0.9 } }), ['not passed', 'exact']],
];

test.each(kinds)('shows %s, in a notebook and as text', (_name, value, says) => {
  const shown = show(value);
  const bundle = shown.toMimeBundle();
  expect(Object.keys(bundle)).toEqual(['text/html', 'text/plain']);
  for (const word of says) expect(`${bundle['text/html']}\n${bundle['text/plain']}`).toContain(word);
  expect(inspect(shown)).toBe(bundle['text/plain']);
});

test('shows a run beside what was expected of it, when it knows the experiment', () => {
  const { 'text/html': markup } = show(ran.taskRuns[1]!, { of: ran }).toMimeBundle();
  expect(markup).toContain('<del>Paris</del>');
  expect(markup).toContain('<ins>Lyon</ins>');
  expect(markup).toContain('exact');
});

test('takes a display for what it is', () => {
  const shown = show(ran);
  expect(show(shown)).toBe(shown);
});

test.each([
  [undefined, 'got undefined'],
  [null, 'got null'],
  ['text', 'got "text"'],
  [{}, 'got an empty object'],
  [{ a: 1, b: 2 }, 'got an object with a, b'],
  [[1, 2], 'got a list of something else'],
  [Promise.resolve(ran), 'await it first'],
])('refuses %s, and says what it takes', (value, message) => {
  expect(() => show(value as never)).toThrow(message);
  expect(() => show(value as never)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});
