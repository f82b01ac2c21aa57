import { expect, test } from 'vitest';
import { nodeId, startServer, upload } from '../fixtures/server.ts';

test('lists datasets newest first, with a cursor that is the first of the next page', async () => {
  const { ask, get } = await startServer();
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push((await upload(ask, { name, inputs: [] })).dataset_id);
  const first = await get('/v1/datasets?limit=2');
  expect(first.json).toMatchObject({ data: [{ name: 'c', example_count: 0 }, { name: 'b' }], next_cursor: ids[0] });
  expect((await get(`/v1/datasets?limit=2&cursor=${ids[0]}`)).json).toMatchObject({
    data: [{ name: 'a' }],
    next_cursor: null,
  });
  expect((await get('/v1/datasets?cursor=&limit=1')).json).toMatchObject({ data: [{ name: 'c' }] });
  expect((await get('/v1/datasets?name=b')).json).toMatchObject({ data: [{ id: ids[1] }] });
  expect((await get('/v1/datasets?name=z')).json).toEqual({ data: [], next_cursor: null });
});

test('shows the id of the user where there is one, and always the node id', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{ q: 1 }, { q: 2 }], example_ids: ['own', null] });
  const { json } = await get(`/v1/datasets/${encodeURIComponent(dataset_id)}/examples`);
  expect(json).toMatchObject({
    data: {
      filtered_splits: [],
      examples: [
        { id: 'own', node_id: nodeId('DatasetExample', 1), input: { q: 1 }, output: {}, metadata: {}, source: null },
        { id: nodeId('DatasetExample', 2), node_id: nodeId('DatasetExample', 2) },
      ],
    },
  });
});

test('gives times with an offset that every Python reads', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [] });
  const { data } = (await get(`/v1/datasets/${dataset_id}`)).json as { data: { created_at: string } };
  expect(data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
});

test('answers 422 to what is no id and 404 to the id of something else or of nothing', async () => {
  const { get } = await startServer();
  for (const id of [
    'nonsense',
    'RGF0YXNldDo',
    nodeId('Dataset', '1x'),
    nodeId('Dataset', '99999999999999999999'),
    '%00',
  ])
    expect((await get(`/v1/datasets/${encodeURIComponent(id)}`)).status).toBe(422);
  expect((await get(`/v1/datasets/${nodeId('Experiment', 1)}`)).status).toBe(404);
  expect((await get(`/v1/datasets/${nodeId('Dataset', 7)}`)).status).toBe(404);
  expect((await get('/v1/datasets?cursor=nonsense')).status).toBe(422);
  expect((await get('/v1/datasets?limit=0')).json).toMatchObject({ detail: [{ loc: ['query', 'limit'] }] });
});

test('answers 404 to a version that is not there or of another dataset, and to an unknown split', async () => {
  const { ask, get } = await startServer();
  const first = await upload(ask, { name: 'a', inputs: [{}] });
  const second = await upload(ask, { name: 'b', inputs: [{}] });
  const examples = `/v1/datasets/${first.dataset_id}/examples`;
  expect((await get(`${examples}?version_id=${second.version_id}`)).status).toBe(404);
  expect((await get(`${examples}?version_id=${nodeId('DatasetVersion', 99)}`)).status).toBe(404);
  expect((await get(`${examples}?version_id=nonsense`)).status).toBe(422);
  expect((await get(`${examples}?split=unknown`)).status).toBe(404);
  expect((await get(`${examples}?split=`)).status).toBe(422);
});

test('limits examples to several splits, by name and by id', async () => {
  const { ask, get } = await startServer();
  const body = { name: 'd', inputs: [{ q: 1 }, { q: 2 }, { q: 3 }], splits: ['train', ['test', 'hard'], null] };
  const { dataset_id } = await upload(ask, body);
  const splits = (await get(`/v1/datasets/${dataset_id}/splits`)).json as { data: { id: string; name: string }[] };
  const hard = splits.data.find(({ name }) => name === 'hard')!;
  const { json } = await get(`/v1/datasets/${dataset_id}/examples?split=train&split=${hard.id}`);
  expect(json).toMatchObject({
    data: { filtered_splits: ['train', 'hard'], examples: [{ input: { q: 1 } }, { input: { q: 2 } }] },
  });
});

test('renames and deletes a dataset', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [] });
  await upload(ask, { name: 'taken', inputs: [] });
  const path = `/v1/datasets/${dataset_id}`;
  expect((await ask('PATCH', path, { name: 'e', description: 'new' })).json).toMatchObject({
    data: { name: 'e', description: 'new' },
  });
  expect((await ask('PATCH', path, { name: 'taken' })).status).toBe(409);
  expect(await ask('DELETE', path)).toMatchObject({ status: 204, text: '' });
  expect((await ask('DELETE', path)).status).toBe(404);
  expect((await get(path)).status).toBe(404);
});
