import { z } from '@hono/zod-openapi';
import type { TraceAnnotation } from '@assay/store';
import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { dataOf, filledText, finite, jsonObject, text } from '../schemas.ts';
import type { Services } from './services.ts';

const annotation = z.object({
  name: filledText,
  annotator_kind: z.enum(['LLM', 'CODE', 'HUMAN']),
  result: z.object({ label: text.nullish(), score: finite.nullish(), explanation: text.nullish() }).nullish(),
  metadata: jsonObject.nullish(),
  identifier: text.default(''),
});

const spanAnnotation = annotation.extend({ span_id: filledText }).openapi('SpanAnnotationDraft');
const traceAnnotation = annotation.extend({ trace_id: filledText }).openapi('TraceAnnotationDraft');

/** What is said of spans and traces. */
export function addTraceAnnotationRoutes(api: Api, { store }: Services): void {
  const route = {
    method: 'post',
    tag: 'Traces',
    query: z.object({ sync: z.stringbool().default(false) }),
    answer: dataOf(z.array(z.object({ id: z.string() }))),
    failures: [400, 404],
  } as const;

  api.add(
    {
      ...route,
      path: '/v1/span_annotations',
      summary: 'Annotate spans, each in the place of that of its name and identifier',
      body: z.object({ data: z.array(spanAnnotation) }),
    },
    ({ query, body }) =>
      save(
        body.data.map((given) => annotationOf('span', given.span_id, given)),
        query.sync,
      ),
  );

  api.add(
    {
      ...route,
      path: '/v1/trace_annotations',
      summary: 'Annotate traces, each in the place of that of its name and identifier',
      body: z.object({ data: z.array(traceAnnotation) }),
    },
    ({ query, body }) =>
      save(
        body.data.map((given) => annotationOf('trace', given.trace_id, given)),
        query.sync,
      ),
  );

  async function save(annotations: readonly TraceAnnotation[], isSync: boolean) {
    if (annotations.some(({ name }) => name === 'note'))
      throw new Failure(400, "The name 'note' is reserved for notes on spans and traces");
    const ids = await store.nodes.annotateTraces(annotations, isSync);
    // Phoenix saves later then, and says nothing. Here it is saved at once all the same.
    return { data: isSync ? ids.map((id) => ({ id })) : [] };
  }
}

function annotationOf(
  target: TraceAnnotation['target'],
  targetId: string,
  { name, identifier, annotator_kind, result, metadata }: z.output<typeof annotation>,
): TraceAnnotation {
  const { score = null, label = null, explanation = null } = result ?? {};
  return {
    target,
    targetId,
    name,
    identifier,
    kind: annotator_kind,
    score,
    label,
    explanation,
    metadata: metadata ?? {},
  };
}
