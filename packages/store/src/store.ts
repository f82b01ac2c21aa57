import type { Catalog, RateLimiter, RateLimitOptions, SupersededRecord } from '@assay/core';
import type { Fenced, JobStore } from './job-store.ts';
import type { NodeStore } from './node-store.ts';
import type { PostgresDatabase } from './postgres-database.ts';

/** Datasets and experiments in a database. Dispose of it, or close it, when done. */
export interface Store extends Catalog {
  /** The same records by their node ids and in pages, as a REST API needs them. */
  readonly nodes: NodeStore;

  /** Background jobs: what servers need of them. */
  readonly jobs: JobStore;

  /** This store for whoever carries out a job: saves with an old token are kept only where nothing better stands. */
  readonly fenced: Fenced;

  /** The database of a PostgreSQL store, for what keeps tables of its own beside the store's; `null` for a file. */
  readonly postgres: PostgresDatabase | null;

  /**
   * A limit that everybody with the same key shares who has this store open, on any machine. What is found of it is kept, so
   * that a restart does not begin anew. Give it as `rateLimit` of an experiment or an evaluator.
   *
   * @throws AssayError `invalid-config`.
   *
   * @example
   * ```ts
   * import { openStore } from '@assay/store';
   *
   * const store = await openStore('memory:');
   * const rateLimit = store.createRateLimiter({ key: 'openai/gpt-5', requestsPerMinute: 600 });
   * ```
   */
  createRateLimiter(options: RateLimitOptions & { readonly key: string }): RateLimiter;

  /** Answers of models by the content of their calls, for `createReplay` of `@assay/evaluators`. */
  readonly calls: {
    /** What was put under the key; `null` when nothing was. */
    get(key: string): Promise<string | null>;
    /** Keeps a text under a key, in the place of what was there. */
    put(key: string, answer: string): Promise<void>;
  };

  /** Every record of the experiment that was replaced, oldest first. */
  listSuperseded(experimentId: string): AsyncIterable<SupersededRecord>;

  /** Waits for what is being saved and closes the file. Closing twice is harmless. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
