import { expect, test } from 'vitest';
import { nodeId, runOf, startExperiment, startServer, upload } from '../fixtures/server.ts';

const keys = [
  'id',
  'dataset_id',
  'dataset_version_id',
  'name',
  'description',
  'repetitions',
  'metadata',
  'project_name',
  'created_at',
  'updated_at',
  'example_count',
  'successful_run_count',
  'failed_run_count',
  'missing_run_count',
];

test('creates an experiment of nothing but a dataset, with every field', async () => {
  const { ask } = await startServer();
  const { dataset_id, version_id } = await upload(ask, { name: 'my data set', inputs: [{}, {}] });
  const { json, status } = await ask('POST', `/v1/datasets/${dataset_id}/experiments`, {});
  const { data } = json as { data: Record<string, unknown> };
  expect(status).toBe(200);
  expect(Object.keys(data).sort()).toEqual([...keys].sort());
  expect(data).toMatchObject({
    dataset_version_id: version_id,
    repetitions: 1,
    description: null,
    metadata: {},
    example_count: 2,
    missing_run_count: 2,
  });
  expect(data['name']).toMatch(/^my-data-[-0-9a-f]+$/);
  expect(data['project_name']).toMatch(/^Experiment-[0-9a-f]{24}$/);
});

test('fixes the examples to a version and to splits by name or id, whatever happens later', async () => {
  const { ask, get } = await startServer();
  const body = { name: 'd', inputs: [{ q: 1 }, { q: 2 }], example_ids: ['a', 'b'] };
  const { dataset_id, version_id } = await upload(ask, { ...body, splits: ['train', 'test'] });
  const splits = (await get(`/v1/datasets/${dataset_id}/splits`)).json as { data: { id: string; name: string }[] };
  const train = splits.data.find(({ name }) => name === 'train')!;
  await upload(ask, { name: 'd', inputs: [{ q: 3 }], example_ids: ['a'] });
  const created = await ask('POST', `/v1/datasets/${dataset_id}/experiments`, { version_id, splits: [train.id] });
  const { id } = (created.json as { data: { id: string } }).data;
  const missing = (await get(`/v1/experiments/${id}/incomplete-runs`)).json;
  expect(missing).toMatchObject({
    data: [{ dataset_example: { id: nodeId('DatasetExample', 1), input: { q: 1 } }, repetition_numbers: [1] }],
  });
});

test('refuses experiments that cannot be', async () => {
  const { ask } = await startServer();
  const { dataset_id } = await upload(ask, { name: 'd', inputs: [{}] });
  const other = await upload(ask, { name: 'e', inputs: [{}] });
  const path = `/v1/datasets/${dataset_id}/experiments`;
  expect((await ask('POST', path)).status).toBe(422);
  expect((await ask('POST', path, { repetitions: 0 })).status).toBe(422);
  expect((await ask('POST', path, { repetitions: 1.5 })).status).toBe(422);
  expect((await ask('POST', path, { metadata: [] })).status).toBe(422);
  expect((await ask('POST', path, { splits: ['unknown'] })).status).toBe(404);
  expect((await ask('POST', path, { version_id: 'nonsense' })).status).toBe(422);
  expect((await ask('POST', path, { version_id: other.version_id })).status).toBe(404);
  expect((await ask('POST', `/v1/datasets/${nodeId('Dataset', 9)}/experiments`, {})).status).toBe(404);
});

test('lists experiments newest first, and none of a dataset that is not there', async () => {
  const { ask, get } = await startServer();
  const { id, datasetId } = await startExperiment(ask);
  const second = (await ask('POST', `/v1/datasets/${datasetId}/experiments`, { name: 'second' })).json as {
    data: { id: string };
  };
  const page = await get(`/v1/datasets/${datasetId}/experiments?limit=1`);
  expect(page.json).toMatchObject({ data: [{ id: second.data.id }], next_cursor: id });
  expect(await get(`/v1/datasets/${nodeId('Dataset', 99)}/experiments`)).toMatchObject({
    status: 200,
    json: { data: [], next_cursor: null },
  });
});

test('changes what is given, and says when nothing is', async () => {
  const { ask } = await startServer();
  const { id } = await startExperiment(ask);
  const path = `/v1/experiments/${id}`;
  await ask('PATCH', path, { description: 'first', metadata: { a: 1, b: 2 } });
  const changed = await ask('PATCH', path, { name: 'new', metadata: { a: 3 } });
  expect(changed.json).toMatchObject({ data: { name: 'new', description: 'first', metadata: { a: 3 } } });
  expect((await ask('PATCH', path, { description: null })).json).toMatchObject({ data: { description: null } });
  expect(await ask('PATCH', path, {})).toMatchObject({ status: 422, text: 'No fields to update' });
  expect((await ask('PATCH', path, { name: null })).json).toMatchObject({ detail: [{ loc: ['body', 'name'] }] });
});

test('deletes an experiment with its runs, and does not know it any more', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!));
  expect((await ask('DELETE', `/v1/experiments/${id}?delete_project=true`)).status).toBe(204);
  expect((await get(`/v1/experiments/${id}`)).status).toBe(404);
  expect((await get(`/v1/experiments/${id}/runs`)).json).toEqual({ data: [], next_cursor: null });
  expect((await get('/v1/experiments/DRY_RUN')).status).toBe(422);
});

test('moves a tag from one experiment to another, and takes it off by its id or its name', async () => {
  const { ask, get } = await startServer();
  const { id, datasetId } = await startExperiment(ask);
  const second = ((await ask('POST', `/v1/datasets/${datasetId}/experiments`, {})).json as { data: { id: string } })
    .data.id;
  const tagged = await ask('POST', `/v1/experiments/${id}/tags`, { name: 'baseline', description: 'best so far' });
  expect(tagged.json).toMatchObject({ data: { name: 'baseline', description: 'best so far' } });
  await ask('POST', `/v1/experiments/${second}/tags`, { name: 'baseline' });
  expect((await get(`/v1/experiments/${id}/tags`)).json).toEqual({ data: [] });
  const [tag] = ((await get(`/v1/experiments/${second}/tags`)).json as { data: { id: string }[] }).data;
  expect((await ask('DELETE', `/v1/experiments/${second}/tags/${encodeURIComponent(tag!.id)}`)).status).toBe(204);
  expect((await ask('DELETE', `/v1/experiments/${second}/tags/baseline`)).status).toBe(204);
  expect((await ask('POST', `/v1/experiments/${id}/tags`, { name: 'Not Good' })).status).toBe(422);
});
