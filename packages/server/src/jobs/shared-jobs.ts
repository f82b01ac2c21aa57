import type { JobLease, JobStore } from '@assay/store';
import type { HeldShard, JobEpoch, ShardQueue } from './shard-queue.ts';

/** Jobs of other servers that are asked for a shard at once. */
const askedAtOnce = 16;
/** A server that has not looked for so long, in milliseconds, does not know who else is alive: it hung, or the database. */
const hungMs = 2_000;
/** How often shards are taken from the dead, in milliseconds: pg-boss itself does it once a second at most. */
const takeBackEveryMs = 1_000;
/** Until every server that is alive has said so, as each does every 3 s. */
const awakeMs = 3_000;

/** A part in a job of another server. */
export interface Joined {
  readonly lease: JobLease;
  readonly first: HeldShard;
}

/** What the servers of one PostgreSQL store do with each other's jobs. */
export class SharedJobs {
  readonly queue: ShardQueue;
  readonly #jobs: JobStore;
  #lookedAt = performance.now();
  /** Since when it has looked without a gap. */
  #awakeSince = performance.now();
  #tookBackAt = 0;
  #asked = 0;

  constructor(jobs: JobStore, queue: ShardQueue) {
    this.#jobs = jobs;
    this.queue = queue;
  }

  /** Takes shards from servers that seem dead. To be called at each look, so that this one knows that it was awake itself. */
  async takeBack(isBusy: boolean): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt > hungMs) this.#awakeSince = now;
    this.#lookedAt = now;
    if (!isBusy || now - this.#awakeSince <= awakeMs || now - this.#tookBackAt < takeBackEveryMs) return;
    this.#tookBackAt = now;
    await this.queue.takeBack();
  }

  /** Takes part in jobs that others carry out, where there is something left to share. Of many it asks some, in turn. */
  async *join(mayJoin: (experimentId: string) => boolean, newHolder: () => string): AsyncGenerator<Joined> {
    const held = (await this.#jobs.listHeld(1_000)).filter(({ experimentId }) => mayJoin(experimentId));
    for (let asked = 0; asked < Math.min(held.length, askedAtOnce); asked++) {
      const job = held[this.#asked++ % held.length]!;
      const first = mayJoin(job.experimentId) ? await this.queue.fetch(job) : null;
      if (first === null) continue;
      const lease = { ...job, holder: newHolder() };
      if (await this.#jobs.join(lease)) yield { lease, first };
      else await this.queue.giveBack(first);
    }
  }

  /** Forgets the shards of jobs that do not run any more, or under another token. */
  async forget(): Promise<void> {
    const kept = await this.queue.list();
    if (kept.length === 0) return;
    const states = await this.#jobs.listStates(kept.map(({ experimentId }) => experimentId));
    const running = new Set(states.filter(({ status }) => status === 'RUNNING').map(nameOf));
    for (const job of kept) if (!running.has(nameOf(job))) await this.queue.forget(job);
  }
}

function nameOf({ experimentId, token }: JobEpoch): string {
  return `${experimentId} ${token}`;
}
