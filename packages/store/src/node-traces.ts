import { AssayError, jsonObjectText, storedName, storedText } from '@assay/core';
import { globalId, readGlobalId } from './global-id.ts';
import { pageOf } from './node-datasets.ts';
import type {
  NodeSpan,
  NodeTraceStore,
  ProjectTrace,
  Span,
  SpanFilter,
  Trace,
  TraceAnnotation,
} from './node-trace-store.ts';
import type { NewSpan, ProjectTraceRow, SpanRow, TraceRow } from './operations/spans.ts';
import type { NewTraceAnnotation } from './operations/trace-annotations.ts';
import { dateOf, microseconds, storedTime } from './rows.ts';
import type { Connection } from './connection.ts';

/** The part of a node store that is about traces. */
export function createNodeTraces({ call }: Connection): NodeTraceStore {
  return {
    saveSpans: async (spans) => {
      await call('saveSpans', spans.map(spanToRow));
    },

    createSpans: (spans) => call('createSpans', spans.map(spanToRow)),

    listTraces: async (traceIds) => (await call('listTraces', traceIds)).map(traceFromRow),

    getProject: async (idOrName) => {
      const node = readGlobalId(idOrName);
      const found = await call('getProject', idOrName, node?.type === 'Project' ? node.row : 0);
      if (!found) throw new AssayError('not-found', `No project has the id or name ${JSON.stringify(idOrName)}`);
      return { name: found.name, id: found.id === 0 ? null : globalId('Project', found.id) };
    },

    listSpans: (project, filter, page) => {
      const wanted = {
        project,
        ...timesOf(filter),
        traceIds: listOf(filter.traceIds),
        spanIds: listOf(filter.spanIds),
        parentId: filter.parentId === undefined ? null : (filter.parentId ?? ''),
        names: listOf(filter.names),
        kinds: listOf(filter.kinds),
        statuses: listOf(filter.statuses),
      };
      return pageOf('Span', page, (before, limit) => call('listSpans', { ...wanted, before, limit }), spanFromRow);
    },

    listProjectTraces: (project, filter, page) =>
      pageOf(
        'Trace',
        page,
        (before, limit) => call('listProjectTraces', { project, ...timesOf(filter), before, limit }),
        projectTraceFromRow,
      ),

    annotateTraces: async (annotations, isKnownOnly) => {
      const ids = await call('annotateTraces', annotations.map(annotationToRow), isKnownOnly, microseconds(Date.now()));
      return ids.map((id, index) =>
        globalId(annotations[index]!.target === 'span' ? 'SpanAnnotation' : 'TraceAnnotation', id),
      );
    },
  };
}

function timesOf({ startedFrom, startedBefore }: SpanFilter) {
  return { startedFrom: startedFrom ?? null, startedBefore: startedBefore ?? null };
}

function listOf(texts: readonly string[] | undefined): string | null {
  return texts && texts.length > 0 ? JSON.stringify(texts) : null;
}

function spanToRow(span: Span): NewSpan {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: span.parentId,
    project_name: span.projectName,
    name: span.name,
    kind: span.kind,
    status: span.status,
    status_message: span.statusMessage,
    started_at: storedTime(span.startedAt),
    ended_at: storedTime(span.endedAt),
    prompt_tokens: span.promptTokens,
    completion_tokens: span.completionTokens,
    model_name: span.modelName,
    attributes: jsonObjectText(span.attributes, 'the attributes of a span'),
    events: JSON.stringify(span.events),
  };
}

function spanFromRow(row: SpanRow): NodeSpan {
  return {
    id: globalId('Span', row.id),
    traceId: row.trace_id,
    spanId: row.span_id,
    parentId: row.parent_id,
    projectName: row.project_name,
    name: row.name,
    kind: row.kind,
    // The table holds nothing else.
    status: row.status as Span['status'],
    statusMessage: row.status_message,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    modelName: row.model_name,
    attributes: JSON.parse(row.attributes),
    events: JSON.parse(row.events),
  };
}

function traceFromRow(row: TraceRow): Trace {
  return {
    traceId: row.trace_id,
    startedAt: dateOf(row.started_at),
    latencyMs: (row.ended_at - row.started_at) / 1000,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    modelNames: JSON.parse(row.model_names),
  };
}

function projectTraceFromRow(row: ProjectTraceRow): ProjectTrace {
  return {
    id: globalId('Trace', row.id),
    traceId: row.trace_id,
    startedAt: dateOf(row.started_at),
    endedAt: dateOf(row.ended_at),
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
  };
}

function annotationToRow(annotation: TraceAnnotation): NewTraceAnnotation {
  return {
    target: annotation.target,
    target_id: annotation.targetId,
    name: storedName(annotation.name, 'the name of an annotation'),
    identifier: storedText(annotation.identifier) ?? '',
    kind: annotation.kind,
    score: annotation.score,
    label: storedText(annotation.label),
    explanation: storedText(annotation.explanation),
    metadata: jsonObjectText(annotation.metadata, 'the metadata of an annotation'),
  };
}
