import { sql } from 'kysely';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';

/** A span to be saved. */
export interface NewSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string | null;
  readonly project_name: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly status_message: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly model_name: string | null;
  readonly attributes: string;
}

/** What the spans of a trace add up to. */
export interface TraceRow {
  readonly trace_id: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** A JSON list, without equal ones. */
  readonly model_names: string;
}

export function createSpanOperations(db: Dialect) {
  // An exporter that lost the answer sends again, so the same span says the same.
  const insert = prepare(
    db,
    (v: NewSpan) => sql<never>`
      INSERT INTO spans (trace_id, span_id, parent_id, project_name, name, kind, status, status_message, started_at, ended_at,
        prompt_tokens, completion_tokens, model_name, attributes)
      VALUES (${v.trace_id}, ${v.span_id}, ${v.parent_id}, ${v.project_name}, ${v.name}, ${v.kind}, ${v.status},
        ${v.status_message}, ${v.started_at}, ${v.ended_at}, ${v.prompt_tokens}, ${v.completion_tokens}, ${v.model_name},
        ${v.attributes})
      ON CONFLICT (trace_id, span_id) DO NOTHING`,
  );

  // The tokens of a model's span only: frameworks repeat them on the spans around it.
  const list = prepare(
    db,
    (v: { traceIds: string }) => sql<TraceRow>`
      SELECT s.trace_id, min(s.started_at) AS started_at, max(s.ended_at) AS ended_at,
        sum(CASE WHEN s.kind = 'LLM' THEN s.prompt_tokens END) AS prompt_tokens,
        sum(CASE WHEN s.kind = 'LLM' THEN s.completion_tokens END) AS completion_tokens,
        ${db.jsonListOf(sql`SELECT DISTINCT m.model_name AS item FROM spans m
          WHERE m.trace_id = s.trace_id AND m.model_name IS NOT NULL ORDER BY m.model_name`)} AS model_names
      FROM spans s WHERE s.trace_id IN ${db.textsOf(v.traceIds)} GROUP BY s.trace_id`,
  );

  return {
    *saveSpans(spans: readonly NewSpan[]): Operation<null> {
      for (const span of spans) yield* rows(insert, span);
      return null;
    },
    listTraces: (traceIds: readonly string[]) => rows(list, { traceIds: JSON.stringify(traceIds) }),
  };
}
