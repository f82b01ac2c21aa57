import { z } from '@hono/zod-openapi';
import type { Api } from '../api.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, filledText, jsonObject, limit, pageOf, text } from '../schemas.ts';
import { splitToWire } from '../wire.ts';
import { wireSplit } from '../wire-records.ts';
import { datasetNamed } from './datasets.ts';
import type { Services } from './services.ts';

const tag = 'Splits';

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb')
  .transform((value) => value.toLowerCase())
  .openapi({ type: 'string', pattern: '^#[0-9a-fA-F]{6}$' });
const exampleIds = z.array(text);

const splitBody = z
  .object({
    name: filledText,
    description: text.nullish(),
    color: color.default('#33c5e8'),
    metadata: jsonObject.nullish(),
    example_ids: exampleIds.default([]),
  })
  .openapi('DatasetSplitDraft');

const splitPatch = z
  .object({
    name: filledText.optional(),
    description: text.nullish(),
    color: color.optional(),
    metadata: jsonObject.nullish(),
    add_example_ids: exampleIds.optional(),
    remove_example_ids: exampleIds.optional(),
  })
  .openapi('DatasetSplitPatch');

/** Splits. They are shared by all datasets; their counts are of one. */
export function addSplitRoutes(api: Api, { store }: Services): void {
  const path = '/v1/datasets/{dataset}/splits';
  const one = '/v1/datasets/{dataset}/splits/{split_id}';

  api.add(
    {
      method: 'get',
      path,
      summary: 'List the splits that have an example in the dataset',
      tag,
      query: z.object({ cursor, limit: limit(10, 1000) }),
      answer: pageOf(wireSplit),
      failures: [404],
    },
    async ({ params, query }) => {
      const { id } = await datasetNamed(store, params.dataset);
      const page = { cursor: checkCursor('DatasetSplit', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listSplits(id, page);
      return { data: items.map(splitToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'post',
      path,
      summary: 'Make a split',
      tag,
      body: splitBody,
      status: 201,
      answer: dataOf(wireSplit),
      failures: [404, 409],
    },
    async ({ params, body }) => {
      const { id } = await datasetNamed(store, params.dataset);
      const { example_ids, metadata, ...split } = body;
      const draft = { ...split, metadata: metadata ?? undefined, exampleIds: example_ids };
      return { data: splitToWire(await store.nodes.createSplit(id, draft)) };
    },
  );

  api.add(
    {
      method: 'patch',
      path: one,
      summary: 'Change a split; what is left out stays, and an example that is both added and removed is removed',
      tag,
      body: splitPatch,
      answer: dataOf(wireSplit),
      failures: [404, 409],
    },
    async ({ params, body }) => {
      const { id } = await datasetNamed(store, params.dataset);
      const { add_example_ids, remove_example_ids, metadata, ...changes } = body;
      const patch = {
        ...changes,
        metadata: metadata ?? undefined,
        addExampleIds: add_example_ids,
        removeExampleIds: remove_example_ids,
      };
      return { data: splitToWire(await store.nodes.changeSplit(id, checkId('DatasetSplit', params.split_id), patch)) };
    },
  );

  api.add(
    {
      method: 'delete',
      path: one,
      summary: 'Delete a split everywhere; its examples stay',
      tag,
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      const { id } = await datasetNamed(store, params.dataset);
      await store.nodes.deleteSplit(id, checkId('DatasetSplit', params.split_id));
      return undefined;
    },
  );
}
