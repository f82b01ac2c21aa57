import { contentHash } from '../content-hash.ts';
import type { ExampleDraft } from '../dataset.ts';
import { capitals, codeOf, collect, uniqueName } from './contract.ts';
import type { CreateStore, TestRunner } from './contract.ts';

/** What a store does with the examples it is given. */
export function describeExamples(createStore: CreateStore, { describe, test, expect }: TestRunner): void {
  const saveAndList = async (examples: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>) => {
    const store = await createStore();
    const { id, versionId } = await store.saveDataset({ name: uniqueName('examples'), examples });
    return collect(store.listExamples({ datasetId: id, versionId }));
  };

  describe('examples', () => {
    test('lists examples in dataset order with every field', async () => {
      expect(await saveAndList(capitals)).toEqual(capitals.map((example) => ({ ...example, splits: [] })));
    });

    test('fills in what is left out', async () => {
      expect(await saveAndList([{ id: 'a', input: { q: 1 } }])).toEqual([
        { id: 'a', input: { q: 1 }, expected: null, metadata: {}, splits: [] },
      ]);
    });

    test('keeps inputs and answers that are no objects', async () => {
      const values = ['text', '', 0, -1.5, true, false, null, [], [1, ['a']], {}];
      const listed = await saveAndList(
        values.map((value, index) => ({ id: `${index}`, input: value, expected: value })),
      );
      expect(listed.map(({ input, expected }) => [input, expected])).toEqual(values.map((value) => [value, value]));
    });

    test('tells null from missing inside an input', async () => {
      const [example] = await saveAndList([{ input: { there: null, gone: undefined } }]);
      expect(Object.keys(example!.input as object)).toEqual(['there']);
    });

    test('keeps every character, large numbers and deep JSON', async () => {
      const input = {
        text: 'naïve – 日本語 🏳️‍🌈 e\u0301 \u202E "quoted" \\ \n\r\t',
        large: [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE, -0.1, 1e21],
        deep: JSON.parse(`${'['.repeat(200)}1${']'.repeat(200)}`) as unknown,
        '': { __proto__x: 1, 'a.b': 2 },
      };
      expect(await saveAndList([{ id: 'all', input }])).toMatchObject([{ input }]);
    });

    test('keeps ids as they are, whatever their characters', async () => {
      const ids = ['a/b', 'a b', 'a%20b', "o'brien", '"', 'ü', '🦊', '..', 'x'.repeat(300), 'RGF0YXNldDox', '1', '-1'];
      const listed = await saveAndList(ids.map((id, index) => ({ id, input: { index } })));
      expect(listed.map(({ id }) => id)).toEqual(ids);
    });

    test('gives an example without an id one made of its content, numbered for equal rows', async () => {
      const row = { input: { text: uniqueName('row') }, expected: { label: 'a' } };
      const id = contentHash(row).slice(0, 16);
      const listed = await saveAndList([row, { input: { other: 1 } }, { ...row, id: ' ' }, row]);
      expect(listed.map((example) => example.id)).toEqual([
        id,
        contentHash({ input: { other: 1 } }).slice(0, 16),
        `${id}-2`,
        `${id}-3`,
      ]);
    });

    test('matches examples without ids by their content on the next upload', async () => {
      const store = await createStore();
      const name = uniqueName('rows');
      const rows = ['a', 'b', 'b', 'c'].map((letter) => ({ input: { letter } }));
      const first = await store.saveDataset({ name, examples: rows });
      expect((await store.saveDataset({ name, examples: [...rows].reverse() })).versionId).toEqual(first.versionId);
      const fewer = await store.saveDataset({ name, examples: rows.slice(1, 2) });
      expect([fewer.versionId === first.versionId, fewer.exampleCount]).toEqual([false, 1]);
    });

    test('refuses two examples with one id, and saves nothing', async () => {
      const store = await createStore();
      const [fresh, standing] = [uniqueName('fresh'), uniqueName('standing')];
      const before = await store.saveDataset({ name: standing, examples: capitals });
      const twice = [
        { id: 'chad', input: { country: 'Chad' } },
        ...capitals,
        { id: 'chad', input: { country: 'Tchad' } },
      ];

      expect(await codeOf(store.saveDataset({ name: fresh, examples: twice }))).toEqual('invalid-config');
      expect(await codeOf(store.saveDataset({ name: standing, examples: twice }))).toEqual('invalid-config');
      expect(await codeOf(store.getDataset({ name: fresh }))).toEqual('not-found');
      expect(await store.getDataset({ name: standing })).toEqual(before);
    });

    test('names both positions of two examples with one id', async () => {
      const store = await createStore();
      const examples = [...capitals, { id: 'peru', input: {} }];
      const message = await store.saveDataset({ name: uniqueName('twice'), examples }).then(String, String);
      expect([message.includes('"peru"'), message.includes('2'), message.includes('4')]).toEqual([true, true, true]);
    });

    test('refuses an example that is not JSON, and saves nothing', async () => {
      const store = await createStore();
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const input of [1n, { big: 1n }, circle, () => 1, Symbol('s')]) {
        const name = uniqueName('broken');
        expect(await codeOf(store.saveDataset({ name, examples: [...capitals, { input }] }))).toEqual('invalid-input');
        expect(await codeOf(store.getDataset({ name }))).toEqual('not-found');
      }
    });

    test('takes examples from an async iterable', async () => {
      async function* stream() {
        yield* capitals;
      }
      expect((await saveAndList(stream())).map(({ id }) => id)).toEqual(['france', 'peru', 'kenya']);
    });

    test('saves nothing when the iterable of examples fails', async () => {
      const store = await createStore();
      const name = uniqueName('broken');
      async function* stream() {
        yield* capitals;
        throw new Error('the file ended');
      }
      expect(await codeOf(store.saveDataset({ name, examples: stream() }))).toEqual('invalid-input');
      expect(await codeOf(store.getDataset({ name }))).toEqual('not-found');
    });

    test('allows a dataset without examples', async () => {
      expect(await saveAndList([])).toEqual([]);
    });

    test('lists thousands of examples in order', async () => {
      const listed = await saveAndList(
        Array.from({ length: 2_500 }, (_, index) => ({ id: `example-${index}`, input: { index } })),
      );
      expect(listed.map(({ input }) => (input as { index: number }).index)).toEqual(
        Array.from({ length: 2_500 }, (_, index) => index),
      );
    });

    test('is not changed by what its caller does to the examples afterwards', async () => {
      const store = await createStore();
      const input = { list: [1] };
      const { id, versionId } = await store.saveDataset({ name: uniqueName('shared'), examples: [{ input }] });
      input.list.push(2);
      const first = await collect(store.listExamples({ datasetId: id, versionId }));
      (first[0]!.input as typeof input).list.push(3);
      expect((await collect(store.listExamples({ datasetId: id, versionId })))[0]!.input).toEqual({ list: [1] });
    });
  });
}
