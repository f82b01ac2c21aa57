import { wireInstant } from '@assay/client/wire';
import { z } from '@hono/zod-openapi';
import type { NodeSpan, ProjectTrace, Span, SpanFilter } from '@assay/store';
import { Failure } from './failure.ts';
import { modelCallOf, spanKindOf, spanKinds } from './open-inference.ts';
import { filledText, instantText, jsonObject, text, time } from './schemas.ts';

/* Spans and traces on the wire. */

/** A time that says its offset. */
const zonedTime = z
  .string()
  .regex(/(Z|[+-]\d{2}:?\d{2})$/, 'must have an offset')
  .pipe(time)
  .openapi({ type: 'string', format: 'date-time' });

export const wireSpan = z
  .object({
    id: z.string(),
    name: z.string(),
    context: z.object({ trace_id: z.string(), span_id: z.string() }),
    span_kind: z.string(),
    parent_id: z.string().nullable(),
    start_time: instantText,
    end_time: instantText,
    status_code: z.string(),
    status_message: z.string(),
    attributes: jsonObject,
    events: z.array(z.object({ name: z.string(), timestamp: instantText, attributes: jsonObject })),
  })
  .openapi('Span');

export const spanBody = z
  .object({
    name: text,
    context: z.object({ trace_id: filledText, span_id: filledText }),
    span_kind: text,
    parent_id: text.nullish(),
    start_time: zonedTime,
    end_time: zonedTime,
    status_code: text,
    status_message: text.default(''),
    attributes: jsonObject.default({}),
    events: z.array(z.object({ name: text, timestamp: zonedTime, attributes: jsonObject.default({}) })).default([]),
  })
  .openapi('SpanDraft');

export const wireTrace = z
  .object({
    id: z.string(),
    trace_id: z.string(),
    project_id: z.string(),
    start_time: instantText,
    end_time: instantText,
    token_count_prompt: z.number(),
    token_count_completion: z.number(),
    token_count_total: z.number(),
    spans: z
      .array(
        z.object({
          id: z.string(),
          span_id: z.string(),
          parent_id: z.string().nullable(),
          name: z.string(),
          span_kind: z.string(),
          status_code: z.string(),
          start_time: instantText,
          end_time: instantText,
        }),
      )
      .nullable(),
  })
  .openapi('Trace');

const statuses: ReadonlySet<string> = new Set(['OK', 'ERROR', 'UNSET']);

export function spanFromWire(span: z.output<typeof spanBody>, projectName: string): Span {
  const status = span.status_code.toUpperCase();
  return {
    traceId: span.context.trace_id,
    spanId: span.context.span_id,
    parentId: span.parent_id || null,
    projectName,
    name: span.name,
    kind: spanKindOf(span.span_kind, span.attributes),
    status: statuses.has(status) ? (status as Span['status']) : 'UNSET',
    statusMessage: span.status_message,
    startedAt: span.start_time.getTime() * 1000,
    endedAt: span.end_time.getTime() * 1000,
    ...modelCallOf(span.attributes),
    attributes: span.attributes,
    events: span.events.map(({ name, timestamp, attributes }) => ({
      name,
      at: timestamp.getTime() * 1000,
      attributes,
    })),
  };
}

export function spanToWire(span: NodeSpan): z.input<typeof wireSpan> {
  // The kind has a field of its own.
  const { 'openinference.span.kind': _kind, ...attributes } = span.attributes;
  return {
    ...headOf(span),
    context: { trace_id: span.traceId, span_id: span.spanId },
    status_message: span.statusMessage,
    attributes,
    events: span.events.map(({ name, at, attributes: given }) => ({
      name,
      timestamp: instantOf(at),
      attributes: given,
    })),
  };
}

/** @param spans - Of the trace, oldest first; `null`: not asked for. */
export function traceToWire(
  trace: ProjectTrace,
  projectId: string | null,
  spans: readonly NodeSpan[] | null,
): z.input<typeof wireTrace> {
  const prompt = trace.promptTokens ?? 0;
  const completion = trace.completionTokens ?? 0;
  return {
    id: trace.id,
    trace_id: trace.traceId,
    project_id: projectId ?? '',
    start_time: wireInstant(trace.startedAt),
    end_time: wireInstant(trace.endedAt),
    token_count_prompt: prompt,
    token_count_completion: completion,
    token_count_total: prompt + completion,
    spans: spans && spans.map((span) => ({ ...headOf(span), span_id: span.spanId })),
  };
}

/** The filter that a query asks for. @throws Failure 422 for kinds and statuses that are none. */
export function filterOf(query: {
  readonly start_time?: Date | undefined;
  readonly end_time?: Date | undefined;
  readonly trace_id?: readonly string[] | undefined;
  readonly span_id?: readonly string[] | undefined;
  readonly parent_id?: string | undefined;
  readonly name?: readonly string[] | undefined;
  readonly span_kind?: readonly string[] | undefined;
  readonly status_code?: readonly string[] | undefined;
}): SpanFilter {
  return {
    startedFrom: query.start_time && query.start_time.getTime() * 1000,
    startedBefore: query.end_time && query.end_time.getTime() * 1000,
    traceIds: query.trace_id,
    spanIds: query.span_id,
    parentId: query.parent_id === 'null' ? null : query.parent_id,
    names: query.name,
    kinds: query.span_kind?.map((kind) => oneOf(spanKinds, kind, 'span_kind')),
    statuses: query.status_code?.map((status) => oneOf(statuses, status, 'status_code')),
  };
}

function oneOf(known: ReadonlySet<string>, given: string, name: string): string {
  const upper = given.toUpperCase();
  if (known.has(upper)) return upper;
  throw new Failure(422, `Expected ${name} to be one of ${[...known].join(', ')}, got ${JSON.stringify(given)}`);
}

function headOf(span: NodeSpan) {
  return {
    id: span.id,
    parent_id: span.parentId,
    name: span.name,
    span_kind: span.kind,
    status_code: span.status,
    start_time: instantOf(span.startedAt),
    end_time: instantOf(span.endedAt),
  };
}

function instantOf(microseconds: number): string {
  return wireInstant(new Date(microseconds / 1000));
}
