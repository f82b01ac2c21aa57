import type { ExperimentStore } from '@assay/core';
import type { NodeExample } from './node-dataset-store.ts';
import type { Page, PageRequest } from './node-page.ts';

export type JobStatus = 'RUNNING' | 'COMPLETED' | 'STOPPED' | 'ERROR';

/** The background carrying-out of one experiment, as it is on record. */
export interface StoredJob {
  readonly experimentId: string;
  /** `server`: any server of this store takes it up. `process`: the one process that was started for it, and no server. */
  readonly runner: 'server' | 'process';
  readonly status: JobStatus;
  /** The epoch: counts up with each start, resume and take-up. Whoever writes with an older one comes too late. */
  readonly token: number;
  /** The task and the evaluators, as JSON of whoever carries it out. */
  readonly spec: unknown;
  readonly evaluatorNames: readonly string[];
  /** Calls open at once, over all holders. */
  readonly maxConcurrency: number;
  /** Whether it stops when nobody watches, is swept a day later, and is hidden from lists of experiments. */
  readonly ephemeral: boolean;
  readonly taskRuns: { readonly expected: number; readonly ok: number; readonly failed: number };
  /** Of its evaluators. `ok` counts skipped ones too. */
  readonly evaluations: { readonly expected: number; readonly ok: number; readonly failed: number };
  /** Calls started and not yet saved, as the holders last said. */
  readonly inFlight: number;
  /** How many carry it out now, by leases that have not lapsed. */
  readonly holders: number;
  readonly createdAt: Date;
  /** Of the last start or resume. */
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Of a job in ERROR what ended it, of others the newest. */
  readonly lastError: JobError | null;
}

/** Something that went wrong with a job. */
export interface JobError {
  readonly occurredAt: Date;
  readonly kind: 'task' | 'evaluation' | 'experiment';
  readonly exampleId: string | null;
  readonly repetition: number | null;
  readonly evaluator: string | null;
  readonly message: string;
}

export interface JobDraft {
  readonly experimentId: string;
  readonly runner: StoredJob['runner'];
  readonly spec: unknown;
  readonly evaluatorNames: readonly string[];
  readonly maxConcurrency: number;
  readonly ephemeral: boolean;
}

/** Somebody's part in carrying out a job. */
export interface JobLease {
  readonly experimentId: string;
  /** A name that nobody else has, and that this one has for this job and this time only. */
  readonly holder: string;
  readonly token: number;
}

/** What a holder has to know of its jobs every now and then. */
export interface JobState {
  readonly experimentId: string;
  readonly status: JobStatus;
  readonly token: number;
  readonly maxConcurrency: number;
  readonly ephemeral: boolean;
  /** Since somebody was last seen watching, in milliseconds. */
  readonly unwatchedMs: number;
  readonly holders: number;
  /** Holders that have not said yet that they start no more calls. */
  readonly starting: number;
  /** Holders of earlier epochs whose calls are in flight still. */
  readonly draining: number;
}

/** What the records of a job are saved through. */
export interface FenceOptions extends Omit<JobLease, 'holder'> {
  /** Whose saves are counted together: the holder. */
  readonly holder: string;
  readonly evaluatorNames: readonly string[];
  /** Hears of each record that came too late to be kept. */
  readonly onDropped?: ((what: string) => void) | undefined;
}

/**
 * Background jobs, as servers need them. What is to be done is never stored: it is what `listUnfinished` finds missing.
 * Leases go by the database's clock. Every method rejects with an `AssayError` and nothing else.
 */
export interface JobStore {
  /**
   * Makes this process the one that carries out the `server` jobs of a SQLite file, until it ends or `release` is called.
   * Leases that a former owner left are void. Several servers may own the jobs of a PostgreSQL database.
   *
   * @throws AssayError `conflict` at once, with the other's process id, when another process owns them.
   */
  own(): Promise<{ readonly release: () => Promise<void> }>;

  /** A job that runs and that nobody holds yet. @throws AssayError `conflict` when the experiment has one. */
  create(draft: JobDraft): Promise<StoredJob>;
  /** @throws AssayError `not-found`. */
  get(experimentId: string): Promise<StoredJob>;
  /** Newest first. */
  list(page: PageRequest & { readonly status?: JobStatus | undefined }): Promise<Page<StoredJob>>;
  /** Makes it STOPPED, for its holders to see. @throws AssayError `conflict` unless it runs. */
  stop(experimentId: string): Promise<StoredJob>;
  /** Makes it run again under a new token, and counts anew. @throws AssayError `conflict` when it runs. */
  resume(draft: JobDraft): Promise<StoredJob>;
  /** Ends it, unless it runs under another token by now or was stopped. Gives it back as it stands. */
  finish(lease: Pick<JobLease, 'experimentId' | 'token'>, status: Exclude<JobStatus, 'RUNNING'>): Promise<StoredJob>;
  /** Notes that somebody is watching these. */
  watched(experimentIds: readonly string[]): Promise<void>;
  /** Deletes the experiments of ephemeral jobs that have not changed for so long. @returns How many there were. */
  sweepEphemeral(olderThanMs: number): Promise<number>;

  /** Jobs for servers that run and that nobody holds, oldest first. */
  listTakeable(limit: number): Promise<readonly string[]>;
  /** Jobs for servers that run and that somebody holds, oldest first. */
  listHeld(limit: number): Promise<readonly Pick<JobLease, 'experimentId' | 'token'>[]>;
  /** Takes up a job that runs and that nobody holds, under a new token. `null` when somebody was faster. */
  take(experimentId: string, holder: string): Promise<JobLease | null>;
  /** Takes part in a job that runs under this token. `false` when it does not any more. */
  join(lease: JobLease): Promise<boolean>;
  /** Keeps leases alive for 10 s. Gives back those that are still there. */
  renew(
    leases: readonly (JobLease & { readonly inFlight: number; readonly isStopping?: boolean })[],
  ): Promise<readonly JobLease[]>;
  release(lease: JobLease): Promise<void>;
  /** Makes holders of a job that was stopped come too late, who have not said that they start no more calls. */
  fence(experimentId: string): Promise<void>;

  /** One that is not there any more is left out. */
  listStates(experimentIds: readonly string[]): Promise<readonly JobState[]>;

  addErrors(experimentId: string, errors: readonly JobError[]): Promise<void>;
  /** Newest first. */
  listErrors(experimentId: string, page: PageRequest): Promise<Page<JobError>>;

  /**
   * Examples with something left to do, in dataset order. At least those: the plan of a resume sees what of them is done.
   *
   * @param of - `withTask`: whether runs that are missing or failed count; `after` and `upTo` are `last` of other pages.
   */
  listUnfinished(
    experimentId: string,
    of: {
      readonly evaluatorNames: readonly string[];
      readonly withTask: boolean;
      readonly after?: string | undefined;
      readonly upTo?: string | undefined;
      readonly limit: number;
    },
  ): Promise<{ readonly examples: readonly NodeExample[]; readonly last: string | null }>;

  /** Cuts what `listUnfinished` finds into shards of so many examples, in dataset order. */
  listShards(
    experimentId: string,
    of: { readonly evaluatorNames: readonly string[]; readonly withTask: boolean; readonly size: number },
  ): Promise<readonly Shard[]>;
}

/** A range of the examples of a job, by their node ids. What is to be done of it is read from the records. */
export interface Shard {
  /** The last example before it; `undefined`: it begins with the first. */
  readonly after: string | undefined;
  readonly upTo: string | undefined;
}

/** A store whose saves are fenced. */
export type Fenced = (options: FenceOptions) => ExperimentStore;
