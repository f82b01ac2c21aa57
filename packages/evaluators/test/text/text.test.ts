import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bleu,
  chrf,
  contains,
  editDistance,
  embeddingSimilarity,
  exactMatch,
  matchesRegex,
  rougeL,
} from '../../src/index.ts';
import { startProvider } from '../provider.ts';
import { runExperiment } from '@assay/core';

describe('exactMatch', () => {
  test.each([
    ['texts by character', 'Lima', 'lima', {}, 0],
    ['texts in either case', 'LIMA', 'lima', { ignoreCase: true }, 1],
    ['texts without blanks around them', ' Lima\n', 'Lima', { trim: true }, 1],
    ['runs of blanks as one', 'a \t b', 'a b', { collapseWhitespace: true }, 1],
    ['texts without punctuation', '«Lima!»', 'Lima', { ignorePunctuation: true }, 1],
    ['an accent however it was typed', 'caf\u0065\u0301', 'café', { unicode: 'NFC' }, 1],
    ['an accent as it was typed', 'caf\u0065\u0301', 'café', {}, 0],
    ['empty texts', '', '', {}, 1],
    ['objects whatever the order of keys', { a: 1, b: [2] }, { b: [2], a: 1 }, {}, 1],
    ['lists in order', [1, 2], [2, 1], {}, 0],
    ['a number and its text as different', 1, '1', {}, 0],
    ['false as something expected', false, false, {}, 1],
    ['null as not the expected answer', null, 'Lima', {}, 0],
  ] as const)('compares %s', (_, output, expected, options, score) => {
    expect(exactMatch({ output, expected, ...options }).score).toBe(score);
  });
});

describe('contains', () => {
  test.each([
    ['a text', 'Lima, Peru', 'Lima', {}, 1],
    ['a text in another case', 'Lima', 'lima', {}, 0],
    ['a text in any case', 'Lima', 'lima', { ignoreCase: true }, 1],
    ['all of several', 'Lima, Peru', ['Lima', 'Cusco'], {}, 0],
    ['any of several', 'Lima, Peru', ['Lima', 'Cusco'], { mode: 'any' }, 1],
    ['none of several', 'Quito', ['Lima', 'Cusco'], { mode: 'any' }, 0],
    ['a fixed text', 'as an AI model', null, { text: 'as an AI' }, 1],
    ['the empty text', '', '', {}, 1],
  ] as const)('looks for %s', (_, output, expected, options, score) => {
    expect(contains({ output, expected, ...options }).score).toBe(score);
  });

  test('names what is absent', () => {
    expect(contains({ output: 'Lima', expected: ['Lima', 'Cusco'] }).explanation).toBe('Absent: "Cusco"');
  });

  test('refuses an empty list, which says nothing', () => {
    expect(() => contains({ output: 'Lima', expected: [] })).toThrow(
      'Expected expected to be text or a list of texts, got a list of 0',
    );
  });
});

describe('matchesRegex', () => {
  test('finds a part, or the whole when asked', () => {
    expect(matchesRegex({ output: 'on 2026-11-20.', pattern: /\d{4}-\d\d-\d\d/ })).toMatchObject({
      score: 1,
      label: 'match',
      metadata: { match: '2026-11-20' },
    });
    expect(matchesRegex({ output: 'on 2026-11-20.', pattern: /\d{4}-\d\d-\d\d/, whole: true }).score).toBe(0);
    expect(matchesRegex({ output: 'b\nabc', pattern: /a|abc/m, whole: true }).score).toBe(0);
  });

  test('takes a source with flags', () => {
    expect(matchesRegex({ output: 'LIMA', pattern: 'lima', flags: 'iu' }).score).toBe(1);
  });

  test('judges every output from its start, though the pattern is global', () => {
    const digits = matchesRegex.with({ pattern: /\d+/g });

    expect([
      digits({ output: 'abc 12' }).score,
      digits({ output: '12' }).score,
      digits({ output: '12' }).score,
    ]).toEqual([1, 1, 1]);
  });
});

describe('editDistance', () => {
  test('counts an emoji as one character', () => {
    expect(editDistance({ output: '🇵🇪', expected: '🇵🇫', normalize: false }).score).toBe(1);
    expect(editDistance({ output: 'a🙂b', expected: 'ab' })).toMatchObject({ score: 1 / 3, metadata: { distance: 1 } });
  });

  test('is a distance: 0 for equal texts only, the same both ways, never longer by a detour', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const between = (output: string, expected: string): number =>
      editDistance({ output, expected, normalize: false }).score!;

    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(between(a, b) === 0).toBe(a === b);
        expect(between(a, b)).toBe(between(b, a));
        expect(between(a, c)).toBeLessThanOrEqual(between(a, b) + between(b, c));
      }),
      { seed: 8 },
    );
  });
});

describe('overlap of texts', () => {
  const text = fc
    .array(fc.constantFrom('the', 'cat', 'sat,', 'дом', '東京', '🙂', '.', '3.5'), { maxLength: 12 })
    .map((words) => words.join(' '));

  test.each([
    ['bleu', bleu],
    ['chrf', chrf],
    ['rougeL', rougeL],
  ] as const)('%s lies between 0 and 1, and equal texts with words have 1', (_, metric) => {
    fc.assert(
      fc.property(text, text, (output, expected) => {
        expect(metric({ output, expected }).score).toBeGreaterThanOrEqual(0);
        expect(metric({ output, expected }).score).toBeLessThanOrEqual(1 + 1e-12);
        expect(metric({ output: `word ${output}`, expected: `word ${output}` }).score).toBeCloseTo(1, 12);
      }),
      { seed: 8 },
    );
  });

  test('rougeL finds words in every script, unless told to do as Python’s rouge-score', () => {
    expect(rougeL({ output: 'Москва красива', expected: 'москва большая' }).score).toBe(0.5);
    expect(rougeL({ output: 'Москва красива', expected: 'москва большая', words: 'ascii' }).score).toBe(0);
  });
});

describe('embeddingSimilarity', () => {
  test('asks the model once for both texts, and puts its tokens on record', async () => {
    const provider = await startProvider();
    const model = await provider.embeddingModel({
      embeddings: [
        [1, 0],
        [1, 1],
      ],
      usage: { promptTokens: 6, completionTokens: 0 },
    });

    const { evaluationRuns } = await runExperiment({
      dataset: [{ input: 'x', expected: 'an automobile' }],
      task: () => 'a car',
      evaluators: [embeddingSimilarity.with({ model })],
      printSummary: false,
    });

    expect(evaluationRuns).toMatchObject([
      {
        name: 'embeddingSimilarity',
        kind: 'CODE',
        score: expect.closeTo(Math.SQRT1_2, 12),
        usage: { promptTokens: 6, completionTokens: 0 },
      },
    ]);
    await expect(provider.requests(model)).resolves.toMatchObject([{ input: ['a car', 'an automobile'] }]);
    await provider.stop();
  });

  test('refuses an empty text, and a model that is none', () => {
    const similar = embeddingSimilarity.with({ model: 'a/model' });

    expect(() => similar({ output: ' ', expected: 'x' })).toThrow(
      'Expected output and expected to be some text, got an empty one',
    );
    expect(() => embeddingSimilarity.with({ model: {} } as never)).toThrow('model');
  });
});
