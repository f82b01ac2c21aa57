import { expect, test } from 'vitest';
import { describeInEach } from './fixtures/databases.ts';
import { collect } from './fixtures/experiment.ts';

describeInEach((openEmpty) => {
  test('gives the figures of runs with those of their evaluations, in dataset order', async () => {
    await using store = await openEmpty();
    const examples = [{ input: 1 }, { input: 2 }];
    const { datasetId, versionId } = await store.nodes.upload({ name: 'd', action: 'create', examples });
    const { id } = await store.createExperiment({ datasetId, datasetVersionId: versionId, repetitions: 1 });
    const nodeIds = (await collect(store.nodes.listExamples({ experimentId: id }))).map(({ nodeId }) => nodeId);
    const at = new Date('2026-03-01T12:00:00Z');
    const call = { error: null, attempts: 1, startedAt: at, endedAt: at, latencyMs: 5, waitMs: null, traceId: null };
    for (const exampleNodeId of [...nodeIds].reverse()) {
      const run = { ...call, experimentId: id, exampleNodeId, repetition: 1, output: 'yes', usage: null };
      const taskRunId = await store.nodes.saveTaskRun(run);
      const verdict = { status: 'ok', score: 1, label: null, explanation: null, metadata: {} } as const;
      const judge = { taskRunId, name: 'exact', kind: 'CODE', direction: 'maximize', usage: null } as const;
      await store.nodes.saveEvaluationRun({ ...call, ...judge, ...verdict });
    }
    expect(await collect(store.nodes.listFigures(id))).toMatchObject(
      nodeIds.map((exampleId) => ({
        exampleId,
        error: null,
        latencyMs: 5,
        evaluations: [{ name: 'exact', score: 1 }],
      })),
    );
  });
});
