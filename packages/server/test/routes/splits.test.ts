import { expect, test } from 'vitest';
import { nodeId, startServer, upload } from '../fixtures/server.ts';

test('makes a split by the name or the id of the dataset, with ids of either kind', async () => {
  const { ask } = await startServer();
  const { dataset_id } = await upload(ask, {
    name: 'a name',
    inputs: [{ q: 1 }, { q: 2 }],
    example_ids: ['own', null],
  });
  const byName = await ask('POST', '/v1/datasets/a%20name/splits', {
    name: 'hard',
    example_ids: ['own', nodeId('DatasetExample', 2)],
  });
  expect(byName.status).toBe(201);
  expect(byName.json).toMatchObject({
    data: { name: 'hard', color: '#33c5e8', description: null, metadata: {}, example_count: 2 },
  });
  const byId = await ask('POST', `/v1/datasets/${dataset_id}/splits`, { name: 'easy', color: '#ABCDEF' });
  expect(byId.json).toMatchObject({ data: { color: '#abcdef', example_count: 0 } });
});

test('gives a split that an upload has made the grey of Phoenix', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{}], splits: ['train'] });
  expect((await get(`/v1/datasets/${dataset_id}/splits`)).json).toMatchObject({
    data: [{ name: 'train', color: '#808080', example_count: 1 }],
  });
});

test('changes what is given and nothing else', async () => {
  const { ask } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{}, {}], example_ids: ['a', 'b'] });
  const path = `/v1/datasets/${dataset_id}/splits`;
  const made = (await ask('POST', path, { name: 's', description: 'old', metadata: { k: 1 }, example_ids: ['a'] }))
    .json as { data: { id: string } };
  const one = `${path}/${made.data.id}`;
  const moved = await ask('PATCH', one, { add_example_ids: ['a', 'b'], remove_example_ids: ['a'], metadata: null });
  expect(moved.json).toMatchObject({ data: { description: 'old', metadata: { k: 1 }, example_count: 1 } });
  expect((await ask('PATCH', one, { description: null })).json).toMatchObject({ data: { description: null } });
  expect((await ask('DELETE', one)).status).toBe(204);
  expect((await ask('DELETE', one)).status).toBe(404);
});

test('refuses names that are taken, examples and datasets that are not there, and colours that are none', async () => {
  const { ask } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{}] });
  const path = `/v1/datasets/${dataset_id}/splits`;
  await ask('POST', path, { name: 's' });
  expect((await ask('POST', path, { name: 's' })).status).toBe(409);
  expect((await ask('POST', path, { name: 't', example_ids: ['unknown'] })).status).toBe(404);
  expect((await ask('POST', path, { name: 't', color: 'red' })).status).toBe(422);
  expect((await ask('POST', path, { name: '' })).status).toBe(422);
  expect((await ask('POST', '/v1/datasets/unknown/splits', { name: 't' })).status).toBe(404);
  expect((await ask('PATCH', `${path}/nonsense`, {})).status).toBe(422);
});
