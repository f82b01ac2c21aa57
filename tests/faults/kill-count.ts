import type { Call } from '../provider/provider.ts';
import type { Stored } from './database.ts';
import { keyOf } from './work.ts';

/** What a kill cost. */
export interface KillCount {
  /** Records that a watcher had seen as saved before the kill. */
  readonly acknowledged: number;
  /** Those of them that are not there any more. */
  readonly lost: number;
  /** Records beyond one per example, or per example and evaluator. */
  readonly doubled: number;
  /** Records that a completed job has not got. */
  readonly missing: number;
  /** Calls that had come to the provider without a stored result when the server was gone. */
  readonly inFlight: number;
  /** Calls beyond the first for each prompt. */
  readonly repeated: number;
  /** Calls, after the kill, for a result that was stored at it. */
  readonly needless: number;
}

/** What is known when an experiment has been completed in spite of a kill. */
export interface KillEvidence {
  readonly examples: number;
  /** The ids of records that were seen as saved before the kill. */
  readonly acknowledged: ReadonlySet<string>;
  /** What was stored right after the kill. */
  readonly atKill: Stored;
  /** What was stored in the end. */
  readonly atEnd: Stored;
  /** Every call of the experiment, until the kill and after it. */
  readonly before: readonly Call[];
  readonly after: readonly Call[];
}

export function countKill({ examples, acknowledged, atKill, atEnd, before, after }: KillEvidence): KillCount {
  const keys = [...before, ...after].map(keyOf);
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((id) => !atKill.ids.has(id)).length,
    doubled: Math.max(0, atEnd.taskRuns - examples) + Math.max(0, atEnd.evaluationRuns - examples),
    missing: Math.max(0, examples - atEnd.taskRuns) + Math.max(0, examples - atEnd.evaluationRuns),
    inFlight: inFlight(before, atKill).length,
    repeated: keys.length - new Set(keys).size,
    needless: after.filter((call) => atKill.calls.has(keyOf(call))).length,
  };
}

/** What had been called without a stored result. */
export function inFlight(calls: readonly Call[], { calls: stored }: Stored): string[] {
  return [...new Set(calls.map(keyOf))].filter((key) => !stored.has(key));
}
