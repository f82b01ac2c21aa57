import { z } from '@hono/zod-openapi';
import { readGlobalId } from '@assay/store';
import type { NodeSpan, Page, PageRequest, Store } from '@assay/store';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { checkCursor } from '../node-id.ts';
import { cursor, limit, pageOf, time } from '../schemas.ts';
import { attributeOf, hasAttributes } from '../span-attributes.ts';
import type { AttributeFilter } from '../span-attributes.ts';
import { filterOf, spanBody, spanFromWire, spanToWire, traceToWire, wireSpan, wireTrace } from '../span-records.ts';
import type { Services } from './services.ts';

const tag = 'Traces';

/** Spans that are in memory at once while they are looked through. */
const spansAtOnce = 1_000;

const texts = z.array(z.string()).optional();
const period = { start_time: time.optional(), end_time: time.optional() };

const spanQuery = z.object({
  cursor,
  limit: limit(100, 1_000),
  ...period,
  trace_id: texts,
  span_id: texts,
  parent_id: z.string().optional().openapi({ description: '`null`: spans without a parent' }),
  name: texts,
  span_kind: texts,
  status_code: texts,
  attribute: texts.openapi({
    description: '`key:value`, the value as JSON, or else as text; all of them are to match',
  }),
});

/** Spans and traces of a project. */
export function addSpanRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'post',
      path: '/v1/projects/{project}/spans',
      summary: 'Save spans; none of them when one is there already',
      tag,
      body: z.object({ data: z.array(spanBody) }),
      status: 202,
      answer: z.object({ total_received: z.int(), total_queued: z.int() }),
      failures: [400, 404],
    },
    async ({ params, body: { data } }) => {
      const project = await projectNamed(store, params.project);
      const known = await store.nodes.createSpans(data.map((span) => spanFromWire(span, project)));
      if (known.length > 0) throw new Failure(400, duplicatesJson(data, new Set(known)));
      return { total_received: data.length, total_queued: data.length };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/projects/{project}/spans',
      summary: 'List the spans of a project, newest first',
      tag,
      query: spanQuery,
      answer: pageOf(wireSpan),
      failures: [404],
    },
    async ({ params, query }) => {
      const attributes = (query.attribute ?? []).map(attributeOf);
      const page = { cursor: checkCursor('Span', query.cursor), limit: query.limit };
      const { name } = await store.nodes.getProject(params.project);
      const list = (at: PageRequest) => store.nodes.listSpans(name, filterOf(query), at);
      const { items, next } = await matching(list, attributes, page);
      return { data: items.map(spanToWire), next_cursor: next };
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/projects/{project}/traces',
      summary: 'List the traces of a project, newest first',
      tag,
      query: z.object({ cursor, limit: limit(100, 1_000), ...period, include_spans: z.stringbool().default(false) }),
      answer: pageOf(wireTrace),
      failures: [404],
    },
    async ({ params, query }) => {
      const page = { cursor: checkCursor('Trace', query.cursor), limit: query.limit };
      const { name, id } = await store.nodes.getProject(params.project);
      const { items, next } = await store.nodes.listProjectTraces(name, filterOf(query), page);
      const spans = query.include_spans
        ? await spansOf(
            store,
            name,
            items.map(({ traceId }) => traceId),
          )
        : null;
      const data = items.map((trace) => traceToWire(trace, id, spans && (spans.get(trace.traceId) ?? [])));
      return { data, next_cursor: next };
    },
  );
}

/** The official clients read this to say which spans were there already. */
function duplicatesJson(spans: readonly z.output<typeof spanBody>[], known: ReadonlySet<string>): string {
  const duplicates = spans.flatMap(({ context }) => (known.has(context.span_id) ? [context] : []));
  return JSON.stringify({
    error: 'Request contains invalid or duplicate spans',
    total_received: spans.length,
    total_queued: 0,
    total_duplicates: duplicates.length,
    total_invalid: 0,
    duplicate_spans: duplicates,
    invalid_spans: [],
  });
}

/** The project's name: a name that nobody has used yet is a new project. */
async function projectNamed(store: Store, idOrName: string): Promise<string> {
  if (readGlobalId(idOrName)?.type !== 'Project') return idOrName;
  return (await store.nodes.getProject(idOrName)).name;
}

/** A page of the spans that have these attributes. They are looked at here, since databases differ in reading JSON. */
async function matching(
  list: (page: PageRequest) => Promise<Page<NodeSpan>>,
  attributes: readonly AttributeFilter[],
  { cursor: from, limit: size }: PageRequest,
): Promise<Page<NodeSpan>> {
  if (attributes.length === 0) return list({ cursor: from, limit: size });
  const items: NodeSpan[] = [];
  for (let at = from; ;) {
    const page = await list({ cursor: at, limit: spansAtOnce });
    for (const span of page.items) {
      if (!hasAttributes(span.attributes, attributes)) continue;
      if (items.length === size) return { items, next: span.id };
      items.push(span);
    }
    if (page.next === null) return { items, next: null };
    at = page.next;
  }
}

async function spansOf(
  store: Store,
  project: string,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NodeSpan[]>> {
  const spans = new Map<string, NodeSpan[]>(traceIds.map((id) => [id, []]));
  if (traceIds.length === 0) return spans;
  for (let cursor: string | undefined; ;) {
    const page = await store.nodes.listSpans(project, { traceIds }, { cursor, limit: spansAtOnce });
    for (const span of page.items) spans.get(span.traceId)?.unshift(span);
    if (page.next === null) return spans;
    cursor = page.next;
  }
}
