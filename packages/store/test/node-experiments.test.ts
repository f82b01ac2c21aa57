import { expect, test } from 'vitest';
import type { Store } from '../src/index.ts';
import { describeInEach } from './fixtures/databases.ts';
import { collect, successOf } from './fixtures/experiment.ts';

/** An experiment over examples without ids of their own. */
async function startExperiment(store: Store, { examples = 3, repetitions = 1 } = {}) {
  const drafts = Array.from({ length: examples }, (_, index) => ({ input: { index } }));
  const { datasetId, versionId } = await store.nodes.upload({ name: 'd', action: 'create', examples: drafts });
  const draft = { datasetId, datasetVersionId: versionId, repetitions };
  const experiment = await store.nodes.createExperiment(draft);
  const nodeIds = (await collect(store.nodes.listExamples({ experimentId: experiment.id }))).map(
    ({ nodeId }) => nodeId,
  );
  return { experiment, nodeIds };
}

function runOf(experimentId: string, exampleNodeId: string, repetition = 1) {
  return { ...successOf(experimentId, '', repetition), exampleNodeId };
}

describeInEach((openEmpty) => {
  test('gives an experiment a project of its own and counts its runs by outcome', async () => {
    await using store = await openEmpty();
    const { experiment, nodeIds } = await startExperiment(store);
    expect(experiment.projectName).toMatch(/^Experiment-[0-9a-f]{24}$/);
    await store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[0]!));
    await store.nodes.saveTaskRun({ ...runOf(experiment.id, nodeIds[1]!), output: null, error: 'overloaded' });
    expect(await store.nodes.getExperiment(experiment.id)).toMatchObject({ okRunCount: 1, failedRunCount: 1 });
    const { items } = await store.nodes.listExperiments(experiment.datasetId, { limit: 5 });
    expect(items).toMatchObject([{ id: experiment.id, okRunCount: 1, failedRunCount: 1 }]);
  });

  test('takes runs of examples without ids of their own, by the node id and by the port', async () => {
    await using store = await openEmpty();
    const { experiment, nodeIds } = await startExperiment(store);
    await store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[0]!));
    await store.saveTaskRun(successOf(experiment.id, nodeIds[1]!));
    const listed = await collect(store.listTaskRuns(experiment.id, { exampleIds: nodeIds.slice(0, 2) }));
    expect(listed.map(({ exampleId }) => exampleId)).toEqual(nodeIds.slice(0, 2));
    await expect(store.saveTaskRun(successOf(experiment.id, nodeIds[1]!))).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[0]!))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('refuses a run of an example or a repetition that the experiment has not', async () => {
    await using store = await openEmpty();
    const { experiment, nodeIds } = await startExperiment(store);
    const unknown = Buffer.from('DatasetExample:99').toString('base64');
    await expect(store.nodes.saveTaskRun(runOf(experiment.id, unknown))).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[0]!, 2))).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  test('lists runs newest first, page by page', async () => {
    await using store = await openEmpty();
    const { experiment, nodeIds } = await startExperiment(store);
    const saved: string[] = [];
    for (const nodeId of nodeIds) saved.push(await store.nodes.saveTaskRun(runOf(experiment.id, nodeId)));
    const first = await store.nodes.listTaskRuns(experiment.id, { limit: 2 });
    const second = await store.nodes.listTaskRuns(experiment.id, { limit: 2, cursor: first.next! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(saved.toReversed());
    expect(second.next).toBeNull();
  });

  test('lists what is missing: repetitions without a success, and successes without an evaluator', async () => {
    await using store = await openEmpty();
    const { experiment, nodeIds } = await startExperiment(store, { repetitions: 2 });
    const id = await store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[0]!, 2));
    await store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[1]!, 1));
    await store.nodes.saveTaskRun(runOf(experiment.id, nodeIds[1]!, 2));
    await store.nodes.saveTaskRun({ ...runOf(experiment.id, nodeIds[2]!, 1), output: null, error: 'overloaded' });
    const page = await store.nodes.listIncompleteExamples(experiment.id, { limit: 1 });
    expect(page.items).toMatchObject([{ example: { nodeId: nodeIds[0] }, repetitions: [1] }]);
    const next = await store.nodes.listIncompleteExamples(experiment.id, { limit: 1, cursor: page.next! });
    expect(next).toMatchObject({ items: [{ example: { nodeId: nodeIds[2] }, repetitions: [1, 2] }], next: null });

    const at = new Date();
    const evaluation = {
      taskRunId: id,
      name: 'exact',
      kind: 'CODE',
      direction: 'maximize',
      status: 'ok',
      score: 1,
      label: null,
      explanation: null,
      metadata: {},
      error: null,
      attempts: 1,
      startedAt: at,
      endedAt: at,
      latencyMs: null,
      waitMs: null,
      traceId: null,
      usage: null,
    } as const;
    await store.nodes.saveEvaluationRun(evaluation);
    const runs = await store.nodes.listIncompleteRuns(experiment.id, ['exact', 'brief'], { limit: 10 });
    expect(runs.items.map(({ evaluatorNames, example }) => [example.nodeId, evaluatorNames])).toEqual([
      [nodeIds[0], ['brief']],
      [nodeIds[1], ['brief', 'exact']],
      [nodeIds[1], ['brief', 'exact']],
    ]);
  });

  test('takes a tag off by its id or its name, also one that is not there', async () => {
    await using store = await openEmpty();
    const { experiment } = await startExperiment(store);
    const tag = await store.saveTag({ experimentId: experiment.id, name: 'baseline' });
    await store.saveTag({ experimentId: experiment.id, name: 'best' });
    await store.nodes.removeTag(experiment.id, tag.id);
    await store.nodes.removeTag(experiment.id, 'best');
    await store.nodes.removeTag(experiment.id, 'best');
    expect(await collect(store.listTags(experiment.id))).toEqual([]);
  });

  test('adds up the spans of a trace, counting the tokens of model calls only, and takes a span once', async () => {
    await using store = await openEmpty();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const span = {
      traceId,
      spanId: 'b7ad6b7169203331',
      parentId: null,
      projectName: 'default',
      name: 'chain',
      kind: 'CHAIN',
      status: 'OK',
      statusMessage: '',
      startedAt: 1_000_000,
      endedAt: 1_500_000,
      promptTokens: 7,
      completionTokens: 3,
      modelName: null,
      attributes: {},
      events: [],
    } as const;
    const call = { ...span, spanId: '00f067aa0ba902b7', kind: 'LLM', startedAt: 1_100_000, modelName: 'small' };
    await store.nodes.saveSpans([span, call, call]);
    expect(await store.nodes.listTraces([traceId, 'f'.repeat(32)])).toEqual([
      {
        traceId,
        startedAt: new Date(1000),
        latencyMs: 500,
        promptTokens: 7,
        completionTokens: 3,
        modelNames: ['small'],
      },
    ]);
  });
});
