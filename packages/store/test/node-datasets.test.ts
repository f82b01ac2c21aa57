import { contentHash } from '@assay/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { describeInEach } from './fixtures/databases.ts';
import { collect, temporaryFolder } from './fixtures/experiment.ts';
import { UploadModel } from './fixtures/upload-model.ts';

const drafts = fc
  .array(
    fc.record(
      {
        id: fc.constantFrom('a', 'b', 'c'),
        input: fc.record({ question: fc.constantFrom(1, 2, 3) }),
        splits: fc.subarray(['train', 'test']),
      },
      { requiredKeys: ['input'] },
    ),
    { maxLength: 6 },
  )
  .filter((examples) => {
    const ids = examples.flatMap(({ id }) => id ?? []);
    return new Set(ids).size === ids.length;
  });

describeInEach((openEmpty) => {
  test('follows the rules of Phoenix over any sequence of uploads', async () => {
    const uploads = fc.array(
      fc.record({ action: fc.constantFrom('append' as const, 'update' as const), examples: drafts }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await using store = await openEmpty();
    let lastRow = 0;
    let datasets = 0;
    await fc.assert(
      fc.asyncProperty(uploads, async (sequence) => {
        const name = `d${++datasets}`;
        const firstRow = lastRow;
        const model = new UploadModel();
        for (const { action, examples } of sequence) {
          const { datasetId, versionId, ...counts } = await store.nodes.upload({ name, action, examples });
          expect(counts).toEqual(model.upload(action, examples));
          lastRow = firstRow + model.rows.length;
          const listed = await collect(store.nodes.listExamples({ datasetId, versionId }));
          const rows = listed.map((example) => [
            example.nodeId,
            example.id === example.nodeId ? null : example.id,
            contentHash(example),
            example.splits,
          ]);
          const live = model.rows.filter(({ isLive }) => isLive);
          expect(rows).toEqual(
            live.map(({ row, externalId, hash, splits }) => [
              Buffer.from(`DatasetExample:${firstRow + row}`).toString('base64'),
              externalId,
              hash,
              splits,
            ]),
          );
          const { items } = await store.nodes.listVersions(datasetId, { limit: 100 });
          expect(items.length).toBe(model.versionCount);
        }
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  test('makes no version of the same rows without ids, and keeps equal rows apart', async () => {
    await using store = await openEmpty();
    const examples = [{ input: { q: 1 } }, { input: { q: 1 } }, { input: { q: 2 } }];
    const first = await store.nodes.upload({ name: 'd', action: 'create', examples });
    expect(first).toMatchObject({ createdCount: 3, updatedCount: 0, deletedCount: 0 });
    const again = await store.nodes.upload({ name: 'd', action: 'update', examples });
    expect(again).toEqual({ ...first, createdCount: 0 });
    const appended = await store.nodes.upload({ name: 'd', action: 'append', examples: examples.slice(0, 1) });
    expect(appended.versionId).toBe(first.versionId);
  });

  test('matches an example by its node id, and refuses one that the dataset has not', async () => {
    await using store = await openEmpty();
    const { datasetId, versionId } = await store.nodes.upload({
      name: 'd',
      action: 'create',
      examples: [{ input: { q: 1 } }],
    });
    const [example] = await collect(store.nodes.listExamples({ datasetId, versionId }));
    const changed = await store.nodes.upload({
      name: 'd',
      action: 'update',
      examples: [{ id: example!.nodeId, input: { q: 2 } }],
    });
    expect(changed).toMatchObject({ createdCount: 0, updatedCount: 1, deletedCount: 0 });
    const unknown = { id: Buffer.from('DatasetExample:77').toString('base64'), input: {} };
    await expect(store.nodes.upload({ name: 'd', action: 'update', examples: [unknown] })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect((await store.getDataset({ name: 'd' })).versionId).toBe(changed.versionId);
  });

  test('refuses to name one example twice, by its own id and by its node id', async () => {
    await using store = await openEmpty();
    const { datasetId, versionId } = await store.nodes.upload({
      name: 'd',
      action: 'create',
      examples: [{ id: 'a', input: {} }],
    });
    const [{ nodeId } = { nodeId: '' }] = await collect(store.nodes.listExamples({ datasetId, versionId }));
    const twice = [
      { id: nodeId, input: {} },
      { id: 'a', input: {} },
    ];
    await expect(store.nodes.upload({ name: 'd', action: 'update', examples: twice })).rejects.toMatchObject({
      code: 'invalid-config',
    });
  });

  test('refuses to create a dataset twice, and leaves the first as it was', async () => {
    await using store = await openEmpty();
    const draft = { name: 'd', action: 'create' as const, examples: [{ input: { q: 1 } }] };
    const { versionId } = await store.nodes.upload(draft);
    await expect(store.nodes.upload({ ...draft, examples: [] })).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.getDataset({ name: 'd' })).toMatchObject({ versionId, exampleCount: 1 });
  });

  test('pages lists with the id of the next item, down to the last', async () => {
    await using store = await openEmpty();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await store.nodes.upload({ name, action: 'create', examples: [] });
    const names: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await store.nodes.listDatasets({ limit: 2, cursor });
      expect(page.items[0]?.id).toBe(cursor ?? page.items[0]?.id);
      names.push(...page.items.map(({ name }) => name));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
    await expect(store.nodes.listDatasets({ limit: 2, cursor: 'RGF0YXNldDo=' })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  test('makes, changes and deletes a split, and counts the examples of the dataset', async () => {
    await using store = await openEmpty();
    const examples = ['a', 'b', 'c'].map((id) => ({ id, input: { id } }));
    const { datasetId } = await store.nodes.upload({ name: 'd', action: 'create', examples });
    const split = await store.nodes.createSplit(datasetId, { name: 'hard', color: '#33c5e8', exampleIds: ['a', 'b'] });
    expect(split).toMatchObject({ name: 'hard', color: '#33c5e8', exampleCount: 2, description: null });
    const changes = { description: 'of all', addExampleIds: ['c'], removeExampleIds: ['a', 'c'] };
    expect(await store.nodes.changeSplit(datasetId, split.id, changes)).toMatchObject({
      exampleCount: 1,
      description: 'of all',
    });
    await expect(
      store.nodes.createSplit(datasetId, { name: 'hard', color: '#000000', exampleIds: [] }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.nodes.changeSplit(datasetId, split.id, { addExampleIds: ['z'] })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await store.nodes.splitNames([split.id, 'hard'])).toEqual(['hard', 'hard']);
    await store.nodes.deleteSplit(datasetId, split.id);
    expect((await store.nodes.listSplits(datasetId, { limit: 10 })).items).toEqual([]);
  });
});

test('keeps uploads of several stores of one file apart', async () => {
  const url = `file:${temporaryFolder()}/runs.db`;
  await using first = await openStore(url);
  await using second = await openStore(url);
  const uploads = Array.from({ length: 8 }, (_, index) =>
    (index < 4 ? first : second).nodes.upload({
      name: `d${index % 2}`,
      action: 'update',
      examples: [{ input: { index: index % 2 } }],
    }),
  );
  const reports = await Promise.all(uploads);
  expect(reports.map(({ createdCount }) => createdCount).sort()).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

test('matches tens of thousands of examples without ids, equal ones among them, in the time that tests have', async () => {
  await using store = await openStore('memory:');
  const examples = Array.from({ length: 20_000 }, (_, index) => ({ input: { question: index % 15_000 } }));
  const created = await store.nodes.upload({ name: 'd', action: 'create', examples });
  expect(created).toMatchObject({ createdCount: 20_000 });
  const again = await store.nodes.upload({ name: 'd', action: 'update', examples: examples.slice(0, 16_000) });
  expect(again).toMatchObject({ createdCount: 0, updatedCount: 0, deletedCount: 4_000 });
});
