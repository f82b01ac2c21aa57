import { expect, test } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { originalsOf } from '../src/originals.ts';
import { all } from './fixtures/examples.ts';

test('is empty for plain JSON and for streams', () => {
  const deep = { list: [1, 'a', null, true, { b: [] }], bare: Object.assign(Object.create(null) as object, { c: 1 }) };
  expect(originalsOf([{ input: deep, expected: 1, metadata: { d: [deep] } }]).size).toBe(0);
  expect(
    originalsOf(
      (async function* () {
        yield { input: new Date() };
      })(),
    ).size,
  ).toBe(0);
});

test.each([
  ['the input', { input: new Date(0) }],
  ['the answer', { input: 1, expected: Uint8Array.of(1) }],
  ['the metadata', { input: 1, metadata: { by: new Map() } }],
  ['a part of a list', { input: [1, [new Set()]] }],
])('keeps every row when %s of one is more than JSON', (_, row) => {
  expect(originalsOf([{ input: 1 }, row]).size).toBe(2);
});

test('goes by the ids that the store gives: own ones, and those of equal rows', async () => {
  const rows = [
    { input: new Date(0) },
    { id: 'own', input: new Date(1) },
    { input: new Date(0) },
    { id: ' ', input: new Date(2) },
  ];
  const store = createMemoryStore();
  const { id: datasetId, versionId } = await store.saveDataset({ name: 'n', examples: rows });
  const stored = (await all(store.listExamples({ datasetId, versionId }))).map(({ id }) => id);
  expect([...originalsOf(rows)].map(([id, { input }]) => [id, input])).toEqual(
    stored.map((id, index) => [id, rows[index]!.input]),
  );
});
