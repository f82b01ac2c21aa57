import { expect, test } from 'vitest';
import { describeInEach } from './fixtures/databases.ts';

describeInEach((openEmpty) => {
  test('puts labels on a dataset and takes them off, and lists them page by page', async () => {
    await using store = await openEmpty();
    const { nodes } = store;
    const { datasetId } = await nodes.upload({ name: 'd', action: 'create', examples: [] });
    const red = await nodes.createLabel({ name: 'red', color: '#ff0000' });
    const blue = await nodes.createLabel({ name: 'blue', color: '#0000ff', description: 'cold' });
    expect(await nodes.setLabels(datasetId, [red.id, blue.id])).toEqual([blue, red]);
    expect(await nodes.setLabels(datasetId, [red.id])).toEqual([red]);
    await nodes.addLabel(datasetId, red.id);
    await nodes.removeLabel(datasetId, blue.id);
    expect(await nodes.listDatasetLabels(datasetId)).toEqual([red]);
    expect(await nodes.listLabels({ limit: 1 })).toEqual({ items: [blue], next: red.id });
    expect(await nodes.changeLabel(blue.id, { description: null })).toEqual({ ...blue, description: null });
    await expect(nodes.changeLabel(blue.id, { name: 'red' })).rejects.toMatchObject({ code: 'conflict' });
    await nodes.deleteLabel(red.id);
    expect(await nodes.listDatasetLabels(datasetId)).toEqual([]);
  });
});
