import { sql } from '../sql.ts';
import { each, firstRow, prepare, rows } from '../operation.ts';
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
  /** A JSON list. */
  readonly events: string;
}

export interface SpanRow extends NewSpan {
  readonly id: number;
}

/** Spans of a project. A list is JSON; `null`: any. */
export interface SpanPage {
  readonly project: string;
  readonly before: number;
  readonly limit: number;
  readonly startedFrom: number | null;
  readonly startedBefore: number | null;
  readonly traceIds: string | null;
  readonly spanIds: string | null;
  /** Empty: without a parent. */
  readonly parentId: string | null;
  readonly names: string | null;
  readonly kinds: string | null;
  readonly statuses: string | null;
}

/** A trace of a project. */
export interface ProjectTraceRow {
  /** Of its first span. */
  readonly id: number;
  readonly trace_id: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
}

export interface TracePage {
  readonly project: string;
  readonly before: number;
  readonly limit: number;
  readonly startedFrom: number | null;
  readonly startedBefore: number | null;
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
        prompt_tokens, completion_tokens, model_name, attributes, events)
      VALUES (${v.trace_id}, ${v.span_id}, ${v.parent_id}, ${v.project_name}, ${v.name}, ${v.kind}, ${v.status},
        ${v.status_message}, ${v.started_at}, ${v.ended_at}, ${v.prompt_tokens}, ${v.completion_tokens}, ${v.model_name},
        ${v.attributes}, ${v.events})
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

  const findKnown = prepare(
    db,
    (v: { spanIds: string }) => sql<{ span_id: string }>`
      SELECT DISTINCT span_id FROM spans WHERE span_id IN ${db.textsOf(v.spanIds)}`,
  );

  // A project has no row of its own: it is there while a span or an experiment names it, and its first span gives it an id.
  const findProject = prepare(
    db,
    (v: { name: string; id: number }) => sql<{ name: string; id: number }>`
      SELECT p.project_name AS name, min(s.id) AS id
      FROM (SELECT project_name FROM spans WHERE id = ${v.id} OR project_name = ${v.name} LIMIT 1) AS p
      JOIN spans s ON s.project_name = p.project_name GROUP BY p.project_name`,
  );
  const findExperimentProject = prepare(
    db,
    (v: { name: string }) => sql<{ id: number }>`SELECT id FROM experiments WHERE project_name = ${v.name} LIMIT 1`,
  );
  const listOfProject = prepare(
    db,
    (v: SpanPage) => sql<SpanRow>`
      SELECT id, trace_id, span_id, parent_id, project_name, name, kind, status, status_message, started_at, ended_at,
        prompt_tokens, completion_tokens, model_name, attributes, events
      FROM spans WHERE project_name = ${v.project} AND id < ${v.before}
        AND (CAST(${v.startedFrom} AS BIGINT) IS NULL OR started_at >= ${v.startedFrom})
        AND (CAST(${v.startedBefore} AS BIGINT) IS NULL OR started_at < ${v.startedBefore})
        AND (CAST(${v.traceIds} AS TEXT) IS NULL OR trace_id IN ${db.textsOf(v.traceIds)})
        AND (CAST(${v.spanIds} AS TEXT) IS NULL OR span_id IN ${db.textsOf(v.spanIds)})
        AND (CAST(${v.parentId} AS TEXT) IS NULL OR coalesce(parent_id, '') = ${v.parentId})
        AND (CAST(${v.names} AS TEXT) IS NULL OR name IN ${db.textsOf(v.names)})
        AND (CAST(${v.kinds} AS TEXT) IS NULL OR kind IN ${db.textsOf(v.kinds)})
        AND (CAST(${v.statuses} AS TEXT) IS NULL OR status IN ${db.textsOf(v.statuses)})
      ORDER BY id DESC LIMIT ${v.limit}`,
  );
  const listTracesOfProject = prepare(
    db,
    (v: TracePage) => sql<ProjectTraceRow>`
      SELECT t.id, t.trace_id, t.started_at, t.ended_at, t.prompt_tokens, t.completion_tokens FROM
        (SELECT min(id) AS id, trace_id, min(started_at) AS started_at, max(ended_at) AS ended_at,
          sum(CASE WHEN kind = 'LLM' THEN prompt_tokens END) AS prompt_tokens,
          sum(CASE WHEN kind = 'LLM' THEN completion_tokens END) AS completion_tokens
          FROM spans WHERE project_name = ${v.project} GROUP BY trace_id) AS t
      WHERE t.id < ${v.before} AND (CAST(${v.startedFrom} AS BIGINT) IS NULL OR t.started_at >= ${v.startedFrom})
        AND (CAST(${v.startedBefore} AS BIGINT) IS NULL OR t.started_at < ${v.startedBefore})
      ORDER BY t.id DESC LIMIT ${v.limit}`,
  );

  function* saveSpans(spans: readonly NewSpan[]): Operation<null> {
    yield* each(insert, spans);
    return null;
  }

  return {
    saveSpans,
    /** Saves all of them, or none when some are there already. @returns The span ids of those. */
    *createSpans(spans: readonly NewSpan[]): Operation<readonly string[]> {
      const spanIds = JSON.stringify(spans.map(({ span_id }) => span_id));
      const known = yield* rows(findKnown, { spanIds });
      if (known.length === 0) yield* saveSpans(spans);
      return known.map(({ span_id }) => span_id);
    },
    /** A project by its name, or by the row of its first span. `id` is 0 while it has none. */
    *getProject(name: string, id: number): Operation<{ readonly name: string; readonly id: number } | null> {
      const ofSpans = yield* firstRow(findProject, { name, id });
      if (ofSpans) return ofSpans;
      const isNamed = name === 'default' || (yield* firstRow(findExperimentProject, { name })) !== undefined;
      return isNamed ? { name, id: 0 } : null;
    },
    /** Newest first. */
    listSpans: (page: SpanPage) => rows(listOfProject, page),
    /** That whose first span came last comes first. */
    listProjectTraces: (page: TracePage) => rows(listTracesOfProject, page),
    listTraces: (traceIds: readonly string[]) => rows(list, { traceIds: JSON.stringify(traceIds) }),
  };
}
