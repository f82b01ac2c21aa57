import { AdaptiveBucket } from '@assay/core';
import type { BucketState } from '@assay/core';
import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';

/** What became of a call. */
export interface CallOutcome {
  readonly startedMsAgo: number;
  readonly endedMsAgo: number;
  /** When the limit was last lowered, as far as whoever started it knew. */
  readonly knew: number | null;
  /** `null`: it was let in. Otherwise what the provider asked for, if anything. */
  readonly refused: { readonly retryAfterMs: number | null } | null;
}

/** What somebody who shares a limit has to tell, and wants of it. */
export interface PermitRequest {
  readonly key: string;
  /** Calls per second; `null`: none is known. */
  readonly ceiling: number | null;
  /** Calls that were started without a permit while the limit was asleep. */
  readonly takenAsleep: number;
  /** In the order in which they ended. */
  readonly outcomes: readonly CallOutcome[];
  /** Permits wanted at most. */
  readonly wanted: number;
}

export interface PermitGrant {
  /** Calls per second; `null`: the limit is asleep, and no permits are needed. */
  readonly rate: number | null;
  /** When the limit was last lowered, in milliseconds since 1970 of the database; `null`: never. */
  readonly reducedAt: number | null;
  readonly permits: number;
  /** Until the first permit may be used. The others follow at the rate. */
  readonly waitMs: number;
}

/** Permits given at once last this long: few enough that the limit stays exact, enough that few ask. */
const batchSeconds = 1 / 20;
/** What was refused before so long a silence says little of what is refused now. */
const forgottenAfterMs = 3_600_000;

/** Limits that are shared: a row for each, by the database's clock, steered by the same law as a limit of one process. */
export function createLimitOperations(db: Dialect) {
  const find = prepare(
    db,
    (v: { key: string }) => sql<{ now: number; state: string | null }>`
      SELECT CAST(${db.now} AS bigint) AS now, (SELECT state FROM rate_limits WHERE key = ${v.key}) AS state`,
  );
  const save = prepare(
    db,
    (v: { key: string; state: string }) => sql<never>`
      INSERT INTO rate_limits (key, state) VALUES (${v.key}, ${v.state})
      ON CONFLICT (key) DO UPDATE SET state = excluded.state`,
  );

  return {
    *exchangePermits(request: PermitRequest): Operation<PermitGrant> {
      const { key } = request;
      const found = (yield* firstRow(find, { key }))!;
      const { state, grant } = exchange(found.state, request, found.now / 1000);
      yield* rows(save, { key, state });
      return grant;
    },
  };
}

/**
 * What a request makes of a limit.
 *
 * @param text - The limit as it stands, as JSON; `null`: there is none yet.
 * @param now - Milliseconds since 1970.
 */
export function exchange(
  text: string | null,
  { ceiling, takenAsleep, outcomes, wanted }: PermitRequest,
  now: number,
): { readonly state: string; readonly grant: PermitGrant } {
  const bucket = new AdaptiveBucket(ceiling ?? Infinity, stateOf(text, now));
  if (takenAsleep > 0) {
    if (bucket.rate === Infinity) bucket.reserve(takenAsleep, now);
    else bucket.tookBefore(takenAsleep);
  }
  for (const { startedMsAgo, endedMsAgo, knew, refused } of outcomes) {
    const { reducedAt } = bucket.state;
    // Who had not heard that the limit was lowered has started it as if it were before: it is part of the same storm.
    const isBefore = reducedAt !== null && (knew === null || knew < reducedAt);
    const startedAt = isBefore ? Math.min(now - startedMsAgo, reducedAt) : now - startedMsAgo;
    const endedAt = now - endedMsAgo;
    if (refused === null) bucket.accepted(startedAt, endedAt);
    else bucket.refused(startedAt, endedAt, refused.retryAfterMs);
  }
  const { rate, reducedAt } = bucket.state;
  const permits = rate === null ? 0 : Math.min(wanted, Math.max(1, Math.floor(rate * batchSeconds)));
  const waitMs = bucket.reserve(permits, now);
  return { state: JSON.stringify(bucket.state), grant: { rate, reducedAt, permits, waitMs } };
}

function stateOf(text: string | null, now: number): BucketState | undefined {
  if (text === null) return undefined;
  // What an earlier release has kept knows less.
  const state = { limit: null, grownAt: now, ...(JSON.parse(text) as Partial<BucketState>) } as BucketState;
  const isOld = Math.max(state.reducedAt ?? 0, state.nextAt) < now - forgottenAfterMs;
  return {
    ...state,
    // A database that was moved may have another clock: none of its times may lie far ahead.
    nextAt: Math.min(state.nextAt, now + longestWaitMs),
    pausedUntil: Math.min(state.pausedUntil, now + longestWaitMs),
    reducedAt: state.reducedAt === null ? null : Math.min(state.reducedAt, now),
    grownAt: Math.min(state.grownAt, now),
    limit: isOld ? null : state.limit,
  };
}

/** A provider is not obeyed for longer, and nobody reserves further ahead. */
const longestWaitMs = 600_000;
