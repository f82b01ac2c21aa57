import type { Span, SpanEvent } from '@assay/store';
import Pbf from 'pbf';
import { modelCallOf, spanKindOf } from './open-inference.ts';

/* Reads OTLP's trace request. Numbers of fields: opentelemetry-proto v1.9, trace.proto, common.proto, resource.proto. */

interface RawSpan {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  startedAt: number;
  endedAt: number;
  attributes: Record<string, unknown>;
  events: SpanEvent[];
  status: { code: number; message: string };
}

interface ResourceSpans {
  attributes: Record<string, unknown>;
  spans: RawSpan[];
}

const projectKey = 'openinference.project.name';

/**
 * The spans of an `ExportTraceServiceRequest`.
 *
 * @param project - Beats the project that a resource names.
 * @throws Error when the bytes are something else.
 */
export function readSpans(bytes: Uint8Array, project: string | null): readonly Span[] {
  const resources = message(new Pbf(ownBytes(bytes)), [] as ResourceSpans[], {
    1: (all, pbf) => all.push(message(pbf, { attributes: {}, spans: [] } as ResourceSpans, resourceSpans, true)),
  });
  return resources.flatMap(({ attributes, spans }) => {
    const named = attributes[projectKey];
    const projectName = project ?? (typeof named === 'string' && named !== '' ? named : 'default');
    return spans.map((span) => spanOf(span, projectName));
  });
}

/** Pbf reads whole numbers of 8 bytes from the start of the memory that bytes lie in, which they may share with others. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

type Fields<T> = Readonly<Record<number, (into: T, pbf: Pbf) => unknown>>;

/**
 * Reads a message to its end; fields that are not asked for are passed over.
 *
 * @throws RangeError for what no message begins with or ends in the middle of: the reader itself reads on into nothing.
 */
function message<T>(pbf: Pbf, into: T, fields: Fields<T>, isNested = false): T {
  const end = isNested ? pbf.readVarint() + pbf.pos : pbf.length;
  if (end > pbf.length) throw new RangeError('A message ends before its time');
  const read = pbf.readFields(
    (tag: number, target: T, reader: Pbf) => {
      if (tag === 0) throw new RangeError('A field has the number 0');
      fields[tag]?.(target, reader);
    },
    into,
    end,
  );
  if (pbf.pos > end) throw new RangeError('A message ends before its time');
  return read;
}

const attribute: Fields<{ key: string; value: unknown }> = {
  1: (into, pbf) => (into.key = pbf.readString()),
  2: (into, pbf) => (into.value = anyValue(pbf)),
};

const resourceSpans: Fields<ResourceSpans> = {
  1: (into, pbf) => message(pbf, into, { 1: (resource, reader) => addAttribute(resource.attributes, reader) }, true),
  2: (into, pbf) => message(pbf, into, { 2: (scope, reader) => scope.spans.push(rawSpan(reader)) }, true),
};

function rawSpan(pbf: Pbf): RawSpan {
  const blank: RawSpan = {
    traceId: '',
    spanId: '',
    parentId: '',
    name: '',
    startedAt: 0,
    endedAt: 0,
    attributes: {},
    events: [],
    status: { code: 0, message: '' },
  };
  return message(
    pbf,
    blank,
    {
      1: (into, reader) => (into.traceId = hex(reader)),
      2: (into, reader) => (into.spanId = hex(reader)),
      4: (into, reader) => (into.parentId = hex(reader)),
      5: (into, reader) => (into.name = reader.readString()),
      7: (into, reader) => (into.startedAt = Math.round(reader.readFixed64() / 1000)),
      8: (into, reader) => (into.endedAt = Math.round(reader.readFixed64() / 1000)),
      9: (into, reader) => addAttribute(into.attributes, reader),
      11: (into, reader) => into.events.push(spanEvent(reader)),
      15: (into, reader) =>
        message(
          reader,
          into.status,
          {
            2: (status, inner) => (status.message = inner.readString()),
            3: (status, inner) => (status.code = inner.readVarint()),
          },
          true,
        ),
    },
    true,
  );
}

function spanEvent(pbf: Pbf): SpanEvent {
  const blank = { name: '', at: 0, attributes: {} as Record<string, unknown> };
  return message(
    pbf,
    blank,
    {
      1: (into, reader) => (into.at = Math.round(reader.readFixed64() / 1000)),
      2: (into, reader) => (into.name = withoutNul(reader.readString())),
      3: (into, reader) => addAttribute(into.attributes, reader),
    },
    true,
  );
}

function addAttribute(attributes: Record<string, unknown>, pbf: Pbf): void {
  const { key, value } = message(pbf, { key: '', value: null as unknown }, attribute, true);
  Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
}

function anyValue(pbf: Pbf): unknown {
  return message(
    pbf,
    { value: null as unknown },
    {
      1: (into, reader) => (into.value = reader.readString()),
      2: (into, reader) => (into.value = reader.readBoolean()),
      3: (into, reader) => (into.value = reader.readVarint(true)),
      4: (into, reader) => (into.value = finiteOrText(reader.readDouble())),
      5: (into, reader) =>
        (into.value = message(reader, [] as unknown[], { 1: (list, inner) => list.push(anyValue(inner)) }, true)),
      6: (into, reader) => {
        const entries: Record<string, unknown> = {};
        message(reader, entries, { 1: (target, inner) => addAttribute(target, inner) }, true);
        into.value = entries;
      },
      7: (into, reader) => (into.value = Buffer.from(reader.readBytes()).toString('base64')),
    },
    true,
  ).value;
}

function finiteOrText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function hex(pbf: Pbf): string {
  return Buffer.from(pbf.readBytes()).toString('hex');
}

function spanOf(span: RawSpan, projectName: string): Span {
  if (span.traceId.length !== 32 || span.spanId.length !== 16)
    throw new RangeError('Expected a trace id of 16 bytes and a span id of 8');
  const { attributes } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentId === '' ? null : span.parentId,
    projectName,
    name: withoutNul(span.name),
    kind: spanKindOf(attributes['openinference.span.kind'], attributes),
    status: span.status.code === 2 ? 'ERROR' : span.status.code === 1 ? 'OK' : 'UNSET',
    statusMessage: withoutNul(span.status.message),
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    ...modelCallOf(attributes),
    attributes,
    events: span.events,
  };
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
