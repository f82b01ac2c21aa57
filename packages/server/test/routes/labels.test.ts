import { expect, test } from 'vitest';
import { nodeId, startServer, upload } from '../fixtures/server.ts';

interface One {
  data: { id: string };
}

const red = { name: 'red', color: '#ff0000' };

test('makes, gets, lists, changes and deletes labels', async () => {
  const { ask, get } = await startServer();
  const made = await ask('POST', '/v1/dataset_labels', { ...red, description: 'stop' });
  expect([made.status, made.json]).toEqual([
    201,
    { data: { id: nodeId('DatasetLabel', 1), name: 'red', description: 'stop', color: '#ff0000' } },
  ]);
  const one = `/v1/dataset_labels/${(made.json as One).data.id}`;
  expect((await get(one)).json).toEqual(made.json);
  const changed = await ask('PATCH', one, { color: '#aa0000', description: null, name: null });
  expect(changed.json).toMatchObject({ data: { name: 'red', description: null, color: '#aa0000' } });

  await ask('POST', '/v1/dataset_labels', { name: 'green', color: '#00ff00' });
  const newest = await get('/v1/dataset_labels?limit=1');
  expect(newest.json).toMatchObject({ data: [{ name: 'green' }], next_cursor: nodeId('DatasetLabel', 1) });
  const rest = await get(`/v1/dataset_labels?cursor=${nodeId('DatasetLabel', 1)}`);
  expect(rest.json).toMatchObject({ data: [{ name: 'red' }], next_cursor: null });

  expect((await ask('DELETE', one)).status).toBe(204);
  expect((await ask('DELETE', one)).status).toBe(404);
  expect((await get(one)).status).toBe(404);
});

test('puts labels on a dataset, by its name or id, and takes them off', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'a name', inputs: [{}] });
  const [a, b] = await Promise.all(
    ['a', 'b'].map(async (name) => (await ask('POST', '/v1/dataset_labels', { ...red, name })).json as One),
  ).then((labels) => labels.map(({ data }) => data.id));
  const path = `/v1/datasets/${dataset_id}/labels`;

  for (const time of ['first', 'second'])
    expect([time, (await ask('PUT', `${path}/${a}`)).json]).toMatchObject([time, { data: { id: a, name: 'a' } }]);
  expect((await get('/v1/datasets/a%20name/labels')).json).toMatchObject({ data: [{ id: a }] });
  const set = await ask('PUT', path, { dataset_label_ids: [b, b] });
  expect([set.status, set.json]).toMatchObject([200, { data: [{ id: b }] }]);
  for (const time of ['first', 'second'])
    expect([time, (await ask('DELETE', `${path}/${b}`)).status]).toEqual([time, 204]);
  expect((await get(path)).json).toEqual({ data: [] });

  await ask('PUT', path, { dataset_label_ids: [a, b] });
  await ask('DELETE', `/v1/dataset_labels/${a}`);
  expect((await get(path)).json).toMatchObject({ data: [{ id: b }] });
  await ask('DELETE', `/v1/datasets/${dataset_id}`);
  expect((await get(`/v1/dataset_labels/${b}`)).status).toBe(200);
});

test('refuses labels that are taken, not there or badly made, and changes nothing then', async () => {
  const { ask, get } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{}] });
  const made = (await ask('POST', '/v1/dataset_labels', red)).json as One;
  const other = (await ask('POST', '/v1/dataset_labels', { ...red, name: 'other' })).json as One;
  const one = `/v1/dataset_labels/${other.data.id}`;
  const path = `/v1/datasets/${dataset_id}/labels`;
  await ask('PUT', `${path}/${made.data.id}`);
  const missing = nodeId('DatasetLabel', 99);

  for (const [method, where, body, status] of [
    ['POST', '/v1/dataset_labels', red, 409],
    ['POST', '/v1/dataset_labels', { name: 'x' }, 422],
    ['POST', '/v1/dataset_labels', { name: '', color: '#ff0000' }, 422],
    ['POST', '/v1/dataset_labels', { name: 'x', color: '#FF0000' }, 422],
    ['POST', '/v1/dataset_labels', { name: 'x', color: 'red' }, 422],
    ['PATCH', one, { name: 'red' }, 409],
    ['PATCH', one, {}, 422],
    ['PATCH', one, { name: null }, 422],
    ['PATCH', `/v1/dataset_labels/${missing}`, { name: 'x' }, 404],
    ['PATCH', '/v1/dataset_labels/nonsense', { name: 'x' }, 422],
    ['GET', '/v1/dataset_labels?limit=0', undefined, 422],
    ['GET', `/v1/dataset_labels?cursor=${nodeId('Dataset', 1)}`, undefined, 422],
    ['GET', '/v1/datasets/unknown/labels', undefined, 404],
    ['PUT', `/v1/datasets/unknown/labels/${made.data.id}`, undefined, 404],
    ['PUT', `${path}/${missing}`, undefined, 404],
    ['PUT', `${path}/nonsense`, undefined, 422],
    ['PUT', path, { dataset_label_ids: [other.data.id, missing] }, 404],
    ['PUT', path, { dataset_label_ids: ['nonsense'] }, 422],
    ['DELETE', `${path}/nonsense`, undefined, 422],
  ] as const)
    expect([method, where, body, (await ask(method, where, body)).status]).toEqual([method, where, body, status]);
  expect((await get(path)).json).toMatchObject({ data: [{ id: made.data.id }] });
  expect((await get(one)).json).toMatchObject({ data: { name: 'other' } });
});
