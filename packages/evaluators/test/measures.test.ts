import { describe, expect, test } from 'vitest';
import {
  costBelow,
  latencyBelow,
  listF1,
  mrr,
  ndcg,
  numericDifference,
  precisionAtK,
  recallAtK,
  toolCalls,
  trajectory,
} from '../src/index.ts';

describe('numericDifference', () => {
  test.each([
    ['numbers', 41, 40, {}, 1, null],
    ['their texts', ' 41 ', '40', {}, 1, null],
    ['relative to what is expected', -41, -40, { relative: true }, 0.025, null],
    ['within a tolerance', 41, 40, { relative: true, tolerance: 0.05 }, 0.025, 'within'],
    ['outside it', 50, 40, { tolerance: 5 }, 10, 'outside'],
    ['0 relative to 0', 0, 0, { relative: true }, 0, null],
  ] as const)('%s', (_, output, expected, options, score, label) => {
    expect(numericDifference({ output, expected, ...options })).toMatchObject({
      score: expect.closeTo(score, 12),
      label,
    });
  });

  test('refuses what is no number, and what is relative to 0', () => {
    expect(() => numericDifference({ output: '42 km', expected: 42 })).toThrow(
      'Expected output to be a number, got "42 km"',
    );
    expect(() => numericDifference({ output: '', expected: 42 })).toThrow('Expected output to be a number, got ""');
    expect(() => numericDifference({ output: 1, expected: 0, relative: true })).toThrow(
      'no difference is relative to 0',
    );
  });
});

describe('retrieval', () => {
  const output = ['x', { id: 'a' }, 'a', 'b'];

  test('counts a document once, however often it was retrieved', () => {
    expect(precisionAtK({ output, expected: ['a', 'b'] }).score).toBe(0.5);
    expect(recallAtK({ output, expected: ['a', 'b'], k: 3 }).score).toBe(0.5);
    expect(mrr({ output, expected: ['b'] })).toMatchObject({ score: 0.25, metadata: { rank: 4 } });
    expect(ndcg({ output: ['a', 'a'], expected: ['a', 'b'] }).score).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });

  test('counts what is lacking up to k as a miss', () => {
    expect(precisionAtK({ output: ['a'], expected: ['a'], k: 4 }).score).toBe(0.25);
  });

  test.each([
    ['precisionAtK', precisionAtK],
    ['recallAtK', recallAtK],
    ['mrr', mrr],
    ['ndcg', ndcg],
  ] as const)('%s is 0 when nothing was retrieved, and skips when nothing is relevant', (_, metric) => {
    expect(metric({ output: [], expected: ['a'] }).score).toBe(0);
    expect(metric({ output: ['a'], expected: [] })).toMatchObject({
      score: null,
      explanation: 'Nothing is relevant to this example',
    });
    expect(metric({ output: ['a'], expected: null })).toMatchObject({ score: null });
  });

  test('finds graded ids that are numbers', () => {
    expect(ndcg({ output: [2, 1], expected: { 1: 3, 2: 1 } }).score).toBeCloseTo(
      (1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3)),
      12,
    );
  });

  test('refuses what has no id, and a grade below 0', () => {
    expect(() => mrr({ output: [{}] as never, expected: ['a'] })).toThrow(
      'Expected output[0] to be an id or an object with an id, got an object',
    );
    expect(() => ndcg({ output: ['a'], expected: { a: -1 } })).toThrow(
      'Expected the grade of "a" to be a number of at least 0, got -1',
    );
  });
});

describe('listF1', () => {
  test.each([
    ['the same items in another order', ['a', 'b'], ['b', 'a'], 1],
    ['an item once that is expected twice', ['a'], ['a', 'a'], 2 / 3],
    ['objects', [{ a: 1, b: 2 }], [{ b: 2, a: 1 }], 1],
    ['two empty lists', [], [], 1],
    ['an empty list', [], ['a'], 0],
    ['items where none is expected', ['a'], [], 0],
  ])('%s', (_, output, expected, score) => {
    expect(listF1({ output, expected }).score).toBeCloseTo(score, 12);
  });
});

describe('limits', () => {
  test('a latency or a cost at the limit is over it, and one that is not known is skipped', () => {
    expect(latencyBelow({ taskRun: { latencyMs: 500 }, maxMs: 500 })).toMatchObject({ score: 0, label: 'over' });
    expect(latencyBelow({ taskRun: { latencyMs: 499 }, maxMs: 500 })).toMatchObject({ score: 1, label: 'within' });
    expect(latencyBelow({ taskRun: { latencyMs: null }, maxMs: 500 })).toMatchObject({ score: null });
    expect(costBelow({ taskRun: { usage: { costUsd: 0.2 } }, maxUsd: 0.1 })).toMatchObject({ score: 0, label: 'over' });
    expect(costBelow({ taskRun: { usage: { costUsd: null } }, maxUsd: 0.1 })).toMatchObject({ score: null });
    expect(costBelow({ taskRun: { usage: null }, maxUsd: 0.1 })).toMatchObject({
      score: null,
      explanation: 'The cost is not known',
    });
  });
});

describe('toolCalls', () => {
  const lima = { name: 'weather', arguments: { city: 'Lima' } };

  test.each([
    ['of the AI SDK', [{ toolName: 'weather', input: { city: 'Lima' } }]],
    ['of OpenAI', [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{"city":"Lima"}' } }]],
    ['of Anthropic', [{ type: 'tool_use', name: 'weather', input: { city: 'Lima' } }]],
    ['in a result', { text: '', toolCalls: [{ toolName: 'weather', input: { city: 'Lima' } }] }],
  ])('reads calls %s', (_, output) => {
    expect(toolCalls({ output, expected: [lima] }).score).toBe(1);
  });

  test.each([
    ['exact', { city: 'Lima', unit: 'C' }, 0],
    ['subset', { city: 'Lima', unit: 'C' }, 1],
    ['subset', { unit: 'C' }, 0],
    ['ignore', { city: 'Quito' }, 1],
  ] as const)('compares arguments: %s', (match, given, score) => {
    expect(
      toolCalls({ output: [{ name: 'weather', arguments: given }], expected: [lima], arguments: match }).score,
    ).toBe(score);
  });

  test('pairs loose and strict expectations so that most are met', () => {
    expect(
      toolCalls({
        output: [lima, { name: 'weather', arguments: { city: 'Quito' } }],
        expected: [{ name: 'weather' }, lima],
      }).score,
    ).toBe(1);
  });

  test('counts calls too many and too few', () => {
    expect(toolCalls({ output: [lima, lima], expected: [lima] }).metadata).toEqual({
      precision: 0.5,
      recall: 1,
      f: expect.closeTo(2 / 3, 12),
    });
    expect(toolCalls({ output: [], expected: [] }).score).toBe(1);
    expect(toolCalls({ output: [], expected: [lima] }).score).toBe(0);
  });

  test('refuses what is no list of calls', () => {
    expect(() => toolCalls({ output: 'weather' as never, expected: [lima] })).toThrow(
      'Expected output to be a list of tool calls, or an object with toolCalls, got "weather"',
    );
    expect(() => toolCalls({ output: [{}] as never, expected: [lima] })).toThrow(
      'Expected output[0].name to be the name of a tool, got undefined',
    );
  });
});

describe('trajectory', () => {
  test.each([
    ['exact', ['a', 'b'], ['a', 'b'], 1],
    ['exact', ['a', 'x', 'b'], ['a', 'b'], 0],
    ['inOrder', ['a', 'x', 'b'], ['a', 'b'], 1],
    ['inOrder', ['b', 'a'], ['a', 'b'], 0],
    ['anyOrder', ['b', 'x', 'a'], ['a', 'b'], 1],
    ['anyOrder', ['a', 'b'], ['a', 'a'], 0],
    ['subset', ['a'], ['a', 'b'], 1],
    ['subset', ['a', 'c'], ['a', 'b'], 0],
    ['exact', [], [], 1],
  ] as const)('%s: %j for %j', (mode, output, expected, score) => {
    expect(trajectory({ output, expected, mode }).score).toBe(score);
  });

  test('compares arguments when asked', () => {
    const both = {
      output: [{ name: 'read', arguments: { page: 2 } }],
      expected: [{ name: 'read', arguments: { page: 1 } }],
    };

    expect(trajectory(both).score).toBe(1);
    expect(trajectory({ ...both, arguments: 'exact' }).score).toBe(0);
  });
});
