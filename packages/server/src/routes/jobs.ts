import { AssayError } from '@assay/core';
import { withoutWireKeys } from '@assay/client/wire';
import { z } from '@hono/zod-openapi';
import type { StoredJob } from '@assay/store';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { checkVariables } from '../jobs/check-variables.ts';
import {
  budgetSpec,
  evaluatorSpecs,
  type EvaluatorSpec,
  jobSpec,
  maxConcurrency,
  taskSpec,
  timeoutMs,
} from '../jobs/spec.ts';
import { jobErrorToWire, jobToWire, wireJob, wireJobError } from '../jobs/wire.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { cursor, dataOf, jsonObject, limit, pageOf, text } from '../schemas.ts';
import { experimentToWire } from '../wire.ts';
import { wireExperiment } from '../wire-records.ts';
import { datasetAt } from './datasets.ts';
import type { Services } from './services.ts';

const tag = 'Background jobs';

const jobBody = z
  .strictObject({
    name: text.nullish(),
    description: text.nullish(),
    metadata: jsonObject.nullish(),
    version_id: z.string().nullish(),
    splits: z.array(text).nullish(),
    repetitions: z.int().positive().max(1_000_000).default(1),
    max_concurrency: maxConcurrency.default(10),
    timeout_ms: timeoutMs.default(60_000),
    ephemeral: z.boolean().default(false),
    task: taskSpec,
    evaluators: evaluatorSpecs.default([]),
    budget: budgetSpec.nullish(),
  })
  .openapi('JobDraft');

const resumeBody = z
  .strictObject({
    evaluators: evaluatorSpecs.optional(),
    max_concurrency: maxConcurrency.optional(),
    timeout_ms: timeoutMs.optional(),
    budget: budgetSpec.nullish(),
  })
  .openapi('JobResume');

/** Experiments that the server carries out itself. */
export function addJobRoutes(api: Api, { store, jobs }: Services): void {
  const one = '/v1/experiments/{experiment_id}/job';

  const answerOf = (job: StoredJob) => ({ data: jobToWire(job) });

  api.add(
    {
      method: 'post',
      path: '/v1/datasets/{dataset_id}/experiment_jobs',
      summary: 'Start an experiment in the background',
      tag,
      body: jobBody,
      status: 201,
      answer: dataOf(z.object({ experiment: wireExperiment, job: wireJob })),
      failures: [404],
    },
    async ({ params, body }) => {
      const dataset = await datasetAt(store, params.dataset_id, body.version_id ?? undefined);
      const splits = await store.nodes.splitNames(body.splits ?? []);
      const { task, evaluators, budget, timeout_ms } = body;
      const spec = { task, evaluators, budget, timeout_ms };
      const { variables } = await jobs.check(spec);
      const pin = { datasetId: dataset.id, versionId: dataset.versionId, splits: splits.length === 0 ? null : splits };
      await checkVariables(variables, store.listExamples(pin));
      const { id } = await store.nodes.createExperiment({
        datasetId: dataset.id,
        datasetVersionId: dataset.versionId,
        splits,
        name: body.name ?? undefined,
        description: body.description,
        metadata: withoutWireKeys(body.metadata ?? {}),
        repetitions: body.repetitions,
      });
      const job = await jobs.begin({
        experimentId: id,
        runner: 'server',
        spec,
        evaluatorNames: namesOf(spec.evaluators),
        maxConcurrency: body.max_concurrency,
        ephemeral: body.ephemeral,
      });
      const experiment = experimentToWire(await store.nodes.getExperiment(id));
      return { data: { experiment, job: jobToWire(job) } };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/experiment_jobs',
      summary: 'List the background jobs of all experiments, newest first',
      tag,
      query: z.object({
        status: z.enum(['RUNNING', 'COMPLETED', 'STOPPED', 'ERROR']).optional(),
        cursor,
        limit: limit(50, 1_000),
      }),
      answer: pageOf(wireJob),
    },
    async ({ query }) => {
      const page = { cursor: checkCursor('ExperimentJob', query.cursor), limit: query.limit, status: query.status };
      const { items, next } = await jobs.list(page);
      return { data: items.map(jobToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: one,
      summary: 'How far the background job of an experiment is',
      tag,
      answer: dataOf(wireJob),
      failures: [404],
    },
    async ({ params }) => answerOf(await jobs.get(checkId('Experiment', params.experiment_id))),
  );

  api.add(
    {
      method: 'post',
      path: `${one}/stop`,
      summary: 'Stop a job: no call starts after the answer, those in flight finish and are saved',
      tag,
      answer: dataOf(wireJob),
      failures: [404, 409],
    },
    async ({ params }) => answerOf(await jobs.stop(checkId('Experiment', params.experiment_id))),
  );

  api.add(
    {
      method: 'post',
      path: `${one}/resume`,
      summary:
        'Do what is missing: runs never reached or failed, and evaluations; also of an experiment that a client has run',
      tag,
      body: resumeBody,
      answer: dataOf(wireJob),
      failures: [404, 409],
    },
    async ({ params, body }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      const before = await jobs.get(experimentId).catch(nullWhenMissing);
      await store.getExperiment(experimentId);
      if (before?.status === 'RUNNING')
        throw new Failure(409, `The job of experiment ${experimentId} is running already`);
      if (before?.runner === 'process')
        throw new Failure(
          409,
          'This job is carried out by a process of its own: resume it by `assay jobs resume` there',
        );
      if (before === null && (body.evaluators ?? []).length === 0)
        throw new Failure(
          422,
          'Expected evaluators, as this experiment has no background job whose task could be resumed',
        );

      const known = jobSpec.parse(before === null ? { task: null, evaluators: [] } : before.spec);
      const budget = body.budget === undefined ? known.budget : body.budget;
      const timeout_ms = body.timeout_ms ?? known.timeout_ms;
      const spec = { ...known, budget, timeout_ms, evaluators: merged(known.evaluators, body.evaluators ?? []) };
      const { variables } = await jobs.check(spec);
      await checkVariables(variables, store.listExamples({ experimentId }));
      const draft = {
        experimentId,
        runner: 'server',
        spec,
        evaluatorNames: namesOf(spec.evaluators),
        maxConcurrency: body.max_concurrency ?? before?.maxConcurrency ?? 10,
        ephemeral: before?.ephemeral ?? false,
      } as const;
      return answerOf(await (before === null ? jobs.begin(draft) : jobs.resume(draft)));
    },
  );

  api.add(
    {
      method: 'get',
      path: `${one}/errors`,
      summary: 'What went wrong with the job of an experiment, newest first; a resume leaves it there',
      tag,
      query: z.object({ cursor, limit: limit(50, 1_000) }),
      answer: pageOf(wireJobError),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('ExperimentLog', query.cursor), limit: query.limit };
      const { items, next } = await store.jobs.listErrors(checkId('Experiment', params.experiment_id), page);
      return { data: items.map(jobErrorToWire), next_cursor: next };
    },
  );
}

function namesOf(evaluators: readonly EvaluatorSpec[]): readonly string[] {
  return evaluators.map(({ name }) => name);
}

/** Those on record, with the ones of this resume in their places and after them. */
function merged(known: readonly EvaluatorSpec[], added: readonly EvaluatorSpec[]): EvaluatorSpec[] {
  const names = new Set(namesOf(added));
  return evaluatorSpecs.parse([...known.filter(({ name }) => !names.has(name)), ...added]);
}

function nullWhenMissing(error: unknown): null {
  if (AssayError.is(error) && error.code === 'not-found') return null;
  throw error;
}
