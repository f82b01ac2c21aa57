import { z } from '@hono/zod-openapi';
import { check } from '../api.ts';
import type { Api } from '../api.ts';
import { Failure, failureOf } from '../failure.ts';
import { streamBytes } from '../download.ts';
import { checkCursor, checkId } from '../node-id.ts';
import { evaluationFromWire, taskRunFromWire } from '../records.ts';
import { runPages } from '../run-pages.ts';
import { cursor, dataOf, jsonObject, limit, pageOf } from '../schemas.ts';
import { evaluationToWire, exampleToWire, taskRunToWire } from '../wire.ts';
import { evaluationBody, taskRunBody, wireExample, wireId, wireTaskRun } from '../wire-records.ts';
import type { Services } from './services.ts';

const tag = 'Runs';

/** Of a bulk request. */
const savesAtOnce = 250;

const savedRun = z.object({ data: z.object({ id: z.string(), metadata: jsonObject }) });

const missingRun = z.object({ dataset_example: wireExample, repetition_numbers: z.array(z.int()) });

const missingEvaluation = z.object({
  experiment_run: wireTaskRun,
  dataset_example: wireExample,
  evaluation_names: z.array(z.string()),
});

/** Task runs, evaluations, and what is missing of both. */
export function addRunRoutes(api: Api, { store, hub }: Services): void {
  const one = '/v1/experiments/{experiment_id}';

  async function saveRun(draft: ReturnType<typeof taskRunFromWire>): Promise<string> {
    const id = await store.nodes.saveTaskRun(draft);
    hub.publish(draft.experimentId, 'task-run-saved', { run: taskRunToWire({ ...draft, id }) });
    return id;
  }

  async function saveEvaluation(body: z.output<typeof evaluationBody>): Promise<string> {
    const draft = evaluationFromWire(body);
    const id = await store.nodes.saveEvaluationRun(draft);
    if (hub.isUsed) {
      const run = { id, experiment_run_id: draft.taskRunId, ...evaluationToWire(draft) };
      hub.publish(await store.nodes.experimentOf(draft.taskRunId), 'evaluation-run-saved', { run });
    }
    return id;
  }

  api.add(
    {
      method: 'get',
      path: `${one}/runs`,
      summary: 'List the runs of an experiment, newest first; none for an experiment that is not there',
      tag,
      query: z.object({ cursor, limit: limit(1_000_000).optional() }),
      answer: pageOf(wireTaskRun),
      failures: [404],
    },
    async ({ params, query }) => {
      const id = checkId('Experiment', params.experiment_id);
      const from = checkCursor('ExperimentRun', query.cursor);
      return streamBytes(runPages(store, id, from, query.limit), 'application/json');
    },
  );

  api.add(
    {
      method: 'post',
      path: `${one}/runs`,
      summary: 'Save the outcome of a run; a success is final, a failure may be saved over',
      tag,
      body: taskRunBody,
      answer: savedRun,
      failures: [404, 409],
    },
    async ({ params, body }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      const draft = taskRunFromWire(experimentId, body);
      return { data: { id: await saveRun(draft), metadata: body.metadata ?? {} } };
    },
  );

  api.add(
    {
      method: 'get',
      path: `${one}/incomplete-runs`,
      summary: 'List the examples without a success for every repetition, in dataset order',
      tag,
      query: z.object({ cursor, limit: limit(50) }),
      answer: pageOf(missingRun),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('DatasetExample', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listIncompleteExamples(
        checkId('Experiment', params.experiment_id),
        page,
      );
      const data = items.map(({ example, repetitions }) => ({
        dataset_example: nodeExampleToWire(example),
        repetition_numbers: [...repetitions],
      }));
      return { data, next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: `${one}/incomplete-evaluations`,
      summary: 'List the successful runs without a success of every evaluator that is named, oldest first',
      tag,
      query: z.object({ evaluation_name: z.array(z.string()).optional(), cursor, limit: limit(50) }),
      answer: pageOf(missingEvaluation),
      failures: [400, 404],
    },
    async ({ params, query }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      const names = evaluationNames(query.evaluation_name ?? []);
      const page = { cursor: checkCursor('ExperimentRun', query.cursor), limit: query.limit };
      const { items, next } = await store.nodes.listIncompleteRuns(experimentId, names, page);
      const data = items.map(({ run, example, evaluatorNames }) => ({
        experiment_run: taskRunToWire(run),
        dataset_example: nodeExampleToWire(example),
        evaluation_names: [...evaluatorNames],
      }));
      return { data, next_cursor: next };
    },
  );

  api.add(
    {
      method: 'post',
      path: '/v1/experiment_evaluations',
      summary:
        'Save what an evaluator said of a run, in the place of what it said before; a failure replaces no success',
      tag,
      body: evaluationBody,
      answer: dataOf(wireId),
      failures: [404],
    },
    async ({ body }) => ({ data: { id: await saveEvaluation(body) } }),
  );

  const saved = z.object({
    data: z.array(z.union([wireId, z.object({ error: z.string(), status: z.int() })])),
  });

  api.add(
    {
      method: 'post',
      path: `${one}/runs/bulk`,
      summary: 'Save up to 1,000 runs; each has an answer of its own, in order',
      tag,
      body: z.object({ runs: itemsOf('ExperimentRunDraft') }),
      answer: saved,
      failures: [404],
    },
    async ({ params, body }) => {
      const experimentId = checkId('Experiment', params.experiment_id);
      await store.getExperiment(experimentId);
      const save = async (run: unknown, place: number) =>
        saveRun(taskRunFromWire(experimentId, check(taskRunBody, run, ['body', 'runs', place])));
      return { data: await each(body.runs, save) };
    },
  );

  api.add(
    {
      method: 'post',
      path: '/v1/experiment_evaluations/bulk',
      summary: 'Save up to 1,000 evaluations; each has an answer of its own, in order',
      tag,
      body: z.object({ evaluations: itemsOf('ExperimentEvaluationDraft') }),
      answer: saved,
    },
    async ({ body }) => ({
      data: await each(body.evaluations, async (evaluation, place) =>
        saveEvaluation(check(evaluationBody, evaluation, ['body', 'evaluations', place])),
      ),
    }),
  );
}

/** Up to 1,000 items. Each is looked at by itself, so that a bad one has an answer of its own. */
function itemsOf(schema: string) {
  return z
    .array(z.unknown())
    .max(1_000)
    .openapi({ type: 'array', maxItems: 1_000, items: { $ref: `#/components/schemas/${schema}` } });
}

/** Starts many at once, so that they share a commit, and not all, so that requests side by side take less memory. */
async function each(items: readonly unknown[], save: (item: unknown, place: number) => Promise<string>) {
  const saved: Awaited<ReturnType<typeof outcomeOf>>[] = [];
  for (let start = 0; start < items.length; start += savesAtOnce) {
    const some = items.slice(start, start + savesAtOnce);
    saved.push(...(await Promise.all(some.map((item, index) => outcomeOf(() => save(item, start + index))))));
  }
  return saved;
}

async function outcomeOf(save: () => Promise<string>) {
  try {
    return { id: await save() };
  } catch (error) {
    const failure = failureOf(error);
    // A full disk or a store that is gone is no fault of an item.
    if (!failure || failure.status >= 500) throw error;
    return { error: failure.message, status: failure.status };
  }
}

function evaluationNames(given: readonly string[]): readonly string[] {
  const names = [...new Set(given.map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 0) throw new Failure(400, 'Expected at least one evaluation_name that is not blank');
  if (names.some((name) => name.includes('\0')))
    throw new Failure(400, 'Expected evaluation_name not to hold a NUL character');
  return names;
}

/** What is to be done is told with node ids, since runs are saved by them. */
function nodeExampleToWire(example: Parameters<typeof exampleToWire>[0]) {
  return { ...exampleToWire(example), id: example.nodeId };
}
