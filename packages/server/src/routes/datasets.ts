import { z } from '@hono/zod-openapi';
import type { DatasetInfo } from '@assay/core';
import type { NodeExample, Store } from '@assay/store';
import type { Api } from '../api.ts';
import { streamText } from '../download.ts';
import { Failure } from '../failure.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, jsonObject, limit, pageOf, text } from '../schemas.ts';
import { datasetToWire, exampleToWire, versionToWire } from '../wire.ts';
import { wireDataset, wireExample, wireVersion } from '../wire-records.ts';
import type { Services } from './services.ts';

const tag = 'Datasets';

const wireExamples = z.object({
  dataset_id: z.string(),
  version_id: z.string(),
  filtered_splits: z.array(z.string()),
  examples: z.array(wireExample),
});

/** Datasets, their versions and examples. */
export function addDatasetRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'get',
      path: '/v1/datasets',
      summary: 'List datasets, newest first',
      tag,
      query: z.object({ cursor, limit: limit(10), name: z.string().optional() }),
      answer: pageOf(wireDataset),
    },
    async ({ query }) => {
      const page = { cursor: checkCursor('Dataset', query.cursor), limit: query.limit, name: query.name };
      const { items, next } = await store.nodes.listDatasets(page);
      return { data: items.map(datasetToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/datasets/{dataset_id}',
      summary: 'Get a dataset',
      tag,
      answer: dataOf(wireDataset),
      failures: [404],
    },
    async ({ params }) => ({
      data: datasetToWire(await store.getDataset({ id: checkId('Dataset', params.dataset_id) })),
    }),
  );

  api.add(
    {
      method: 'patch',
      path: '/v1/datasets/{dataset_id}',
      summary: 'Rename or describe a dataset; what is left out stays',
      tag,
      body: z.object({ name: text.optional(), description: text.nullish(), metadata: jsonObject.optional() }),
      answer: dataOf(wireDataset),
      failures: [404, 409],
    },
    async ({ params, body }) => ({
      data: datasetToWire(await store.updateDataset(checkId('Dataset', params.dataset_id), body)),
    }),
  );

  api.add(
    {
      method: 'delete',
      path: '/v1/datasets/{dataset_id}',
      summary: 'Delete a dataset with its experiments',
      tag,
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      await store.deleteDataset(checkId('Dataset', params.dataset_id));
      return undefined;
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/datasets/{dataset_id}/versions',
      summary: 'List the versions of a dataset, newest first',
      tag,
      query: z.object({ cursor, limit: limit(10) }),
      answer: pageOf(wireVersion),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('DatasetVersion', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listVersions(checkId('Dataset', params.dataset_id), page);
      return { data: items.map(versionToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/datasets/{dataset_id}/examples',
      summary: 'Every example of a version, or of some of its splits',
      tag,
      query: z.object({
        version_id: z.string().optional(),
        split: z.array(z.string().refine((split) => split.trim() !== '', 'must not be empty')).optional(),
      }),
      answer: dataOf(wireExamples),
      failures: [404],
    },
    async ({ params, query }) => {
      const dataset = await datasetAt(store, params.dataset_id, query.version_id);
      const splits = query.split ? [...new Set(await store.nodes.splitNames(query.split))] : [];
      const pin = { datasetId: dataset.id, versionId: dataset.versionId, splits };
      const head = { dataset_id: dataset.id, version_id: dataset.versionId, filtered_splits: splits };
      return streamText(examplesJson(head, store.nodes.listExamples(pin)), 'application/json');
    },
  );
}

/** An answer of `wireExamples`, an example at a time: there are no pages of this list, however long it is. */
async function* examplesJson(
  head: Omit<z.input<typeof wireExamples>, 'examples'>,
  examples: AsyncIterable<NodeExample>,
): AsyncGenerator<string, void, undefined> {
  yield `{"data":${JSON.stringify(head).slice(0, -1)},"examples":[`;
  let separator = '';
  for await (const example of examples) {
    yield separator + JSON.stringify(exampleToWire(example));
    separator = ',';
  }
  yield ']}}';
}

/** The dataset at a version, or at its newest. @throws Failure 404 or 422, also for a version of another dataset. */
export async function datasetAt(store: Store, id: string, versionId: string | undefined): Promise<DatasetInfo> {
  const at = versionId === undefined || versionId === '' ? {} : { versionId: checkId('DatasetVersion', versionId) };
  return store.getDataset({ id: checkId('Dataset', id) }, at);
}

/** The dataset of that id, or else of that name. @throws Failure 404. */
export async function datasetNamed(store: Store, idOrName: string): Promise<DatasetInfo> {
  const byId = await store.getDataset({ id: idOrName }).catch(notFound);
  const dataset = byId ?? (await store.getDataset({ name: idOrName }).catch(notFound));
  if (!dataset) throw new Failure(404, `No dataset has the id or name ${JSON.stringify(idOrName)}`);
  return dataset;
}

function notFound(error: { readonly code?: unknown }): null {
  if (error.code === 'not-found') return null;
  throw error;
}
