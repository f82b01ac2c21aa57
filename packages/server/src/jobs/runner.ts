import { createRateLimiter } from '@assay/core';
import type { JobDraft, JobLease, JobState, JobStore, StoredJob } from '@assay/store';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Carrying, readJob } from './carrying.ts';
import { type JobServices, RunningJob } from './running-job.ts';
import { ShardQueue } from './shard-queue.ts';
import { SharedJobs } from './shared-jobs.ts';
import type { JobSpec } from './spec.ts';
import { jobToWire } from './wire.ts';
import { sharedWork, shardSize, wholeWork, type Work } from './work.ts';

/** How often a server looks for what others have done to jobs, in milliseconds: a stop by another process takes twice as long at most. */
const lookEveryMs = 400;
/** How often leases are renewed, which last 10 s. */
const renewEveryMs = 3_000;
/** An ephemeral job is stopped when nobody has watched it for so long. */
const unwatchedMs = 12_000;
/** How long the answer to a stop waits for other servers. */
const acknowledgeWithinMs = 2_000;
const sweepEveryMs = 3_600_000;
const sweptAfterMs = 24 * 3_600_000;
/** Jobs that are taken up at once. */
const takenAtOnce = 8;
/** How long a start waits for the first call of what it took up, in milliseconds. One that waits for its limit holds it up no longer. */
const beginWithinMs = 500;
/** Before a job is taken up again that could not go on, such as on a full disk. */
const takeAgainAfterMs = 5_000;

/** Carries out the background jobs of a store, as many as there are, until it is closed. */
export class JobRunner {
  readonly #services: JobServices;
  readonly #name = `${process.pid}-${randomUUID()}`;
  #lastHolder = 0;
  /** `null` where one server carries out all jobs. */
  #shared: SharedJobs | null = null;
  readonly #running = new Set<RunningJob>();
  readonly #notBefore = new Map<string, number>();
  #ownership: { readonly release: () => Promise<void> } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;
  #renewedAt = 0;
  #sweptAt = 0;

  constructor(services: JobServices) {
    this.#services = services;
  }

  /** Takes up every job that runs, and sees one of them begin. @throws AssayError `conflict` when another process owns the jobs of the file. */
  async start(): Promise<void> {
    const { store, logger } = this.#services;
    this.#ownership = await store.jobs.own();
    if (store.postgres) this.#shared = new SharedJobs(store.jobs, await ShardQueue.open(store.postgres, logger));
    if (this.#isClosed) return this.#end();
    await this.#takeUpAll();
    this.#lookAgain();
    // What a server loads to answer requests would keep the first call waiting.
    const begun = [...this.#running].map((job) => job.begun);
    if (begun.length > 0) await Promise.race([...begun, sleep(beginWithinMs)]);
  }

  /** Lets the calls in flight finish, and leaves the jobs to whoever comes next. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const job of this.#running) job.stop();
    await Promise.all([...this.#running].map(({ done }) => done));
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#shared?.queue.close();
    await this.#ownership?.release();
  }

  /** What a description comes to here. @throws AssayError `invalid-config` when it cannot be carried out. */
  check(spec: JobSpec): Promise<Carrying> {
    const { env, registered } = this.#services;
    return readJob(spec, { env, registered, limiterOf: (key) => createRateLimiter({ key }) });
  }

  /** Makes a job of an experiment and begins it. */
  async begin(draft: JobDraft): Promise<StoredJob> {
    await this.#services.store.jobs.create(draft);
    return this.#taken(draft.experimentId);
  }

  /** Makes a job run again. What is still in flight from before is waited for, and not called again. */
  async resume(draft: JobDraft): Promise<StoredJob> {
    await this.#services.store.jobs.resume(draft);
    const job = await this.#taken(draft.experimentId);
    const spec = draft.spec as { readonly task: unknown };
    const page = { evaluatorNames: draft.evaluatorNames, withTask: spec.task !== null, limit: 1 };
    const left = await this.#services.store.jobs.listUnfinished(draft.experimentId, page);
    if (left.examples.length > 0) return job;
    // Nothing is missing, and the answer should say so.
    await this.#currentOf(draft.experimentId)?.done;
    return this.get(draft.experimentId);
  }

  /** When this returns, no call is started any more. */
  async stop(experimentId: string): Promise<StoredJob> {
    await this.#services.store.jobs.stop(experimentId);
    for (const job of this.#of(experimentId)) job.stop();
    await this.#renew();
    await this.#acknowledged(experimentId);
    return this.#told(experimentId);
  }

  /** Waits until every server that carries out a stopped job starts no more calls. One that does not say so is fenced. */
  async #acknowledged(experimentId: string): Promise<void> {
    const { jobs } = this.#services.store;
    const stopped = performance.now();
    while ((await jobs.listStates([experimentId])).some(({ starting }) => starting > 0)) {
      if (performance.now() - stopped > acknowledgeWithinMs) return jobs.fence(experimentId);
      await sleep(50);
    }
  }

  /** @throws AssayError `not-found`. */
  get(experimentId: string): Promise<StoredJob> {
    return this.#counted(this.#services.store.jobs.get(experimentId), (job, inFlight) => inFlight(job));
  }

  /** Newest first. */
  list(of: Parameters<JobStore['list']>[0]): ReturnType<JobStore['list']> {
    return this.#counted(this.#services.store.jobs.list(of), ({ items, next }, inFlight) => ({
      items: items.map(inFlight),
      next,
    }));
  }

  /**
   * Jobs with the calls in flight of this server, which knows better than the record. Counted before the record is read:
   * a call that is saved meanwhile is counted twice, and never not at all.
   */
  async #counted<Read>(
    reading: Promise<Read>,
    put: (read: Read, inFlight: (job: StoredJob) => StoredJob) => Read,
  ): Promise<Read> {
    const counts = new Map<string, number>();
    for (const { lease, inFlight } of this.#running)
      counts.set(lease.experimentId, (counts.get(lease.experimentId) ?? 0) + inFlight);
    return put(await reading, (job) => ({ ...job, inFlight: counts.get(job.experimentId) ?? job.inFlight }));
  }

  async #taken(experimentId: string): Promise<StoredJob> {
    await this.#takeUp(experimentId);
    return this.#told(experimentId);
  }

  #of(experimentId: string): readonly RunningJob[] {
    return [...this.#running].filter(({ lease }) => lease.experimentId === experimentId);
  }

  #currentOf(experimentId: string): RunningJob | undefined {
    return this.#of(experimentId).find(({ isStopping }) => !isStopping);
  }

  async #takeUpAll(): Promise<void> {
    const now = performance.now();
    const found = await this.#services.store.jobs.listTakeable(1_000);
    const due = found.filter((id) => (this.#notBefore.get(id) ?? 0) <= now);
    // A few at a time, so that the first call need not wait until the examples of all jobs are read.
    for (let at = 0; at < due.length; at += takenAtOnce)
      await Promise.all(due.slice(at, at + takenAtOnce).map((id) => this.#takeUp(id)));
  }

  async #takeUp(experimentId: string): Promise<void> {
    const { jobs } = this.#services.store;
    if (this.#isClosed || this.#currentOf(experimentId) !== undefined) return;
    const lease = await jobs.take(experimentId, this.#newHolder());
    if (lease === null) return;
    const job = await jobs.get(experimentId);
    if (this.#isClosed) return jobs.release(lease);
    // Only one can keep to a budget: it counts what is spent as it goes.
    const hasBudget = (job.spec as { readonly budget?: unknown }).budget !== undefined;
    const size = hasBudget ? Number.MAX_SAFE_INTEGER : shardSize(job.taskRuns.expected, job.maxConcurrency);
    const queue = this.#shared?.queue;
    this.#carryOut(lease, job, queue ? sharedWork({ jobs, queue, lease }, { size }) : wholeWork());
  }

  /** Takes part in jobs that other servers carry out. */
  async #joinAll(shared: SharedJobs): Promise<void> {
    const { jobs } = this.#services.store;
    const now = performance.now();
    const mayJoin = (id: string) => !this.#isClosed && !this.#currentOf(id) && (this.#notBefore.get(id) ?? 0) <= now;
    for await (const { lease, first } of shared.join(mayJoin, () => this.#newHolder())) {
      const job = await jobs.get(lease.experimentId);
      const work = sharedWork({ jobs, queue: shared.queue, lease }, { first });
      if (mayJoin(lease.experimentId)) this.#carryOut(lease, job, work);
      else await work.leave().finally(() => jobs.release(lease));
    }
  }

  /** Each carrying-out has a name of its own: what an earlier one had in hand is not in this one's. */
  #newHolder(): string {
    this.#lastHolder += 1;
    return `${this.#name}-${this.#lastHolder}`;
  }

  #carryOut(lease: JobLease, job: StoredJob, work: Work): void {
    const { experimentId } = lease;
    const tell = () => this.#told(experimentId).catch(() => undefined);
    const order = { lease, job, work, older: this.#of(experimentId), onHalted: () => void tell() };
    const running = new RunningJob(this.#services, order);
    this.#running.add(running);
    void running.done.then(async (ending) => {
      this.#running.delete(running);
      this.#notBefore.delete(experimentId);
      if (ending === 'left') this.#notBefore.set(experimentId, performance.now() + takeAgainAfterMs);
      await tell();
      if (!this.#isClosed) await this.#shared?.forget().catch((error: unknown) => this.#warn(error));
    });
  }

  /** Tells the watchers of a job how it stands now. */
  async #told(experimentId: string): Promise<StoredJob> {
    const job = await this.get(experimentId);
    this.#services.hub.publish(experimentId, 'job', { job: jobToWire(job) });
    return job;
  }

  #lookAgain(): void {
    if (this.#isClosed && this.#running.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#warn(error))
        .then(() => this.#lookAgain());
    }, lookEveryMs);
  }

  #warn(error: unknown): void {
    this.#services.logger.warn({ err: error }, 'could not look after the background jobs');
  }

  async #look(): Promise<void> {
    const { jobs } = this.#services.store;
    const now = performance.now();
    if (now - this.#renewedAt >= renewEveryMs) await this.#renew();
    await this.#heedStates();
    if (this.#isClosed) return;
    await this.#shared?.takeBack(this.#running.size > 0).catch((error: unknown) => this.#warn(error));
    await this.#takeUpAll();
    if (this.#shared) await this.#joinAll(this.#shared);
    if (this.#sweptAt !== 0 && now - this.#sweptAt < sweepEveryMs) return;
    this.#sweptAt = now;
    await jobs.sweepEphemeral(sweptAfterMs);
    await this.#shared?.forget();
  }

  async #renew(): Promise<void> {
    const running = [...this.#running];
    this.#renewedAt = performance.now();
    if (running.length === 0) return;
    const { hub, store } = this.#services;
    const watched = new Set(running.map(({ lease }) => lease.experimentId).filter((id) => hub.watcherCount(id) > 0));
    if (watched.size > 0) await store.jobs.watched([...watched]);
    const kept = await store.jobs.renew(
      running.map(({ lease, inFlight, isStopping }) => ({ ...lease, inFlight, isStopping })),
    );
    const tokens = new Set(kept.map(({ experimentId, token }) => `${experimentId} ${token}`));
    for (const job of running) {
      const { experimentId, token } = job.lease;
      if (!job.hasEnded && !tokens.has(`${experimentId} ${token}`)) job.stop();
    }
    await Promise.all(running.map((job) => job.keep()));
  }

  async #heedStates(): Promise<void> {
    const running = [...this.#running];
    if (running.length === 0) return;
    const ids = [...new Set(running.map(({ lease }) => lease.experimentId))];
    const states = new Map<string, JobState>(
      (await this.#services.store.jobs.listStates(ids)).map((state) => [state.experimentId, state]),
    );
    const stopping = running.filter(({ isStopping }) => isStopping).length;
    for (const job of running) {
      const state = states.get(job.lease.experimentId);
      // The experiment was deleted.
      if (state === undefined) job.stop();
      else job.heed(state);
      const isForsaken = state?.ephemeral === true && state.unwatchedMs > unwatchedMs && !job.isStopping;
      if (isForsaken && this.#services.hub.watcherCount(job.lease.experimentId) === 0)
        await this.stop(job.lease.experimentId).catch(() => undefined);
    }
    // Whoever has stopped a job waits to hear that no more of its calls start here.
    if (running.filter(({ isStopping }) => isStopping).length > stopping) await this.#renew();
  }
}
