/** The columns that task runs and evaluation runs have in common. Times are microseconds since 1970, durations milliseconds. */
export interface CallColumns {
  error: string | null;
  attempts: number;
  started_at: number;
  ended_at: number;
  latency_ms: number | null;
  wait_ms: number | null;
  trace_id: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  cost_usd: number | null;
  cached_prompt_tokens: number | null;
  replayed_calls: number | null;
}
