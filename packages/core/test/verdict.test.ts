import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVerdict, skip } from '../src/verdict.ts';

const blank = { score: null, label: null, explanation: null, metadata: {} };
const ok = (result: object) => [{ part: null, status: 'ok', result: { ...blank, ...result } }];

test.each([
  ['a number', 0.5, { score: 0.5 }],
  ['zero', 0, { score: 0 }],
  ['true', true, { score: 1, label: 'true' }],
  ['false', false, { score: 0, label: 'false' }],
  [
    'a string of any length as a label',
    'a label of more than three words',
    { label: 'a label of more than three words' },
  ],
  ['a score', { score: 2 }, { score: 2 }],
  ['a boolean score', { score: true }, { score: 1 }],
  ['a label', { label: 'good' }, { label: 'good' }],
  ['an explanation', { explanation: 'why' }, { explanation: 'why' }],
  [
    'all parts',
    { score: 1, label: 'a', explanation: 'b', metadata: { c: 1 } },
    { score: 1, label: 'a', explanation: 'b', metadata: { c: 1 } },
  ],
  [
    'parts of which some are undefined or null',
    { score: 1, label: undefined, explanation: null, metadata: null },
    { score: 1 },
  ],
  ['a pair', [1, 'good'], { score: 1, label: 'good' }],
  ['a triple', [null, 'good', 'because'], { label: 'good', explanation: 'because' }],
  ['a pair with a boolean', [false, 'bad'], { score: 0, label: 'bad' }],
])('reads %s', (_, verdict, result) => {
  expect(readVerdict(verdict)).toEqual(ok(result));
});

test('reads several results by name, in their order', () => {
  expect(
    readVerdict({ tone: 'kind', length: 3, exact: true, other: { score: 1, explanation: 'x' }, none: skip('n/a') }),
  ).toEqual([
    { part: 'tone', status: 'ok', result: { ...blank, label: 'kind' } },
    { part: 'length', status: 'ok', result: { ...blank, score: 3 } },
    { part: 'exact', status: 'ok', result: { ...blank, score: 1, label: 'true' } },
    { part: 'other', status: 'ok', result: { ...blank, score: 1, explanation: 'x' } },
    { part: 'none', status: 'skipped', result: { ...blank, explanation: 'n/a' } },
  ]);
});

test('lets one bad result of several fail alone', () => {
  expect(readVerdict({ good: 1, bad: Number.NaN })).toEqual([
    { part: 'good', status: 'ok', result: { ...blank, score: 1 } },
    { part: 'bad', status: 'failed', error: 'Expected score to be a finite number, got NaN' },
  ]);
});

test('reads a skip as skipped, with its reason as explanation', () => {
  expect(readVerdict(skip('no context'))).toEqual([
    { part: null, status: 'skipped', result: { ...blank, explanation: 'no context' } },
  ]);
});

describe('refuses, with a reason,', () => {
  test.each([
    ['nothing', undefined, /^Expected a number, boolean, string, .*, got undefined$/],
    ['null', null, /got null$/],
    ['NaN', Number.NaN, 'Expected score to be a finite number, got NaN'],
    ['infinity', Infinity, 'Expected score to be a finite number, got Infinity'],
    ['a score of NaN', { score: Number.NaN }, 'Expected score to be a finite number, got NaN'],
    ['a score that is text', { score: '1' }, 'Expected score to be a finite number, got "1"'],
    ['a label that is a number', { label: 1 }, 'Expected label to be text, got 1'],
    ['an explanation that is a number', { score: 1, explanation: 1 }, 'Expected explanation to be text, got 1'],
    ['metadata that is a list', { score: 1, metadata: [1] }, /^Expected metadata to be an object, got \[1\]$/],
    ['an empty label', '', 'Expected a label to be some text, got ""'],
    ['a blank label', '  ', 'Expected a label to be some text, got "  "'],
    ['an empty object', {}, /^Expected a score, a label or an explanation/],
    ['metadata alone', { metadata: { a: 1 } }, /^Expected a score, a label or an explanation/],
    ['an empty list', [], /^Expected \[score, label\] or \[score, label, explanation\], got \[\]$/],
    ['a list of one', [1], /^Expected \[score, label\]/],
    ['a list of four', [1, 'a', 'b', 'c'], /^Expected \[score, label\]/],
    ['a pair the wrong way round', ['good', 1], 'Expected score to be a finite number, got "good"'],
    ['a BigInt', 1n, /got 1$/],
    ['a function', () => 1, /got \(\) => 1$/],
    ['a date', new Date(0), /^Expected a score, a label or an explanation/],
    ['parts mixed with names', { score: 1, tone: 'kind' }, /but not both, got "also tone"$/],
    ['a result whose name is blank', { ' ': 1 }, 'Expected the name of a result to be some text, got " "'],
    [
      'a result whose name is half a character',
      { 'a\uD83E': 1 },
      /^Expected the names of results to be whole text, got "a\\ud83e"/,
    ],
    ['two results of one name', { tone: 1, 'tone ': 0 }, /^Expected the names of results to differ/],
  ])('%s', (_, verdict, error) => {
    const [read, ...more] = readVerdict(verdict);
    expect(more).toEqual([]);
    expect(read).toMatchObject({ status: 'failed', error: expect.stringMatching(error) as string });
  });
});

test('refuses a circle without running for ever', () => {
  const circle: Record<string, unknown> = {};
  circle['score'] = circle;
  expect(readVerdict(circle)).toMatchObject([{ status: 'failed' }]);
});

test('makes of anything at least one result, whose scores are finite and whose failures have a text', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (verdict) => {
      const read = readVerdict(verdict);
      expect(read.length).toBeGreaterThan(0);
      for (const one of read) {
        if (one.status === 'failed') expect(one.error).not.toBe('');
        else expect(one.result.score === null || Number.isFinite(one.result.score)).toBe(true);
      }
      expect(new Set(read.map(({ part }) => part)).size).toBe(read.length);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('fails a skip whose reason is no text, and a skip without a reason is one', () => {
  expect(readVerdict(skip(5 as never))).toEqual([
    { part: null, status: 'failed', error: 'Expected the reason of skip(reason) to be text, got 5' },
  ]);
  expect(readVerdict(skip(undefined as never))).toMatchObject([{ status: 'skipped', result: { explanation: null } }]);
});
