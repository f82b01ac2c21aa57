import type { ExampleDraft } from '../dataset.ts';
import { capitals, codeOf, collect, uniqueName } from './contract.ts';
import type { CreateStore, TestRunner } from './contract.ts';

/** Versions, splits and pins. */
export function describeDatasets(createStore: CreateStore, { describe, test, expect }: TestRunner): void {
  describe('datasets', () => {
    test('finds a saved dataset by id and by name, with everything that was given', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      const saved = await store.saveDataset({
        name,
        description: 'Of countries',
        metadata: { source: ['atlas', 7] },
        examples: capitals,
      });

      expect(saved).toMatchObject({
        name,
        description: 'Of countries',
        metadata: { source: ['atlas', 7] },
        splits: null,
        exampleCount: 3,
      });
      expect(await store.getDataset({ id: saved.id })).toEqual(saved);
      expect(await store.getDataset({ name })).toEqual(saved);
      expect(saved.createdAt.getTime() <= saved.updatedAt.getTime()).toEqual(true);
    });

    test('refuses half of a surrogate pair in an id or a name, which it would have to change', async () => {
      const store = await createStore();
      const half = uniqueName('half \uD83E');
      expect(await codeOf(store.saveDataset({ name: half, examples: [] }))).toEqual('invalid-input');
      for (const example of [
        { id: 'a\uD83E', input: 1 },
        { input: 1, splits: ['hard\uD83E'] },
      ])
        expect(await codeOf(store.saveDataset({ name: uniqueName('whole'), examples: [example] }))).toEqual(
          'invalid-input',
        );
      const { id, versionId } = await store.saveDataset({ name: uniqueName('whole \u{1F98A}'), examples: capitals });
      const draft = { datasetId: id, datasetVersionId: versionId, repetitions: 1 };
      expect(await codeOf(store.createExperiment({ ...draft, name: half }))).toEqual('invalid-input');
    });

    test('makes no new version of content that is there already', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      const first = await store.saveDataset({ name, examples: capitals });
      const reordered = capitals.map(({ metadata, expected, input, id }): ExampleDraft => ({
        metadata,
        expected,
        input,
        id: id!,
      }));
      const second = await store.saveDataset({ name, examples: reordered });

      expect([second.id, second.versionId]).toEqual([first.id, first.versionId]);
    });

    for (const [change, examples] of Object.entries({
      'an example is changed': [{ ...capitals[0]!, expected: { capital: 'Lutetia' } }, ...capitals.slice(1)],
      'an example is added': [...capitals, { id: 'chad', input: { country: 'Chad' } }],
      'an example is gone': capitals.slice(1),
      'every example is gone': [],
    } satisfies Record<string, readonly ExampleDraft[]>)) {
      test(`makes a new version when ${change}, and still lists the old one`, async () => {
        const store = await createStore();
        const name = uniqueName('capitals');
        const before = await store.saveDataset({ name, examples: capitals });
        const old = await collect(store.listExamples({ datasetId: before.id, versionId: before.versionId }));
        const after = await store.saveDataset({ name, examples });

        expect(after.id).toEqual(before.id);
        expect(after.versionId === before.versionId).toEqual(false);
        expect(after.exampleCount).toEqual(examples.length);
        const listed = await collect(store.listExamples({ datasetId: after.id, versionId: after.versionId }));
        expect(listed.map(({ id, expected }) => [id, expected])).toEqual(
          examples.map(({ id, expected = null }: ExampleDraft) => [id, expected]),
        );
        expect(await collect(store.listExamples({ datasetId: before.id, versionId: before.versionId }))).toEqual(old);
        expect((await store.getDataset({ id: before.id }, { versionId: before.versionId })).exampleCount).toEqual(3);
        expect((await store.getDataset({ id: before.id })).versionId).toEqual(after.versionId);
      });
    }

    test('brings an example that was deleted back under its id', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      await store.saveDataset({ name, examples: capitals });
      await store.saveDataset({ name, examples: capitals.slice(1) });
      const { id, versionId } = await store.saveDataset({ name, examples: capitals });

      const listed = await collect(store.listExamples({ datasetId: id, versionId }));
      expect(listed.map((example) => example.id).sort()).toEqual(['france', 'kenya', 'peru']);
    });

    test('keeps description and metadata when they are left out later', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      await store.saveDataset({ name, description: 'Of countries', metadata: { a: 1 }, examples: capitals });
      expect(await store.saveDataset({ name, examples: [] })).toMatchObject({
        description: 'Of countries',
        metadata: { a: 1 },
      });
    });

    test('trims the name and refuses an empty one', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      const saved = await store.saveDataset({ name: ` ${name}\n`, examples: capitals });

      expect(saved.name).toEqual(name);
      expect((await store.getDataset({ name: `${name} ` })).id).toEqual(saved.id);
      expect(await codeOf(store.saveDataset({ name: ' ', examples: capitals }))).toEqual('invalid-input');
    });

    test('names a dataset without a name by its content', async () => {
      const store = await createStore();
      const examples = [{ input: { text: uniqueName('inline') } }, { input: { text: 'same' } }];
      const first = await store.saveDataset({ name: null, examples });
      const second = await store.saveDataset({ name: null, examples });

      expect(/^inline-[0-9a-f]{8}$/.test(first.name)).toEqual(true);
      expect([second.id, second.versionId]).toEqual([first.id, first.versionId]);
    });

    test('limits a dataset to the examples of any of the given splits', async () => {
      const store = await createStore();
      const [easy, hard] = [uniqueName('easy'), uniqueName('hard')];
      const examples = capitals.map((example, index) => ({ ...example, splits: [[easy], [hard, easy], []][index]! }));
      const { id, versionId } = await store.saveDataset({ name: uniqueName('capitals'), examples });
      const idsIn = async (splits: readonly string[]) =>
        (await collect(store.listExamples({ datasetId: id, versionId, splits }))).map((example) => example.id);

      expect(await idsIn([easy])).toEqual(['france', 'peru']);
      expect(await idsIn([hard])).toEqual(['peru']);
      expect(await idsIn([hard, easy])).toEqual(['france', 'peru']);
      expect(await idsIn([])).toEqual(['france', 'peru', 'kenya']);
      expect(await store.getDataset({ id }, { splits: [easy] })).toMatchObject({
        splits: [easy],
        exampleCount: 2,
        versionId,
      });
      expect(await store.getDataset({ id }, { splits: [] })).toMatchObject({ splits: null, exampleCount: 3 });
      const listed = await collect(store.listExamples({ datasetId: id, versionId }));
      expect(listed.map(({ splits }) => splits)).toEqual([[easy], [easy, hard], []]);
    });

    test('moves an example to other splits without a new version', async () => {
      const store = await createStore();
      const [easy, hard] = [uniqueName('easy'), uniqueName('hard')];
      const name = uniqueName('capitals');
      const before = await store.saveDataset({
        name,
        examples: capitals.map((example) => ({ ...example, splits: [easy] })),
      });
      const after = await store.saveDataset({
        name,
        examples: capitals.map((example) => ({ ...example, splits: [hard] })),
      });

      expect(after.versionId).toEqual(before.versionId);
      expect((await store.getDataset({ id: after.id }, { splits: [hard] })).exampleCount).toEqual(3);
      const listed = await collect(store.listExamples({ datasetId: after.id, versionId: after.versionId }));
      expect(listed.map(({ splits }) => splits)).toEqual([[hard], [hard], [hard]]);
    });

    test('rejects what does not exist as not found', async () => {
      const store = await createStore();
      const one = await store.saveDataset({ name: uniqueName('one'), examples: capitals });
      const other = await store.saveDataset({ name: uniqueName('other'), examples: capitals });

      expect(await codeOf(store.getDataset({ name: uniqueName('nothing') }))).toEqual('not-found');
      expect(await codeOf(store.getDataset({ id: 'nothing' }))).toEqual('not-found');
      expect(await codeOf(store.getDataset({ id: one.versionId }))).toEqual('not-found');
      expect(await codeOf(store.getDataset({ id: one.id }, { versionId: other.versionId }))).toEqual('not-found');
      expect(await codeOf(store.getDataset({ id: one.id }, { versionId: 'nothing' }))).toEqual('not-found');
      expect(await codeOf(store.getDataset({ id: one.id }, { splits: [uniqueName('nothing')] }))).toEqual('not-found');
      expect(await codeOf(collect(store.listExamples({ datasetId: one.id, versionId: other.versionId })))).toEqual(
        'not-found',
      );
      expect(await codeOf(collect(store.listExamples({ datasetId: 'nothing', versionId: one.versionId })))).toEqual(
        'not-found',
      );
    });

    test('lets the same dataset be saved twice at once, as one version', async () => {
      const store = await createStore();
      const name = uniqueName('capitals');
      const saved = await Promise.all(Array.from({ length: 4 }, () => store.saveDataset({ name, examples: capitals })));

      expect(new Set(saved.map(({ versionId }) => versionId)).size).toEqual(1);
      expect(saved[0]!.exampleCount).toEqual(3);
    });
  });
}
