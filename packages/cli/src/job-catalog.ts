import type { Job } from '@assay/client';
import { AssayError } from '@assay/core';
import type { StoredJob } from '@assay/store';
import { chooseExperiment } from './choose-experiment.ts';
import { openRequiredCatalog, storeUrlOf } from './store.ts';

/** The jobs of a store, or of the server behind a URL. */
export interface JobCatalog {
  /** By its id, else by its name. */
  readonly experimentIdOf: (idOrName: string) => Promise<string>;
  readonly list: (of: { readonly status?: Job['status'] | undefined }) => AsyncIterable<Job>;
  readonly stop: (experimentId: string) => Promise<Job>;
  /** @returns What to tell the user beside, if anything. */
  readonly resume: (experimentId: string, maxConcurrency: number | undefined) => Promise<ResumedJob>;
}

export interface ResumedJob {
  readonly job: Job;
  readonly remark: string | null;
}

/** Opens the jobs that the command line means, does the work, and closes them whatever came of it. */
export async function withJobs<T>(url: string | undefined, work: (jobs: JobCatalog) => Promise<T>): Promise<T> {
  const named = storeUrlOf(url);
  return /^https?:/i.test(named) ? withServer(named, work) : withStore(url, work);
}

async function withServer<T>(endpoint: string, work: (jobs: JobCatalog) => Promise<T>): Promise<T> {
  const { createPhoenixClient } = await import('@assay/client');
  await using client = createPhoenixClient({ endpoint });
  // Awaited, as the client is closed on the way out.
  return await work({
    experimentIdOf: async (idOrName) => (await chooseExperiment(client.store, idOrName)).id,
    list: (of) => client.jobs.list(of),
    stop: (id) => client.jobs.stop(id),
    resume: async (id, maxConcurrency) => ({ job: await client.jobs.resume(id, { maxConcurrency }), remark: null }),
  });
}

async function withStore<T>(url: string | undefined, work: (jobs: JobCatalog) => Promise<T>): Promise<T> {
  const store = await openRequiredCatalog(url);
  try {
    const { jobs } = store;
    if (jobs === undefined) throw new AssayError('unsupported', 'This store has no background jobs');
    return await work({
      experimentIdOf: async (idOrName) => (await chooseExperiment(store, idOrName)).id,
      list: async function* (of) {
        for (let cursor: string | null | undefined; cursor !== null;) {
          const { items, next } = await jobs.list({ ...of, limit: 100, cursor });
          for (const job of items) yield jobOf(job);
          cursor = next;
        }
      },
      stop: async (id) => jobOf(await jobs.stop(id)),
      resume: async (id, maxConcurrency) => {
        const job = await jobs.get(id);
        const draft = { ...job, maxConcurrency: maxConcurrency ?? job.maxConcurrency };
        if (job.runner === 'server') {
          await jobs.resume(draft);
          const taken = await takenUp(async () => jobs.get(id));
          return { job: jobOf(taken), remark: isUnheld(taken) ? nobodyThere : null };
        }
        const { resumeInBackground } = await import('./background.ts');
        await resumeInBackground(jobs, draft, url);
        return { job: jobOf(await jobs.get(id)), remark: null };
      },
    });
  } finally {
    await store.close?.();
  }
}

const nobodyThere = 'No server carries out the jobs of this store now. To start one: assay serve';

function isUnheld({ status, holders }: StoredJob): boolean {
  return status === 'RUNNING' && holders === 0;
}

/** Waits a moment for a server to take a job up. */
async function takenUp(get: () => Promise<StoredJob>): Promise<StoredJob> {
  for (let looks = 0; ; looks += 1) {
    const job = await get();
    if (!isUnheld(job) || looks === 15) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function jobOf({ taskRuns, evaluations, ...job }: StoredJob): Job {
  const ended = taskRuns.ok + taskRuns.failed;
  return {
    experimentId: job.experimentId,
    status: job.status,
    taskRuns: { expected: taskRuns.expected, completed: taskRuns.ok, failed: taskRuns.failed },
    evaluations: { expected: evaluations.expected, completed: evaluations.ok, failed: evaluations.failed },
    errorRate: ended === 0 ? null : taskRuns.failed / ended,
    inFlight: job.inFlight,
    maxConcurrency: job.maxConcurrency,
    ephemeral: job.ephemeral,
    startedAt: job.startedAt,
    updatedAt: job.updatedAt,
    lastError: job.lastError,
  };
}
