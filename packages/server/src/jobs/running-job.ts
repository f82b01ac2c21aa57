import { AssayError, createHaltAfter, streamResume } from '@assay/core';
import type { Concurrency, ExperimentStore, RunEvent } from '@assay/core';
import type { JobLease, JobState, NodeExample, Shard, Store, StoredJob } from '@assay/store';
import type { Logger } from 'pino';
import type { EventHub } from '../event-hub.ts';
import { type Carrying, readJob, type Registered } from './carrying.ts';
import { ErrorLog } from './error-log.ts';
import { JobEvents } from './events.ts';
import { InFlight } from './in-flight.ts';
import { LaneShares } from './lane-shares.ts';
import type { Limits } from './limits.ts';
import type { Environment } from './models.ts';
import { type JobSpec, jobSpec } from './spec.ts';
import type { Work } from './work.ts';

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
const failuresToHalt = 5;

/** What is carried out, and on what terms. */
export interface JobOrder {
  readonly lease: JobLease;
  readonly job: StoredJob;
  readonly work: Work;
  /** Earlier carryings-out of the same experiment, whose calls are in flight still. */
  readonly older: readonly RunningJob[];
  /** The job is in ERROR, though calls of it may be in flight still. */
  readonly onHalted: () => void;
}

/** One carrying-out of a job, from a take-up to its end. */
export class RunningJob {
  readonly lease: JobLease;
  /** What it came to. Never rejects. */
  readonly done: Promise<Ending>;
  readonly #services: JobServices;
  readonly #stopping = new AbortController();
  /** What one lane fails of ends the others. */
  readonly #failing = new AbortController();
  readonly #signal = AbortSignal.any([this.#stopping.signal, this.#failing.signal]);
  readonly #inFlight = new InFlight();
  readonly #work: Work;
  readonly #lanes: LaneShares;
  readonly #errors: ErrorLog;
  readonly #events: JobEvents;
  readonly #older: readonly RunningJob[];
  readonly #onHalted: () => void;
  /** All lanes count together. */
  readonly #haltAfter = createHaltAfter(failuresToHalt);
  /** How the job came to its end when the provider failed too often; `null` as long as it does not. */
  #halting: Promise<Ending> | null = null;
  /** Resolves once nothing is under way: what prepares it, or calls of any lane. */
  #settled: Promise<unknown> = Promise.resolve();
  #ended = false;
  /** Why the budget ends it; `null` as long as it does not. */
  #budgetReached: string | null = null;

  constructor(services: JobServices, { lease, job, work, older, onHalted }: JobOrder) {
    this.lease = lease;
    this.#work = work;
    this.#services = services;
    this.#older = older;
    this.#onHalted = onHalted;
    this.#lanes = new LaneShares(job);
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

  /** Resolves with its first call, or with its end. */
  get begun(): Promise<unknown> {
    return Promise.race([this.#inFlight.begun, this.done]);
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** From now on no call starts; those in flight finish and are saved. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Says that what is in hand is worked on. */
  async keep(): Promise<void> {
    try {
      // Whoever has it now calls what is left of it: here no more may start.
      if (!this.#ended && !(await this.#work.keep())) this.stop();
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Follows what others have done to the job. */
  heed(state: JobState): void {
    if (state.status !== 'RUNNING' || state.token !== this.lease.token) return this.stop();
    this.#lanes.heed(state);
  }

  async #carryOut(job: StoredJob): Promise<Ending> {
    const { store } = this.#services;
    try {
      const spec = jobSpec.parse(job.spec);
      // What it is carried out with is loaded while what is left to do is found.
      const preparing = this.#work.prepare({ evaluatorNames: job.evaluatorNames, withTask: spec.task !== null });
      this.#settled = Promise.allSettled([preparing]);
      const [carrying] = await Promise.all([this.#read(spec), preparing]);
      const isDone = await this.#everything(carrying, job);
      await this.#errors.flush();
      // A stop has its status already; a server that closes leaves the job to the next one.
      if (!isDone) return await this.#leaveUndone();
      // The rest is with other servers, and the last of them says that it is done.
      if (await this.#work.isFinished()) await store.jobs.finish(this.lease, 'COMPLETED');
      return 'finished';
    } catch (error) {
      return await this.#fail(error);
    } finally {
      await this.#settled;
      await this.#work.leave().catch((error: unknown) => this.#warn(error));
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

  #read(spec: JobSpec): Promise<Carrying> {
    const { env, registered, limits } = this.#services;
    const limiterOf = (key: string) => limits.limiterOf(key, this.lease.experimentId);
    return readJob(spec, { env, registered, limiterOf });
  }

  /** @returns Whether everything that there was for this server is done. */
  async #everything(carrying: Carrying, job: StoredJob): Promise<boolean> {
    const done = this.#lanes.open().map((lane) => this.#lane(lane, carrying, job));
    this.#settled = Promise.allSettled(done);
    return (await Promise.all(done)).every(Boolean);
  }

  async #lane(lane: Concurrency, carrying: Carrying, job: StoredJob): Promise<boolean> {
    try {
      while (this.#lanes.mayGoOn()) {
        if (this.#signal.aborted) return false;
        const piece = await this.#work.next();
        if (piece === null) return true;
        if (!(await this.#range(carrying, job, piece.range, lane))) return false;
        await piece.done();
      }
      return true;
    } catch (error) {
      this.#failing.abort();
      throw error;
    } finally {
      this.#lanes.close(lane);
    }
  }

  /** Does what is missing; then, once they have ended, what an earlier carrying-out had in flight. */
  async #range(carrying: Carrying, job: StoredJob, shard: Shard, concurrency: Concurrency): Promise<boolean> {
    const busy: NodeExample[] = [];
    if (!(await this.#pass(carrying, job, this.#unfinished(carrying, job, shard, busy), concurrency))) return false;
    if (busy.length === 0) return true;
    await Promise.all(this.#older.map(({ done }) => done));
    return this.#pass(carrying, job, busy, concurrency);
  }

  async *#unfinished(
    { task, evaluators }: Carrying,
    { experimentId }: StoredJob,
    { after: start, upTo }: Shard,
    busy: NodeExample[],
  ): AsyncGenerator<NodeExample, void, undefined> {
    const of = { evaluatorNames: evaluators.map(({ name }) => name), withTask: task !== undefined, limit: pageSize };
    for (let after: string | null | undefined = start; after !== null;) {
      const { examples, last } = await this.#services.store.jobs.listUnfinished(experimentId, { ...of, after, upTo });
      this.#events.planned(examples, 2 * pageSize + 8 * this.#lanes.share);
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
    concurrency: Concurrency,
  ): Promise<boolean> {
    const { budget, timeout_ms: timeoutMs } = jobSpec.parse(spec);
    const events = streamResume({
      store: this.#saves(evaluators.map(({ name }) => name)),
      experimentId,
      examples,
      // Progress is counted with each save, so nothing need be counted beforehand.
      planned: { runs: 0, evaluations: 0 },
      task: task && (this.#inFlight.ofTask(task) as never),
      evaluators: evaluators.map((evaluator) => this.#inFlight.ofEvaluator(evaluator)) as never,
      concurrency,
      timeoutMs,
      rateLimit: taskLimit,
      haltAfter: this.#haltAfter,
      signal: this.#signal,
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
    if (event.type === 'halting') this.#halting ??= this.#halt(event.error);
  }

  /** Everybody can see that the job has ended, and why, while its calls in flight finish as after a stop. */
  async #halt(error: unknown): Promise<Ending> {
    this.stop();
    const ending = await this.#finishInError(error);
    this.#onHalted();
    return ending;
  }

  async #fail(error: unknown): Promise<Ending> {
    this.#warn(error);
    if (this.#halting) return this.#halting;
    // What a store refuses now it may take later: the job stays RUNNING, to be taken up again when it can be.
    if (AssayError.is(error) && (error.code === 'unavailable' || error.code === 'full' || error.code === 'not-found'))
      return 'left';
    return this.isStopping ? 'stopped' : this.#finishInError(error);
  }

  async #finishInError(error: unknown): Promise<Ending> {
    this.#errors.add(error);
    await this.#errors.flush();
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
