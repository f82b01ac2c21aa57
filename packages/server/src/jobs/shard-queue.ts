import { AssayError, messageOf } from '@assay/core';
import { globalId, readGlobalId } from '@assay/store';
import type { JobLease, PostgresDatabase, Shard } from '@assay/store';
import type { Job, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';

/** A job under one of its tokens. Each has a queue of its own, so that nobody is given a shard of another token. */
export type JobEpoch = Pick<JobLease, 'experimentId' | 'token'>;

/** A shard that this server works on. */
export interface HeldShard {
  readonly range: Shard;
  /** Into how many shards the job was cut. */
  readonly of: number;
  readonly queue: string;
  /** Whoever loses the shard to another has an older one. */
  readonly attempt: Pick<Job, 'id' | 'retryCount'>;
}

/** What pg-boss carries for us. */
interface Payload extends Shard {
  readonly of: number;
}

/**
 * Hands out the shards of jobs to the servers of a PostgreSQL store, by pg-boss in a schema beside the store's.
 *
 * Nothing in it is the truth. A shard names examples, and what is to be done of them is read from the records; where shards
 * are gone, whoever asks is told so, and the job is cut anew.
 */
export class ShardQueue {
  readonly #database: PostgresDatabase;
  readonly #logger: Logger;
  #boss: PgBoss;
  #renewing: Promise<void> | null = null;

  private constructor(database: PostgresDatabase, logger: Logger, boss: PgBoss) {
    this.#database = database;
    this.#logger = logger;
    this.#boss = boss;
  }

  /** Makes the tables when they are not there. @throws AssayError `unauthorized`, `unavailable`. */
  static async open(database: PostgresDatabase, logger: Logger): Promise<ShardQueue> {
    return new ShardQueue(database, logger, await startBoss(database, logger));
  }

  /** Ends it. What is handed out by then is given to others after a while. */
  close(): Promise<void> {
    return this.#boss.stop({ graceful: false });
  }

  /** Makes the shards of a job known, to be handed out from the first. To do it twice changes nothing. */
  async plan(job: JobEpoch, shards: readonly Shard[]): Promise<void> {
    if (shards.length === 0) return;
    const send = async () => {
      await this.#boss.createQueue(queueOf(job), queueOptions);
      await this.#boss.insert(queueOf(job), shards.map(jobOf));
      return true;
    };
    if (await this.#unlessLost(send, false)) return;
    await (this.#renewing ??= this.#renew().finally(() => (this.#renewing = null)));
    if (await this.#unlessLost(send, false)) return;
    throw new AssayError('unavailable', `Could not divide the job: the tables of its shards are gone again`);
  }

  /** The first shard that nobody has; `null` when there is none. */
  async fetch(job: JobEpoch): Promise<HeldShard | null> {
    const queue = queueOf(job);
    const [found] = await this.#unlessLost(() => this.#boss.fetch<Payload>(queue), []);
    if (!found) return null;
    const { after, upTo, of } = found.data;
    return { range: { after, upTo }, of, queue, attempt: { id: found.id, retryCount: found.retryCount } };
  }

  /** Nothing more is to be tried in it. */
  async complete({ queue, attempt }: HeldShard): Promise<void> {
    await this.#unlessLost(() => this.#boss.complete(queue, attempt), undefined);
  }

  /** For another to have it at once. */
  async giveBack({ queue, attempt }: HeldShard): Promise<void> {
    await this.#unlessLost(() => this.#boss.fail(queue, attempt), undefined);
  }

  /** Says that it is worked on, as it is to be said more often than every 10 s. `false`: it is this server's no more. */
  async keep({ queue, attempt: { id, retryCount } }: HeldShard): Promise<boolean> {
    const found = await this.#unlessLost(async () => {
      await this.#boss.touch(queue, { id, retryCount });
      return this.#boss.findJobs(queue, { id });
    }, []);
    return found.some((job) => job.state === 'active' && job.retryCount === retryCount);
  }

  /** How many shards of a job are complete. */
  async countComplete(job: JobEpoch): Promise<number> {
    const found = await this.#unlessLost(() => this.#boss.findJobs(queueOf(job)), []);
    return found.filter(({ state }) => state === 'completed').length;
  }

  /** Takes shards from whoever has not said for 10 s that they are worked on. */
  async takeBack(): Promise<void> {
    await this.#unlessLost(() => this.#boss.supervise(), undefined);
  }

  /** Jobs that shards are kept of. */
  async list(): Promise<readonly JobEpoch[]> {
    const queues = await this.#unlessLost(() => this.#boss.getQueues(), []);
    return queues.map(({ name }) => jobOfQueue(name)).filter((job) => job !== null);
  }

  async forget(job: JobEpoch): Promise<void> {
    await this.#unlessLost(() => this.#boss.deleteQueue(queueOf(job)), undefined);
  }

  /** After somebody has dropped the schema. */
  async #renew(): Promise<void> {
    this.#logger.warn('the tables of shards are gone, and are made anew');
    await this.#boss.stop({ graceful: false });
    this.#boss = await startBoss(this.#database, this.#logger);
  }

  async #unlessLost<T>(work: () => Promise<T>, lost: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isLost(error)) return lost;
      throw failure(error, this.#database);
    }
  }
}

/** Its tables, or the queue, are not there. */
function isLost(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  // A table, a schema, a function, a type: see https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (typeof code === 'string') return ['42P01', '3F000', '42883', '42704'].includes(code);
  return /^Queue \S+ does not exist$/.test(messageOf(error));
}

function failure(error: unknown, database: PostgresDatabase): AssayError {
  if (AssayError.is(error)) return error;
  const schema = schemaOf(database);
  const what = `Could not use the schema ${schema} of ${database.place}, which hands out jobs: ${messageOf(error)}`;
  if ((error as { readonly code?: unknown }).code !== '42501')
    return new AssayError('unavailable', what, { cause: error });
  const remedy = `Allow the user to create schemas, or make it: CREATE SCHEMA ${schema} AUTHORIZATION the_user`;
  return new AssayError('unauthorized', `${what}. ${remedy}`, { cause: error });
}

/** The longest name of a store's schema leaves room for two characters. */
function schemaOf({ schema }: PostgresDatabase): string {
  return `${schema}_q`;
}

/** Unique, or there already: of servers that make the same schema at once, one is told so. */
const madeMeanwhile = ['23505', '42P06', '42P07', '42710'];

async function startBoss(database: PostgresDatabase, logger: Logger): Promise<PgBoss> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(database, logger);
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (attempt === 5 || !madeMeanwhile.some((known) => known === code)) throw failure(error, database);
    }
  }
}

async function tryToStart(database: PostgresDatabase, logger: Logger): Promise<PgBoss> {
  const schema = schemaOf(database);
  const { PgBoss } = await import('pg-boss');
  const { rows } = await database.executeSql('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.executeSql(text, values) },
    schema,
    // To ask for what is there needs the right to make it.
    createSchema: rows.length === 0,
    // Only who works on a job looks after its shards: `takeBack`.
    supervise: false,
    monitorIntervalSeconds: 1,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  });
  // Without a listener an error would end the process. Whoever asked hears of it besides.
  boss.on('error', (error) => logger.warn({ err: error }, 'the queue of shards met an error'));
  return boss.start();
}

const tenYears = 10 * 365 * 24 * 3600;

/** A shard is another's when it is given back or forsaken, and at no other time: however often, however long it takes. */
const queueOptions = {
  heartbeatSeconds: 10,
  retryLimit: 1_000_000,
  retentionSeconds: tenYears,
  // Those that are complete are counted.
  deleteAfterSeconds: 0,
};

function jobOf(shard: Shard, index: number, { length }: readonly Shard[]) {
  return {
    // In a queue each id is there once.
    id: `00000000-0000-0000-0000-${index.toString(16).padStart(12, '0')}`,
    data: { ...shard, of: length } satisfies Payload,
    priority: -index,
    expireInSeconds: tenYears,
  };
}

function queueOf({ experimentId, token }: JobEpoch): string {
  return `experiment-${readGlobalId(experimentId)!.row}.${token}`;
}

function jobOfQueue(name: string): JobEpoch | null {
  const [, row, token] = /^experiment-(\d+)\.(\d+)$/.exec(name) ?? [];
  return row === undefined ? null : { experimentId: globalId('Experiment', Number(row)), token: Number(token) };
}
