import { describe, expect, test } from 'vitest';
import { AssayError } from '../src/errors.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { describeCatalog, describeExperimentStore } from '../src/testing.ts';

describeExperimentStore('memory', () => createMemoryStore(), { describe, test, expect });
describeCatalog('memory', () => createMemoryStore(), { describe, test, expect });

test('has the datasets it was made with at once', async () => {
  const store = createMemoryStore([
    { name: 'capitals', examples: [{ input: 'Peru', expected: 'Lima' }] },
    { name: null, examples: [] },
  ]);
  expect(await store.getDataset({ name: 'capitals' })).toMatchObject({ exampleCount: 1 });
});

test('says what to do with examples that are not at hand', () => {
  async function* examples() {
    yield { input: 1 };
  }
  const create = () => createMemoryStore([{ name: 'stream', examples: examples() }]);
  expect(create).toThrowError(/await saveDataset/);
  expect(create).toThrowError(AssayError);
});

test('gives two stores ids that differ', async () => {
  const ids = await Promise.all(
    [createMemoryStore(), createMemoryStore()].map((store) => store.saveDataset({ name: 'a', examples: [] })),
  );
  expect(ids[0]!.id).not.toBe(ids[1]!.id);
});

test('gives content that nobody named the same id in every store, and other content another', async () => {
  const save = (input: string) => createMemoryStore().saveDataset({ name: null, examples: [{ id: 'a', input }] });
  const [one, again, other] = [await save('x'), await save('x'), await save('y')];
  expect([again.id, again.versionId]).toEqual([one.id, one.versionId]);
  expect(other.id).not.toBe(one.id);
});
