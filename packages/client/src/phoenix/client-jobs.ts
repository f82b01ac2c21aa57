import { AssayError, type Experiment, needObject } from '@assay/core';
import { createList, type RemoteList } from '../list.ts';
import { type Plain, plain } from '../plain.ts';
import { pathPart, type Transport } from '../transport.ts';
import { type WireJob, wireJob, type WireJobError, wireJobError, wireStartedJob } from '../wire/job.ts';
import { wireData } from '../wire/page.ts';
import { type DatasetName, refOf } from './client-datasets.ts';
import { watchEvents } from './job-events.ts';
import { type Page, readPage } from './lists.ts';
import { experimentFromWire } from './records.ts';
import type { PhoenixParts } from './store.ts';

/** `COMPLETED`: nothing is left to try. `ERROR`: given up after the provider failed again and again. Both can be resumed. */
export type JobStatus = 'RUNNING' | 'COMPLETED' | 'STOPPED' | 'ERROR';

/** The background carrying-out of one experiment by the server. */
export interface Job {
  readonly experimentId: string;
  readonly status: JobStatus;
  readonly taskRuns: { readonly expected: number; readonly completed: number; readonly failed: number };
  readonly evaluations: { readonly expected: number; readonly completed: number; readonly failed: number };
  /** Failed task runs of those that ended; `null` before the first. */
  readonly errorRate: number | null;
  readonly inFlight: number;
  readonly maxConcurrency: number;
  readonly ephemeral: boolean;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
  readonly lastError: unknown;
}

/** An error of a job. */
export interface JobError {
  readonly occurredAt: Date;
  readonly kind: 'task' | 'evaluation' | 'experiment';
  readonly exampleId: string | null;
  readonly repetition: number | null;
  readonly evaluator: string | null;
  readonly message: string;
}

/** What a job is to do. `task` and `evaluators` are in the words of the server's API: the shapes are in its `/docs`. */
export interface JobDraft {
  readonly dataset: DatasetName;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly versionId?: string | undefined;
  readonly splits?: readonly string[] | undefined;
  readonly repetitions?: number | undefined;
  readonly maxConcurrency?: number | undefined;
  /** Milliseconds that one attempt of a task or an evaluator may take. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly ephemeral?: boolean | undefined;
  readonly task: Readonly<Record<string, unknown>>;
  readonly evaluators?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** What the experiment may spend, over all its runs. When it is reached, the job is STOPPED. */
  readonly budget?: JobBudget | undefined;
}

export interface JobBudget {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  /** Of evaluators alone. */
  readonly judgeUsd?: number | undefined;
}

/** The background jobs of an Assay server. Phoenix has none by REST: each call rejects with code `unsupported` there. */
export function createJobsOf(transport: Transport, { datasets }: PhoenixParts) {
  const send = <T>(call: Promise<T>): Promise<T> => call.catch(unsupported);

  return {
    async start(draft: JobDraft): Promise<{ readonly experiment: Plain<Experiment>; readonly job: Plain<Job> }> {
      needObject('a job to start as { dataset, task, … }', draft);
      const { id } = await datasets.find(refOf(draft.dataset));
      const body = {
        name: draft.name,
        description: draft.description,
        metadata: draft.metadata,
        version_id: draft.versionId,
        splits: draft.splits,
        repetitions: draft.repetitions,
        max_concurrency: draft.maxConcurrency,
        timeout_ms: draft.timeoutMs,
        ephemeral: draft.ephemeral,
        task: draft.task,
        evaluators: draft.evaluators,
        budget: budgetToWire(draft.budget),
      };
      const call = {
        what: 'start the job',
        method: 'POST',
        path: `/v1/datasets/${pathPart(id)}/experiment_jobs`,
        body,
      } as const;
      const { data } = await send(transport.send(call, wireStartedJob));
      return { experiment: plain(experimentFromWire(data.data.experiment)), job: plain(jobFromWire(data.data.job)) };
    },

    /** Of all experiments, newest first. */
    list(of: { readonly status?: JobStatus | undefined } = {}): RemoteList<Plain<Job>> {
      return createList(async (limit, cursor): Promise<Page<Plain<Job>>> => {
        const route = {
          what: 'list the jobs',
          path: '/v1/experiment_jobs',
          query: { status: needObject('which jobs to list as { status }', of).status },
          item: wireJob,
          limit,
        };
        const page = await send(readPage(transport, route, cursor));
        return { items: page.items.map((job) => plain(jobFromWire(job))), nextCursor: page.nextCursor };
      }, 50);
    },

    /** @throws AssayError `not-found` when the experiment never had a job. */
    get: (experimentId: string): Promise<Plain<Job>> => one('GET', experimentId, '', 'get the job'),
    /** Lets the calls in flight finish and starts nothing new. @throws AssayError `conflict` unless it runs. */
    stop: (experimentId: string): Promise<Plain<Job>> => one('POST', experimentId, '/stop', 'stop the job'),
    /** Does what is missing, and what the further evaluators ask for. @throws AssayError `conflict` while it runs. */
    resume: async (
      experimentId: string,
      options: Pick<JobDraft, 'evaluators' | 'maxConcurrency' | 'timeoutMs' | 'budget'> = {},
    ): Promise<Plain<Job>> => {
      const changes = needObject('what to resume the job with as an object', options);
      return one('POST', experimentId, '/resume', 'resume the job', {
        evaluators: changes.evaluators,
        max_concurrency: changes.maxConcurrency,
        timeout_ms: changes.timeoutMs,
        budget: budgetToWire(changes.budget),
      });
    },

    /** Newest first; those of before a resume as well. */
    errors(experimentId: string): RemoteList<Plain<JobError>> {
      return createList(async (limit, cursor): Promise<Page<Plain<JobError>>> => {
        const route = {
          what: `list the errors of the job of ${experimentId}`,
          path: `${pathOf(experimentId)}/errors`,
          item: wireJobError,
          limit,
        };
        const page = await send(readPage(transport, route, cursor));
        return { items: page.items.map((error) => plain(jobErrorFromWire(error))), nextCursor: page.nextCursor };
      }, 50);
    },

    /** What happens, as it happens, until the job ends. A connection that breaks is taken up where it broke. */
    events: (experimentId: string, options: { readonly lastEventId?: string | undefined } = {}) =>
      watchEvents(
        transport,
        experimentId,
        needObject('where to begin as { lastEventId }', options).lastEventId,
        async () => (await one('GET', experimentId, '', 'get the job')).status === 'RUNNING',
      ),
  };

  async function one(
    method: 'GET' | 'POST',
    experimentId: string,
    action: string,
    what: string,
    body?: object,
  ): Promise<Plain<Job>> {
    const call = {
      what: `${what} of ${experimentId}`,
      method,
      path: `${pathOf(experimentId)}${action}`,
      ...(body === undefined ? {} : { body }),
    };
    return plain(jobFromWire((await send(transport.send(call, wireData(wireJob)))).data.data));
  }
}

function pathOf(experimentId: string): string {
  return `/v1/experiments/${pathPart(experimentId)}/job`;
}

function unsupported(error: unknown): never {
  if (AssayError.is(error) && error.code === 'unsupported') {
    throw new AssayError(
      'unsupported',
      'This server has no background jobs: they are an addition of the Assay server (`assay serve`)',
      { cause: error },
    );
  }
  throw error;
}

function jobFromWire(job: WireJob): Job {
  return {
    experimentId: job.experiment_id,
    status: job.status,
    taskRuns: { expected: job.expected_run_count, completed: job.completed_run_count, failed: job.failed_run_count },
    evaluations: {
      expected: job.expected_evaluation_count,
      completed: job.completed_evaluation_count,
      failed: job.failed_evaluation_count,
    },
    errorRate: job.error_rate,
    inFlight: job.in_flight_count,
    maxConcurrency: job.max_concurrency,
    ephemeral: job.ephemeral,
    startedAt: job.started_at,
    updatedAt: job.updated_at,
    lastError: job.last_error ?? null,
  };
}

function jobErrorFromWire(error: WireJobError): JobError {
  return {
    occurredAt: error.occurred_at,
    kind: error.kind,
    exampleId: error.example_id ?? null,
    repetition: error.repetition ?? null,
    evaluator: error.evaluator ?? null,
    message: error.message,
  };
}

function budgetToWire(budget: JobBudget | undefined): object | undefined {
  return budget && { usd: budget.usd, tokens: budget.tokens, judge_usd: budget.judgeUsd };
}
