import { z } from '@hono/zod-openapi';
import { AssayError } from '@assay/core';
import { withoutWireKeys } from '@assay/client/wire';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, jsonObject, limit, pageOf, text } from '../schemas.ts';
import { experimentToWire, tagToWire } from '../wire.ts';
import { wireExperiment, wireTag } from '../wire-records.ts';
import { datasetAt } from './datasets.ts';
import type { Services } from './services.ts';

const tag = 'Experiments';

const experimentBody = z
  .object({
    name: text.nullish(),
    description: text.nullish(),
    metadata: jsonObject.nullish(),
    version_id: z.string().nullish(),
    splits: z.array(text).nullish(),
    repetitions: z.int().positive().max(1_000_000).default(1),
  })
  .openapi('ExperimentDraft');

const experimentPatch = z
  .object({ name: text.optional(), description: text.nullish(), metadata: jsonObject.optional() })
  .openapi('ExperimentPatch');

const tagBody = z
  .object({
    name: z.string().regex(/^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits, _ and -'),
    description: text.nullish(),
  })
  .openapi('ExperimentTagDraft');

/** Experiments and their tags. */
export function addExperimentRoutes(api: Api, { store }: Services): void {
  const ofDataset = '/v1/datasets/{dataset_id}/experiments';
  const one = '/v1/experiments/{experiment_id}';

  api.add(
    {
      method: 'post',
      path: ofDataset,
      summary: 'Create an experiment, which fixes its examples',
      tag,
      body: experimentBody,
      answer: dataOf(wireExperiment),
      failures: [404],
    },
    async ({ params, body }) => {
      const dataset = await datasetAt(store, params.dataset_id, body.version_id ?? undefined);
      const experiment = await store.nodes.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        splits: await store.nodes.splitNames(body.splits ?? []),
        name: body.name ?? undefined,
        description: body.description,
        metadata: withoutWireKeys(body.metadata ?? {}),
        repetitions: body.repetitions,
      });
      return { data: experimentToWire(experiment) };
    },
  );

  api.add(
    {
      method: 'get',
      path: ofDataset,
      summary: 'List the experiments of a dataset, newest first; none for a dataset that is not there',
      tag,
      query: z.object({ cursor, limit: limit(50) }),
      answer: pageOf(wireExperiment),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('Experiment', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes
        .listExperiments(checkId('Dataset', params.dataset_id), page)
        .catch(noneWhenMissing);
      return { data: items.map(experimentToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: one,
      summary: 'Get an experiment with its counts',
      tag,
      answer: dataOf(wireExperiment),
      failures: [404],
    },
    async ({ params }) => ({
      data: experimentToWire(await store.nodes.getExperiment(checkId('Experiment', params.experiment_id))),
    }),
  );

  api.add(
    {
      method: 'patch',
      path: one,
      summary: 'Change an experiment; metadata is replaced whole',
      tag,
      body: experimentPatch,
      answer: dataOf(wireExperiment),
      failures: [404],
    },
    async ({ params, body }) => {
      const id = checkId('Experiment', params.experiment_id);
      if (Object.values(body).every((value) => value === undefined)) throw new Failure(422, 'No fields to update');
      const metadata = body.metadata && withoutWireKeys(body.metadata);
      await store.patchExperiment(id, { ...body, metadata });
      return { data: experimentToWire(await store.nodes.getExperiment(id)) };
    },
  );

  api.add(
    {
      method: 'delete',
      path: one,
      summary: 'Delete an experiment with its runs and evaluations',
      tag,
      query: z.object({ delete_project: z.stringbool().default(false) }),
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      await store.deleteExperiment(checkId('Experiment', params.experiment_id));
      return undefined;
    },
  );

  api.add(
    {
      method: 'get',
      path: `${one}/tags`,
      summary: 'List the tags of an experiment',
      tag,
      answer: z.object({ data: z.array(wireTag) }),
      failures: [404],
    },
    async ({ params }) => {
      const data: z.input<typeof wireTag>[] = [];
      for await (const found of store.listTags(checkId('Experiment', params.experiment_id)))
        data.push(tagToWire(found));
      return { data };
    },
  );

  api.add(
    {
      method: 'post',
      path: `${one}/tags`,
      summary: 'Point a tag at the experiment, away from any other of its dataset',
      tag,
      body: tagBody,
      answer: dataOf(wireTag),
      failures: [404],
    },
    async ({ params, body }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      return { data: tagToWire(await store.saveTag({ experimentId, ...body })) };
    },
  );

  api.add(
    {
      method: 'delete',
      path: `${one}/tags/{tag}`,
      summary: 'Take a tag off, by its id or its name',
      tag,
      status: 204,
      failures: [404],
    },
    async ({ params }) => {
      await store.nodes.removeTag(checkId('Experiment', params.experiment_id), params.tag);
      return undefined;
    },
  );
}

function noneWhenMissing(error: unknown): { readonly items: readonly never[]; readonly next: null } {
  if (AssayError.is(error) && error.code === 'not-found') return { items: [], next: null };
  throw error;
}
