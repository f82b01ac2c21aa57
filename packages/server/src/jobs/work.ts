import type { JobLease, JobStore, Shard } from '@assay/store';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldShard, ShardQueue } from './shard-queue.ts';

/** Hands out what a carrying-out of a job has to do. */
export interface Work {
  /** Before the first: settles what there is to do. */
  prepare(of: { readonly evaluatorNames: readonly string[]; readonly withTask: boolean }): Promise<void>;
  /** The next piece; `null` when there is none. */
  next(): Promise<Piece | null>;
  /** Whether nothing of the job is left to anybody. */
  isFinished(): Promise<boolean>;
  /** Keeps what was handed out, as long as it is not done. `false`: some of it is another's by now. */
  keep(): Promise<boolean>;
  /** Leaves to others what was handed out and is not done. */
  leave(): Promise<void>;
}

/** A range of examples that is to be worked on. */
export interface Piece {
  readonly range: Shard;
  /** Nothing more is to be tried in it. */
  done(): Promise<void>;
}

/** All of a job at once: no other server may carry out a part of it. */
export function wholeWork(): Work {
  const pieces: Piece[] = [{ range: { after: undefined, upTo: undefined }, done: async () => {} }];
  return {
    prepare: async () => {},
    next: async () => pieces.pop() ?? null,
    isFinished: async () => true,
    keep: async () => true,
    leave: async () => {},
  };
}

/** How often it is asked whether those who carried the job out before have ended their calls, in milliseconds. */
const askEveryMs = 200;

/** What is shared, and by whom. */
export interface Sharing {
  readonly jobs: JobStore;
  readonly queue: ShardQueue;
  readonly lease: JobLease;
}

/**
 * A job shard by shard, while other servers do the same.
 *
 * @param start - For whoever took the job up, the size of the shards that it is cut into first, and nobody joins before;
 * for whoever joins, the shard that there was to join for.
 */
export function sharedWork(
  { jobs, queue, lease }: Sharing,
  start: { readonly size: number } | { readonly first: HeldShard },
): Work {
  let first = 'first' in start ? start.first : null;
  let planned = first?.of ?? 0;
  const inHand = new Set<HeldShard>(first ? [first] : []);

  const pieceOf = (shard: HeldShard): Piece => ({
    range: shard.range,
    done: async () => {
      inHand.delete(shard);
      await queue.complete(shard);
    },
  });

  return {
    prepare: async (of) => {
      if (!('size' in start)) return;
      // A call that is in flight elsewhere would be made twice.
      while ((await jobs.listStates([lease.experimentId])).some(({ draining }) => draining > 0))
        await sleep(askEveryMs);
      const shards = await jobs.listShards(lease.experimentId, { ...of, size: start.size });
      await queue.plan(lease, shards);
      planned = shards.length;
    },
    next: async () => {
      const given = first;
      first = null;
      const shard = given ?? (await queue.fetch(lease));
      if (shard === null) return null;
      inHand.add(shard);
      return pieceOf(shard);
    },
    // Where shards are lost, it is not: whoever takes the job up next cuts what is left anew.
    isFinished: async () => (await queue.countComplete(lease)) === planned,
    keep: async () => {
      for (const shard of inHand) if (!(await queue.keep(shard)) && inHand.has(shard)) return false;
      return true;
    },
    leave: async () => {
      await Promise.all([...inHand].map((shard) => queue.giveBack(shard)));
      inHand.clear();
    },
  };
}

/** Small enough that a small job spreads over several servers, large enough that a large one is no crowd of shards. */
export function shardSize(expectedRuns: number, maxConcurrency: number): number {
  return Math.min(Math.max(Math.ceil(expectedRuns / 32), maxConcurrency, 10), 200);
}
