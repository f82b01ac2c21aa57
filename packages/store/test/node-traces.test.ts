import { expect, test } from 'vitest';
import { describeInEach } from './fixtures/databases.ts';

const span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentId: null,
  projectName: 'p',
  name: 'call',
  kind: 'LLM',
  status: 'OK',
  statusMessage: '',
  startedAt: 1_000_000,
  endedAt: 1_500_000,
  promptTokens: 7,
  completionTokens: null,
  modelName: 'small',
  attributes: {},
  events: [],
} as const;

describeInEach((openEmpty) => {
  test('lists the spans and traces of a project, and annotates what is there', async () => {
    await using store = await openEmpty();
    const { nodes } = store;
    expect(await nodes.createSpans([span, { ...span, spanId: '00f067aa0ba902b7', kind: 'CHAIN' }])).toEqual([]);
    expect(await nodes.createSpans([span, { ...span, spanId: '01f067aa0ba902b7' }])).toEqual([span.spanId]);
    const project = await nodes.getProject('p');
    expect(await nodes.getProject(project.id!)).toEqual(project);
    const filter = { traceIds: [span.traceId], kinds: ['LLM'], parentId: null, startedFrom: 1_000_000 };
    expect((await nodes.listSpans('p', filter, { limit: 5 })).items).toMatchObject([{ ...span }]);
    const { items } = await nodes.listProjectTraces('p', { startedBefore: 2_000_000 }, { limit: 5 });
    expect(items).toMatchObject([{ traceId: span.traceId, promptTokens: 7, completionTokens: null }]);
    const tone = { target: 'span', targetId: span.spanId, name: 'tone', identifier: '', kind: 'HUMAN' } as const;
    const said = { ...tone, score: 0.5, label: null, explanation: null, metadata: {} };
    const first = await nodes.annotateTraces([said], true);
    expect(await nodes.annotateTraces([{ ...said, label: 'dry' }], true)).toEqual(first);
    await expect(nodes.annotateTraces([{ ...said, targetId: 'f'.repeat(16) }], true)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
