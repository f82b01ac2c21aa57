import type { Usage } from '@assay/core';
import { wireInstant } from './instant.ts';
import { metadataKeys } from './metadata.ts';
import type { JsonObject } from './value.ts';

/** What a run and an evaluation have in common. Times are Dates, or milliseconds since 1970. */
export interface Measured {
  readonly startedAt: Date | number;
  readonly endedAt: Date | number;
  readonly attempts: number;
  readonly latencyMs: number | null;
  readonly waitMs: number | null;
  readonly usage: Usage | null;
}

/** The times on the wire. A clock that has stepped back is no reason to show an end before its start. */
export function timesToWire({ startedAt, endedAt }: Measured): {
  readonly start_time: string;
  readonly end_time: string;
} {
  const start = wireInstant(startedAt);
  // Of runs that took no time, as most that are read in tests, one time is written.
  return { start_time: start, end_time: Number(endedAt) <= Number(startedAt) ? start : wireInstant(endedAt) };
}

/** What travels in metadata, as the wire has no field for it. Nothing, when the times say all that is known. */
export function measurementsToWire(run: Measured): JsonObject {
  if (isPlain(run)) return {};
  return {
    [metadataKeys.attempts]: run.attempts,
    [metadataKeys.latencyMs]: run.latencyMs,
    [metadataKeys.waitMs]: run.waitMs,
    ...(run.usage === null ? {} : { [metadataKeys.usage]: run.usage }),
    ...(Number(run.endedAt) < Number(run.startedAt) ? { [metadataKeys.endedAt]: wireInstant(run.endedAt) } : {}),
  };
}

/** As of every record that an official client has sent. */
function isPlain({ startedAt, endedAt, attempts, latencyMs, waitMs, usage }: Measured): boolean {
  const elapsed = Number(endedAt) - Number(startedAt);
  return attempts === 1 && waitMs === null && usage === null && latencyMs === (elapsed < 0 ? null : elapsed);
}

/** The measurements that were sent. Without our metadata: one attempt, that took from its start to its end. */
export function measurementsFromWire(
  { start_time, end_time }: { readonly start_time: Date; readonly end_time: Date },
  metadata: JsonObject,
): Measured & { readonly startedAt: Date; readonly endedAt: Date } {
  const attempts = metadata[metadataKeys.attempts];
  const elapsed = end_time.getTime() - start_time.getTime();
  const isOurs = metadataKeys.attempts in metadata;
  return {
    startedAt: start_time,
    endedAt: dateOf(metadata[metadataKeys.endedAt]) ?? end_time,
    attempts: typeof attempts === 'number' && Number.isSafeInteger(attempts) && attempts >= 1 ? attempts : 1,
    latencyMs: isOurs ? numberOrNull(metadata[metadataKeys.latencyMs]) : elapsed < 0 ? null : elapsed,
    waitMs: numberOrNull(metadata[metadataKeys.waitMs]),
    usage: usageFrom(metadata[metadataKeys.usage]),
  };
}

function usageFrom(value: unknown): Usage | null {
  if (typeof value !== 'object' || value === null) return null;
  const { promptTokens, completionTokens, costUsd, ...more } = value as JsonObject;
  const cachedPromptTokens = numberOrNull(more['cachedPromptTokens']);
  const replayedCalls = numberOrNull(more['replayedCalls']);
  return {
    promptTokens: numberOrNull(promptTokens),
    completionTokens: numberOrNull(completionTokens),
    costUsd: numberOrNull(costUsd),
    ...(cachedPromptTokens === null ? {} : { cachedPromptTokens }),
    ...(replayedCalls === null ? {} : { replayedCalls }),
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function dateOf(value: unknown): Date | null {
  const date = typeof value === 'string' ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
