import { expect, test } from 'vitest';
import { nodeId, startExperiment, startServer } from '../fixtures/server.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

function spanOf(spanId: string, changes: Record<string, unknown> = {}) {
  return {
    name: 'call',
    context: { trace_id: traceId, span_id: spanId },
    span_kind: 'LLM',
    start_time: '2026-03-01T12:00:00+00:00',
    end_time: '2026-03-01T12:00:01Z',
    status_code: 'OK',
    attributes: { 'llm.model_name': 'small', 'llm.token_count.prompt': 7, 'user.id': 'ann' },
    events: [{ name: 'exception', timestamp: '2026-03-01T12:00:00.500Z', attributes: { 'exception.message': 'no' } }],
    ...changes,
  };
}

test('saves the spans of a project and lists them newest first, page by page', async () => {
  const { ask, get } = await startServer();
  const saved = await ask('POST', '/v1/projects/mine/spans', {
    data: [spanOf('01'), spanOf('02', { parent_id: '01', span_kind: 'odd', status_code: 'odd', attributes: {} })],
  });
  expect([saved.status, saved.json]).toEqual([202, { total_received: 2, total_queued: 2 }]);
  const first = await get('/v1/projects/mine/spans?limit=1');
  expect(first.json).toMatchObject({
    data: [{ parent_id: '01', span_kind: 'UNKNOWN', status_code: 'UNSET' }],
    next_cursor: nodeId('Span', 1),
  });
  const second = await get(`/v1/projects/mine/spans?cursor=${nodeId('Span', 1)}`);
  expect(second.json).toEqual({
    data: [
      {
        id: nodeId('Span', 1),
        ...spanOf('01'),
        parent_id: null,
        status_message: '',
        start_time: '2026-03-01T12:00:00.000+00:00',
        end_time: '2026-03-01T12:00:01.000+00:00',
        events: [{ ...spanOf('01').events[0], timestamp: '2026-03-01T12:00:00.500+00:00' }],
      },
    ],
    next_cursor: null,
  });
});

test('finds spans by what they are and what they carry', async () => {
  const { ask, get } = await startServer();
  await ask('POST', '/v1/projects/p/spans', {
    data: [
      spanOf('01'),
      spanOf('02', { parent_id: '01', name: 'other', span_kind: 'CHAIN', start_time: '2026-03-01T11:00:00Z' }),
      spanOf('03', {
        status_code: 'ERROR',
        attributes: { metadata: { tier: 1 } },
        context: { trace_id: 'f', span_id: '03' },
      }),
    ],
  });
  const found = async (query: string) =>
    ((await get(`/v1/projects/p/spans?${query}`)).json as { data: { context: { span_id: string } }[] }).data.map(
      ({ context }) => context.span_id,
    );
  expect(await found('parent_id=null')).toEqual(['03', '01']);
  expect(await found('parent_id=01')).toEqual(['02']);
  expect(await found('trace_id=f&trace_id=g')).toEqual(['03']);
  expect(await found('span_id=01&span_id=02')).toEqual(['02', '01']);
  expect(await found('name=other')).toEqual(['02']);
  expect(await found('span_kind=chain&status_code=OK')).toEqual(['02']);
  expect(await found('start_time=2026-03-01T12:00:00Z')).toEqual(['03', '01']);
  expect(await found('end_time=2026-03-01T12:00:00Z')).toEqual(['02']);
  expect(await found('attribute=user.id:ann&attribute=llm.token_count.prompt:7&limit=1')).toEqual(['02']);
  expect(await found('attribute=metadata.tier:1')).toEqual(['03']);
  expect(await found('attribute=metadata.tier:%221%22')).toEqual([]);
});

test('adds the spans of a trace up', async () => {
  const { ask, get } = await startServer();
  await ask('POST', '/v1/projects/p/spans', { data: [spanOf('01'), spanOf('02', { span_kind: 'CHAIN' })] });
  const { json } = await get('/v1/projects/p/traces?include_spans=true');
  expect(json).toMatchObject({
    data: [
      { trace_id: traceId, token_count_prompt: 7, token_count_total: 7, spans: [{ span_id: '01' }, { span_id: '02' }] },
    ],
    next_cursor: null,
  });
  const [{ project_id }] = (json as { data: [{ project_id: string }] }).data;
  expect((await get(`/v1/projects/${project_id}/traces`)).json).toMatchObject({ data: [{ spans: null }] });
  expect((await get(`/v1/projects/p/traces?end_time=2026-01-01T00:00:00Z`)).json).toMatchObject({ data: [] });
});

test('knows the project of an experiment before it has a span, and no other', async () => {
  const { ask, get } = await startServer();
  const { id } = await startExperiment(ask);
  const { json } = await get(`/v1/experiments/${id}`);
  const { project_name } = (json as { data: { project_name: string } }).data;
  expect((await get(`/v1/projects/${project_name}/spans`)).json).toEqual({ data: [], next_cursor: null });
  expect((await get('/v1/projects/default/traces')).json).toEqual({ data: [], next_cursor: null });
  expect((await get('/v1/projects/unknown/spans')).status).toBe(404);
  expect((await get(`/v1/projects/${nodeId('Project', 9)}/spans`)).status).toBe(404);
});

test('saves no span of a request with one that is there, or badly made', async () => {
  const { ask, get } = await startServer();
  const path = '/v1/projects/p/spans';
  await ask('POST', path, { data: [spanOf('01')] });
  const twice = await ask('POST', path, { data: [spanOf('02'), spanOf('01')] });
  expect([twice.status, twice.json]).toMatchObject([
    400,
    {
      total_received: 2,
      total_queued: 0,
      total_duplicates: 1,
      duplicate_spans: [{ span_id: '01' }],
      invalid_spans: [],
    },
  ]);
  for (const bad of [
    spanOf('03', { start_time: '2026-03-01T12:00:00' }),
    spanOf(''),
    spanOf('03', { attributes: [] }),
    spanOf('03', { name: 'a\0b' }),
  ])
    expect((await ask('POST', path, { data: [bad] })).status).toBe(422);
  for (const query of ['limit=1001', 'cursor=x', 'attribute=x', 'attribute=x:null', 'span_kind=odd', 'status_code=odd'])
    expect([query, (await get(`${path}?${query}`)).status]).toEqual([query, 422]);
  expect((await get(path)).json).toMatchObject({ data: [{ context: { span_id: '01' } }] });
});

test('annotates spans and traces, one for each name and identifier', async () => {
  const { ask } = await startServer();
  await ask('POST', '/v1/projects/p/spans', { data: [spanOf('01')] });
  const tone = { span_id: '01', name: 'tone', annotator_kind: 'HUMAN', result: { label: 'dry', score: 0.5 } };
  const path = '/v1/span_annotations?sync=true';
  const first = await ask('POST', path, { data: [tone, { ...tone, identifier: 'ann' }] });
  expect(first.json).toEqual({
    data: [{ id: nodeId('SpanAnnotation', 1) }, { id: nodeId('SpanAnnotation', 2) }],
  });
  const again = await ask('POST', path, { data: [{ ...tone, result: { label: 'warm' } }] });
  expect(again.json).toEqual({ data: [{ id: nodeId('SpanAnnotation', 1) }] });
  const trace = await ask('POST', '/v1/trace_annotations?sync=true', { data: [{ ...tone, trace_id: traceId }] });
  expect([trace.status, trace.json]).toEqual([200, { data: [{ id: expect.any(String) }] }]);

  expect((await ask('POST', '/v1/span_annotations', { data: [{ ...tone, span_id: '99' }] })).json).toEqual({
    data: [],
  });
  expect((await ask('POST', path, { data: [tone, { ...tone, span_id: '98' }] })).status).toBe(404);
  expect((await ask('POST', path, { data: [{ ...tone, name: 'note' }] })).status).toBe(400);
  expect((await ask('POST', path, { data: [{ ...tone, annotator_kind: 'human' }] })).status).toBe(422);
  expect((await ask('POST', path, { data: [] })).json).toEqual({ data: [] });
});
