import { z } from '@hono/zod-openapi';
import type { Api } from '../api.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, jsonObject, limit, pageOf } from '../schemas.ts';
import type { Services } from './services.ts';

const tag = 'Analysis';

/** What computes is loaded on first use: a server that only stores should start at once and stay small. */
const frames = () => import('@assay/frames');
const analysis = () => import('../analysis.ts');

/** Summaries, comparisons and confusion matrices. */
export function addAnalysisRoutes(api: Api, { store }: Services): void {
  const one = '/v1/experiments/{experiment_id}';

  api.add(
    {
      method: 'get',
      path: `${one}/summary`,
      summary: 'Counts, means and intervals of an experiment',
      tag,
      answer: dataOf(jsonObject),
      failures: [404],
    },
    async ({ params }) => {
      const { summaryToWire } = await analysis();
      return { data: await summaryToWire(store, checkId('Experiment', params.experiment_id)) };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/datasets/{dataset_id}/experiment_summaries',
      summary: 'The summary of each experiment of a dataset, newest first',
      tag,
      query: z.object({ cursor, limit: limit(10, 100) }),
      answer: pageOf(jsonObject),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('Experiment', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listExperiments(checkId('Dataset', params.dataset_id), page);
      const { summaryToWire } = await analysis();
      const data: Awaited<ReturnType<typeof summaryToWire>>[] = [];
      // One after another, so that not all of them are in memory.
      for (const { id } of items) data.push(await summaryToWire(store, id));
      return { data, next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/experiments/{base}/compare/{candidate}',
      summary: 'Compare a candidate with a base, example by example, with intervals and p-values',
      tag,
      answer: dataOf(jsonObject),
      failures: [404],
    },
    async ({ params }) => {
      const [{ compare }, { numbersOf }] = await Promise.all([frames(), analysis()]);
      const base = await numbersOf(store, checkId('Experiment', params.base));
      const { metrics, examples, warnings } = compare(
        base,
        await numbersOf(store, checkId('Experiment', params.candidate)),
      );
      return { data: { metrics, examples, warnings } };
    },
  );

  api.add(
    {
      method: 'get',
      path: `${one}/classification`,
      summary: 'How labels agree with the truth: the confusion matrix with precision, recall, F1 and kappa',
      tag,
      query: z.object({ label: z.string(), expected: z.string(), positive: z.string().optional() }),
      answer: dataOf(jsonObject),
      failures: [404],
    },
    async ({ params, query }) => {
      const id = checkId('Experiment', params.experiment_id);
      await store.getExperiment(id);
      const { classification, runsFrame } = await frames();
      return { data: { ...classification(await runsFrame(store, id), query) } };
    },
  );
}
