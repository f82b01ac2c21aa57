import { z } from '@hono/zod-openapi';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, filledText, limit, pageOf, text } from '../schemas.ts';
import { wireLabel } from '../wire-records.ts';
import { datasetNamed } from './datasets.ts';
import type { Services } from './services.ts';

const tag = 'Labels';

/** Of the letters Phoenix takes the small ones only. */
const color = z.string().regex(/^#[0-9a-f]{6}$/, 'must be #rrggbb in small letters');

const labelBody = z.object({ name: filledText, color, description: text.nullish() }).openapi('DatasetLabelDraft');

const labelPatch = z
  .object({ name: filledText.nullish(), color: color.nullish(), description: text.nullish() })
  .openapi('DatasetLabelPatch');

const labelIds = z.object({ dataset_label_ids: z.array(z.string()).default([]) }).openapi('DatasetLabelIds');

/** Labels, which are shared by all datasets, and the datasets that they are on. */
export function addLabelRoutes(api: Api, { store }: Services): void {
  const all = '/v1/dataset_labels';
  const one = '/v1/dataset_labels/{label_id}';
  const ofDataset = '/v1/datasets/{dataset}/labels';
  const onDataset = '/v1/datasets/{dataset}/labels/{label_id}';

  api.add(
    {
      method: 'get',
      path: all,
      summary: 'List all labels, newest first',
      tag,
      query: z.object({ cursor, limit: limit(100) }),
      answer: pageOf(wireLabel),
    },
    async ({ query }) => {
      const page = { cursor: checkCursor('DatasetLabel', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listLabels(page);
      return { data: [...items], next_cursor: next };
    },
  );

  api.add(
    { method: 'get', path: one, summary: 'Get a label', tag, answer: dataOf(wireLabel), failures: [404] },
    async ({ params }) => ({ data: await store.nodes.getLabel(checkId('DatasetLabel', params.label_id)) }),
  );

  api.add(
    {
      method: 'post',
      path: all,
      summary: 'Make a label',
      tag,
      body: labelBody,
      status: 201,
      answer: dataOf(wireLabel),
      failures: [409],
    },
    async ({ body }) => ({ data: await store.nodes.createLabel(body) }),
  );

  api.add(
    {
      method: 'patch',
      path: one,
      summary: 'Change a label; what is left out stays',
      tag,
      body: labelPatch,
      answer: dataOf(wireLabel),
      failures: [404, 409],
    },
    async ({ params, body: { name, color: given, description } }) => {
      const id = checkId('DatasetLabel', params.label_id);
      const changes = { name: name ?? undefined, color: given ?? undefined, description };
      if (Object.values(changes).every((value) => value === undefined)) throw new Failure(422, 'No fields to update');
      return { data: await store.nodes.changeLabel(id, changes) };
    },
  );

  api.add(
    {
      method: 'delete',
      path: one,
      summary: 'Delete a label, off every dataset too',
      tag,
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      await store.nodes.deleteLabel(checkId('DatasetLabel', params.label_id));
      return undefined;
    },
  );

  api.add(
    {
      method: 'get',
      path: ofDataset,
      summary: 'List the labels of a dataset',
      tag,
      answer: z.object({ data: z.array(wireLabel) }),
      failures: [404],
    },
    async ({ params }) => {
      const { id } = await datasetNamed(store, params.dataset);
      return { data: [...(await store.nodes.listDatasetLabels(id))] };
    },
  );

  api.add(
    {
      method: 'put',
      path: ofDataset,
      summary: 'Put these labels on a dataset, and take off all others',
      tag,
      body: labelIds,
      answer: z.object({ data: z.array(wireLabel) }),
      failures: [404],
    },
    async ({ params, body }) => {
      const ids = body.dataset_label_ids.map((id) => checkId('DatasetLabel', id));
      const { id } = await datasetNamed(store, params.dataset);
      return { data: [...(await store.nodes.setLabels(id, ids))] };
    },
  );

  api.add(
    {
      method: 'put',
      path: onDataset,
      summary: 'Put a label on a dataset; one that is on it stays',
      tag,
      answer: dataOf(wireLabel),
      failures: [404],
    },
    async ({ params }) => {
      const labelId = checkId('DatasetLabel', params.label_id);
      const { id } = await datasetNamed(store, params.dataset);
      return { data: await store.nodes.addLabel(id, labelId) };
    },
  );

  api.add(
    {
      method: 'delete',
      path: onDataset,
      summary: 'Take a label off a dataset; one that is not on it is no error',
      tag,
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      const labelId = checkId('DatasetLabel', params.label_id);
      const { id } = await datasetNamed(store, params.dataset);
      await store.nodes.removeLabel(id, labelId);
      return undefined;
    },
  );
}
