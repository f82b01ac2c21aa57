import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash, contentHashOfTexts, createContentName, createExampleIds, ownId } from '../src/content-hash.ts';

const seed = 20261120;

test('is SHA-256 of the canonical JSON of input, metadata and output', () => {
  const text = '{"input":{"a":1,"b":[true,null]},"metadata":{"source":"atlas"},"output":"Lima"}';
  expect(contentHash({ metadata: { source: 'atlas' }, expected: 'Lima', input: { b: [true, null], a: 1.0 } })).toBe(
    createHash('sha256').update(text).digest('hex'),
  );
});

test('takes what is left out as null and as an empty object', () => {
  expect(contentHash({ input: 'Peru' })).toBe(contentHash({ input: 'Peru', expected: null, metadata: {} }));
  expect(contentHash({ input: 'Peru', expected: undefined })).toBe(contentHash({ input: 'Peru' }));
});

test('does not depend on the order of keys, for any JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (input) => {
      const reversed = Object.fromEntries(Object.entries(input).reverse());
      expect(contentHash({ input: reversed })).toBe(contentHash({ input }));
    }),
    { seed },
  );
});

test('is that of what a store gives back, for any value that JSON can write', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true }), (input) => {
      const text = JSON.stringify(input);
      if (text === undefined) return;
      const hash = contentHash({ input });
      expect(contentHash({ input: JSON.parse(text) })).toBe(hash);
      expect(contentHashOfTexts({ input: text, expected: 'null', metadata: '{}' })).toBe(hash);
    }),
    { seed },
  );
});

test('has a hash for half of a surrogate pair and for NaN', () => {
  expect(contentHash({ input: '\uD83E' })).toBe(contentHash({ input: '\uFFFD' }));
  expect(contentHash({ input: Number.NaN })).toBe(contentHash({ input: null }));
});

test('refuses what is not JSON', () => {
  expect(() => contentHash({ input: 1n })).toThrowError(expect.objectContaining({ code: 'invalid-input' }));
});

test('numbers equal rows', () => {
  const idOf = createExampleIds();
  const hash = contentHash({ input: 1 });
  const hex = hash.slice(0, 16);
  expect([hash, hash, contentHash({ input: 2 }), hash].map(idOf)).toEqual([
    hex,
    `${hex}-2`,
    contentHash({ input: 2 }).slice(0, 16),
    `${hex}-3`,
  ]);
});

test('takes a blank id as none, and refuses one that is not text', () => {
  expect([{ input: 1 }, { id: ' ', input: 1 }, { id: ' a', input: 1 }].map(ownId)).toEqual([null, null, ' a']);
  const draft = JSON.parse('{"id":7,"input":1}') as { input: number };
  expect(() => ownId(draft)).toThrowError(/to be text, got a number/);
});

test('names content by ids, content and order', () => {
  const nameOf = (rows: readonly (readonly [string, string])[]) => {
    const content = createContentName();
    for (const [id, hash] of rows) content.add(id, hash);
    return content.name();
  };
  const names = [
    [],
    [['a', '1']],
    [['b', '1']],
    [['a', '2']],
    [
      ['a', '1'],
      ['b', '2'],
    ],
    [
      ['b', '2'],
      ['a', '1'],
    ],
  ].map((rows) => nameOf(rows as unknown as readonly (readonly [string, string])[]));
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^inline-[0-9a-f]{8}$/.test(name))).toBe(true);
});
