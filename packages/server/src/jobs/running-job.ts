import { AssayError, createConcurrency, HaltedError, streamResume } from '@assay/core';
import type { Concurrency, ExperimentStore, RunEvent } from '@assay/core';
import type { JobLease, JobState, NodeExample, Store, StoredJob } from '@assay/store';
import type { Logger } from 'pino';
import type { EventHub } from '../event-hub.ts';
import { type Carrying, readJob, type Registered } from './carrying.ts';
import { ErrorLog } from './error-log.ts';
import { JobEvents } from './events.ts';
import { InFlight } from './in-flight.ts';
import type { Limits } from './limits.ts';
import type { Environment } from './models.ts';
import { jobSpec } from './spec.ts';

/** What jobs are carried out with. */
export interface JobServices {
  readonly store: Store;
  readonly hub: EventHub;
  readonly limits: Limits;
  readonly registered: Registered;
  readonly env: Environment;
  readonly logger: Logger;
}

/** How carrying out a job came to its end. `left`: the store was in the way, and it is to be taken up again later. */
export type Ending = 'finished' | 'stopped' | 'left';

/** Examples that are asked for at once. */
const pageSize = 200;

/** Failures of the provider in a row, for one limit, after which a job is in ERROR. */
const haltAfter = 5;

/** One carrying-out of a job, from a take-up to its end. */
export class RunningJob {
  readonly lease: JobLease;
  /** What it came to. Never rejects. */
  readonly done: Promise<Ending>;
  readonly #services: JobServices;
  readonly #stopping = new AbortController();
  readonly #inFlight = new InFlight();
  readonly #concurrency: Concurrency;
  readonly #errors: ErrorLog;
  readonly #events: JobEvents;
  /** Earlier carryings-out of the same experiment, whose calls are in flight still. */
  readonly #older: readonly RunningJob[];
  #ended = false;
  /** Why the budget ends it; `null` as long as it does not. */
  #budgetReached: string | null = null;

  constructor(services: JobServices, lease: JobLease, job: StoredJob, older: readonly RunningJob[]) {
    this.lease = lease;
    this.#services = services;
    this.#older = older;
    this.#concurrency = createConcurrency(job.maxConcurrency);
    this.#errors = new ErrorLog(lease.experimentId, services.store.jobs, (error) => this.#warn(error));
    this.#events = new JobEvents(services.hub, lease.experimentId);
    this.done = this.#carryOut(job).finally(() => {
      this.#ended = true;
      this.#inFlight.clear();
    });
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Calls started and not yet saved. */
  get inFlight(): number {
    return this.#inFlight.count;
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** From now on no call starts; those in flight finish and are saved. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Follows what others have done to the job. */
  heed({ status, token, maxConcurrency, holders }: JobState): void {
    if (status !== 'RUNNING' || token !== this.lease.token) return this.stop();
    const share = Math.max(1, Math.ceil(maxConcurrency / Math.max(1, holders)));
    if (share !== this.#concurrency.limit) this.#concurrency.change(share);
  }

  async #carryOut(job: StoredJob): Promise<Ending> {
    const { store } = this.#services;
    try {
      const carrying = await this.#read(job);
      const isDone = await this.#everything(carrying, job);
      await this.#errors.flush();
      // A stop has its status already; a server that closes leaves the job to the next one.
      if (!isDone) return await this.#leaveUndone();
      await store.jobs.finish(this.lease, 'COMPLETED');
      return 'finished';
    } catch (error) {
      return await this.#fail(error);
    } finally {
      await store.jobs.release(this.lease).catch((error: unknown) => this.#warn(error));
    }
  }

  async #leaveUndone(): Promise<Ending> {
    if (this.#budgetReached === null || this.isStopping) return 'stopped';
    this.#errors.add(this.#budgetReached);
    await this.#errors.flush();
    await this.#services.store.jobs.finish(this.lease, 'STOPPED');
    return 'finished';
  }

  #read(job: StoredJob): Promise<Carrying> {
    const { env, registered, limits } = this.#services;
    const limiterOf = (key: string) => limits.limiterOf(key, job.experimentId);
    return readJob(jobSpec.parse(job.spec), { env, registered, limiterOf });
  }

  /** Does what is missing; then, once they have ended, what an earlier carrying-out had in flight. */
  async #everything(carrying: Carrying, job: StoredJob): Promise<boolean> {
    const busy: NodeExample[] = [];
    if (!(await this.#pass(carrying, job, this.#unfinished(carrying, job, busy)))) return false;
    if (busy.length === 0) return true;
    await Promise.all(this.#older.map(({ done }) => done));
    return this.#pass(carrying, job, busy);
  }

  async *#unfinished(
    { task, evaluators }: Carrying,
    { experimentId }: StoredJob,
    busy: NodeExample[],
  ): AsyncGenerator<NodeExample, void, undefined> {
    const of = { evaluatorNames: evaluators.map(({ name }) => name), withTask: task !== undefined, limit: pageSize };
    for (let after: string | null | undefined; after !== null;) {
      const { examples, last } = await this.#services.store.jobs.listUnfinished(experimentId, { ...of, after });
      this.#events.planned(examples, 2 * pageSize + 8 * this.#concurrency.limit);
      for (const example of examples) {
        if (this.#older.some((older) => older.#inFlight.has(example.id))) busy.push(example);
        else yield example;
      }
      after = last;
    }
  }

  /** @returns Whether everything that it was given is done. */
  async #pass(
    { task, taskLimit, evaluators }: Carrying,
    { experimentId, spec }: StoredJob,
    examples: AsyncIterable<NodeExample> | readonly NodeExample[],
  ): Promise<boolean> {
    const { budget } = jobSpec.parse(spec);
    const events = streamResume({
      store: this.#saves(evaluators.map(({ name }) => name)),
      experimentId,
      examples,
      // Progress is counted with each save, so nothing need be counted beforehand.
      planned: { runs: 0, evaluations: 0 },
      task: task && (this.#inFlight.ofTask(task) as never),
      evaluators: evaluators.map((evaluator) => this.#inFlight.ofEvaluator(evaluator)) as never,
      concurrency: this.#concurrency,
      rateLimit: taskLimit,
      haltAfter,
      signal: this.#stopping.signal,
      budget: budget ? { usd: budget.usd, tokens: budget.tokens, judgeUsd: budget.judge_usd } : undefined,
    });
    let isDone = false;
    let warning = '';
    for await (const event of events) {
      this.#heedEvent(event);
      if (event.type === 'warning') warning = event.message;
      if (event.type === 'finished' && event.summary.stopped === 'budget') this.#budgetReached = warning;
      if (event.type === 'finished') isDone = event.reason === 'completed' && !this.isStopping;
    }
    return isDone;
  }

  #saves(evaluatorNames: readonly string[]): ExperimentStore {
    const onDropped = (what: string) =>
      this.#services.logger.warn({ experimentId: this.lease.experimentId }, `dropped, as it came too late: ${what}`);
    return this.#services.store.fenced({ ...this.lease, evaluatorNames, onDropped });
  }

  #heedEvent(event: RunEvent): void {
    this.#inFlight.heed(event);
    this.#errors.heed(event);
    this.#events.heed(event);
  }

  async #fail(error: unknown): Promise<Ending> {
    this.#warn(error);
    // What a store refuses now it may take later: the job stays RUNNING, to be taken up again when it can be.
    if (AssayError.is(error) && (error.code === 'unavailable' || error.code === 'full' || error.code === 'not-found'))
      return 'left';
    if (!(error instanceof HaltedError) && this.isStopping) return 'stopped';
    this.#errors.add(error);
    await this.#errors.flush();
    return this.#finishInError();
  }

  async #finishInError(): Promise<Ending> {
    try {
      await this.#services.store.jobs.finish(this.lease, 'ERROR');
      return 'finished';
    } catch {
      return 'left';
    }
  }

  #warn(error: unknown): void {
    const { experimentId } = this.lease;
    this.#services.logger.warn({ experimentId, err: error }, 'a background job met an error');
  }
}
