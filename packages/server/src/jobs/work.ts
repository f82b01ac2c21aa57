import type { JobLease, JobStore, Shard } from '@assay/store';
import { setTimeout as sleep } from 'node:timers/promises';

/** Hands out what a carrying-out of a job has to do. */
export interface Work {
  /** Before the first: settles what there is to do. */
  prepare(of: { readonly evaluatorNames: readonly string[]; readonly withTask: boolean }): Promise<void>;
  /** The next range of examples; `null` when there is none. */
  next(): Promise<Shard | null>;
  /** Nothing more is to be tried in it. */
  finish(shard: Shard): Promise<void>;
  /** Whether nothing of the job is left to anybody. */
  isFinished(): Promise<boolean>;
}

/** All of a job at once: no other server may carry out a part of it. */
export function wholeWork(): Work {
  const ranges: Shard[] = [{ after: undefined, upTo: undefined }];
  return {
    prepare: async () => {},
    next: async () => ranges.pop() ?? null,
    finish: async () => {},
    isFinished: async () => true,
  };
}

/** How often it is asked whether those who carried the job out before have ended their calls, in milliseconds. */
const askEveryMs = 200;

/**
 * A job shard by shard, while other servers do the same.
 *
 * @param plan - Set for whoever took the job up: the size of the shards that it is cut into first. Nobody joins before.
 */
export function sharedWork(jobs: JobStore, lease: JobLease, plan: { readonly size: number } | null): Work {
  const shards = jobs.shards!;
  return {
    prepare: async (of) => {
      if (plan === null) return;
      // A call that is in flight elsewhere would be made twice.
      while ((await jobs.listStates([lease.experimentId])).some(({ draining }) => draining > 0))
        await sleep(askEveryMs);
      await shards.plan(lease, { ...of, size: plan.size });
    },
    next: () => shards.claim(lease),
    finish: (shard) => shards.finish(lease, shard),
    isFinished: async () => (await shards.count(lease)) === 0,
  };
}

/** Small enough that a small job spreads over several servers, large enough that a large one is no crowd of shards. */
export function shardSize(expectedRuns: number, maxConcurrency: number): number {
  return Math.min(Math.max(Math.ceil(expectedRuns / 32), maxConcurrency, 10), 200);
}
