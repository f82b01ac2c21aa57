import { z } from '@hono/zod-openapi';
import type { Api } from '../api.ts';
import { failureOf } from '../failure.ts';
import { checkId } from '../node-id.ts';
import { finite, jsonObject, text } from '../schemas.ts';
import type { Services } from './services.ts';

const annotation = z
  .object({
    record_id: z.string(),
    values: z.array(
      z.object({
        name: text,
        score: finite.nullish(),
        label: text.nullish(),
        explanation: text.nullish(),
        metadata: jsonObject.optional(),
      }),
    ),
  })
  .openapi('Annotation');

/** What people say of runs afterwards. */
export function addAnnotationRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'post',
      path: '/v1/experiments/{experiment_id}/annotations',
      summary: 'Attach up to 1,000 annotations, each in the place of that of its name; each has an answer of its own',
      tag: 'Runs',
      body: z.object({ annotations: z.array(annotation).max(1_000) }),
      answer: z.object({
        data: z.array(
          z.union([z.object({ ids: z.array(z.string()) }), z.object({ error: z.string(), status: z.int() })]),
        ),
      }),
      failures: [404],
    },
    async ({ params, body }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      await store.getExperiment(experimentId);
      return { data: await Promise.all(body.annotations.map((given) => attach(experimentId, given))) };
    },
  );

  async function attach(experimentId: string, { record_id, values }: z.output<typeof annotation>) {
    try {
      const taskRunId = checkId('ExperimentRun', record_id);
      const drafts = values.map((value) => ({ ...value, taskRunId }));
      const { saved, unknownTaskRunIds } = await store.annotateRuns(experimentId, drafts);
      if (unknownTaskRunIds.length > 0) return { error: `The experiment has no run ${record_id}`, status: 404 };
      return { ids: saved.map(({ id }) => id) };
    } catch (error) {
      const failure = failureOf(error);
      if (!failure || failure.status >= 500) throw error;
      return { error: failure.message, status: failure.status };
    }
  }
}
