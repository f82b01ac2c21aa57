import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonDiff, jsonSchema, jsonValid } from '../../src/index.ts';

describe('jsonValid', () => {
  test.each([
    ['JSON text', '{"a": 1}', 1],
    ['the text of a number', '1', 1],
    ['text that is no JSON', '{"a": 1', 0],
    ['a fence around it', '```json\n{}\n```', 0],
    ['the empty text', '', 0],
    ['what is JSON already', { a: 1 }, 1],
    ['null', null, 1],
  ])('%s', (_, output, score) => {
    expect(jsonValid({ output }).score).toBe(score);
  });

  test('says why not', () => {
    expect(jsonValid({ output: '{' }).explanation).toContain('JSON');
  });
});

describe('jsonSchema', () => {
  const schema = {
    type: 'object',
    required: ['city'],
    properties: { city: { type: 'string' }, 'a/b': { type: 'number' } },
  } as const;

  test('reads a text as JSON, and says where it breaks the schema', async () => {
    expect(await jsonSchema({ output: '{"city": 7, "a/b": "x"}', schema })).toMatchObject({
      score: 0,
      label: 'invalid',
      explanation: '/city: must be string\n/a~1b: must be number',
      metadata: {
        errors: [
          { path: '/city', message: 'must be string' },
          { path: '/a~1b', message: 'must be number' },
        ],
      },
    });
    expect(await jsonSchema({ output: { city: 'Lima' }, schema })).toEqual({
      score: 1,
      label: 'valid',
      explanation: null,
      metadata: {},
    });
  });

  test('finds a text that is no JSON invalid, unless texts are judged as they are', async () => {
    expect(await jsonSchema({ output: 'Lima', schema: { type: 'string' } })).toMatchObject({ score: 0 });
    expect(await jsonSchema({ output: 'Lima', schema: { type: 'string' }, parse: false })).toMatchObject({ score: 1 });
  });

  test('checks formats, unless told to do as the specification says', async () => {
    expect(await jsonSchema({ output: '"x"', schema: { format: 'email' } })).toMatchObject({ score: 0 });
    expect(await jsonSchema({ output: '"x"', schema: { format: 'email' }, formats: false })).toMatchObject({
      score: 1,
    });
  });

  test('takes zod and any Standard Schema, also one that answers later', async () => {
    const city = jsonSchema.with({ schema: z.object({ city: z.object({ name: z.string() }) }) });
    const later = jsonSchema.with({ schema: z.string().refine(async (text) => text === 'Lima') });

    expect(await city({ output: '{"city": {"name": 1}}' })).toMatchObject({
      score: 0,
      metadata: { errors: [{ path: '/city/name' }] },
    });
    expect(await city({ output: { city: { name: 'Lima' } } })).toMatchObject({ score: 1 });
    expect(await later({ output: '"Lima"' })).toMatchObject({ score: 1 });
    expect(await later({ output: '"Quito"' })).toMatchObject({ score: 0 });
  });

  test.each([
    ['a type that is none', { type: 'text' }, 'Expected schema to be a JSON Schema that can be read'],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }, "can't resolve reference"],
    [
      'an old draft',
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'drafts 06, 07, 2019-09 and 2020-12 are known',
    ],
    ['no schema', undefined, 'schema'],
  ])('refuses %s at once', (_, schema, message) => {
    expect(() => jsonSchema.with({ schema } as never)).toThrow(message);
  });
});

describe('jsonDiff', () => {
  test.each([
    ['equal values', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, 1],
    ['a changed field', { a: 1, b: 2 }, { a: 1, b: 3 }, 0.5],
    ['a missing field', { a: 1 }, { a: 1, b: 2 }, 0.5],
    ['an extra field', { a: 1, c: 1 }, { a: 1 }, 0.5],
    ['a missing object, by the fields in it', { a: 1 }, { a: 1, b: { c: 1, d: 2 } }, 1 / 3],
    ['a list that is shorter', [1], [1, 2], 0.5],
    ['an object for a list', { a: {} }, { a: [] }, 0],
    ['empty objects', {}, {}, 1],
    ['an empty object for a full one', {}, { a: 1, b: 1 }, 0],
    ['texts of JSON', '{"a": 1}', '{"a": 1}', 1],
    ['plain texts', 'Lima', 'Lima', 1],
    ['null for a value', { a: null }, { a: 1 }, 0],
    ['a key named __proto__', JSON.parse('{"__proto__": 1}') as unknown, JSON.parse('{"__proto__": 2}') as unknown, 0],
  ])('%s', (_, output, expected, score) => {
    expect(jsonDiff({ output, expected }).score).toBe(score);
  });

  test('says which fields differ, and how far each top-level key agrees', () => {
    expect(
      jsonDiff({
        output: { city: { name: 'Lima', people: 11 }, extra: 1 },
        expected: { city: { name: 'Lima', people: 10 }, 'a/b': true },
      }),
    ).toMatchObject({
      score: 1 / 4,
      explanation: '/city/people: expected 10, got 11\n/a~1b: missing\n/extra: extra',
      metadata: {
        fields: { city: 0.5, 'a/b': 0, extra: 0 },
        differences: [
          { path: '/city/people', kind: 'changed', expected: 10, output: 11 },
          { path: '/a~1b', kind: 'missing', expected: true },
          { path: '/extra', kind: 'extra', output: 1 },
        ],
      },
    });
  });

  test('leaves out what is ignored, and takes close numbers as equal', () => {
    expect(
      jsonDiff({ output: { a: 1.001, time: 5 }, expected: { a: 1, time: 9 }, ignore: ['/time'], tolerance: 0.01 })
        .score,
    ).toBe(1);
  });

  test('refuses a path that is no JSON Pointer, and an output that is no JSON', () => {
    expect(() => jsonDiff.with({ ignore: ['time'] })).toThrow('a JSON Pointer begins with /');
    expect(() => jsonDiff({ output: '{', expected: {} })).toThrow('Expected output to be JSON, got "{"');
  });
});
