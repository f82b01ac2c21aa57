import { expect, test } from 'vitest';
import { evaluationOf, nodeId, runOf, startExperiment, startServer } from '../fixtures/server.ts';

const path = '/v1/experiment_evaluations';

async function startRun() {
  const started = await startServer();
  const { id, nodeIds } = await startExperiment(started.ask);
  const saved = await started.ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!));
  const runId = (saved.json as { data: { id: string } }).data.id;
  const annotations = async () =>
    ((await started.get(`/v1/experiments/${id}/json`)).json as { annotations: Record<string, unknown>[] }[])[0]!
      .annotations;
  return { ...started, id, nodeIds, runId, annotations };
}

test('replaces what an evaluator said before under the same id, and lets no failure replace a success', async () => {
  const { ask, runId, annotations } = await startRun();
  const first = await ask('POST', path, evaluationOf(runId, { result: null, error: 'overloaded' }));
  const second = await ask(
    'POST',
    path,
    evaluationOf(runId, { name: ' exact ', result: { score: 0.5, explanation: 'half' } }),
  );
  const third = await ask('POST', path, evaluationOf(runId, { result: {}, error: 'late' }));
  expect([first, second, third].map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set([first, second, third].map(({ text }) => text)).size).toBe(1);
  expect(await annotations()).toMatchObject([
    { name: 'exact', score: 0.5, label: null, explanation: 'half', error: null, annotator_kind: 'CODE' },
  ]);
});

test('merges metadata of the result under the one beside it, and reads the words of the wire in it', async () => {
  const { ask, runId, annotations, store, id } = await startRun();
  const metadata = { b: 2, 'assay.direction': 'minimize', 'assay.skipped': true };
  await ask(
    'POST',
    path,
    evaluationOf(runId, { result: { explanation: 'no answer', metadata: { a: 1, b: 1 } }, metadata }),
  );
  expect(await annotations()).toMatchObject([{ metadata: { a: 1, ...metadata } }]);
  for await (const run of store.listEvaluationRuns(id))
    expect(run).toMatchObject({ status: 'skipped', direction: 'minimize', metadata: { a: 1, b: 2 } });
});

test('takes a boolean and a text of digits for a score', async () => {
  const { ask, runId, annotations } = await startRun();
  await ask('POST', path, evaluationOf(runId, { result: { score: true } }));
  expect(await annotations()).toMatchObject([{ score: 1 }]);
  await ask('POST', path, evaluationOf(runId, { result: { score: '0.25' } }));
  expect(await annotations()).toMatchObject([{ score: 0.25 }]);
});

test('refuses evaluations that cannot be', async () => {
  const { ask, runId } = await startRun();
  const evaluation = evaluationOf(runId);
  const bad: readonly (readonly [unknown, number])[] = [
    [{ ...evaluation, result: null }, 422],
    [{ ...evaluation, result: { score: 'high' } }, 422],
    [{ ...evaluation, result: { score: '1e999' } }, 422],
    [JSON.stringify(evaluation).replace('"score":1', '"score":NaN'), 422],
    [JSON.stringify(evaluation).replace('"score":1', '"score":1e999'), 422],
    [{ ...evaluation, annotator_kind: 'llm' }, 422],
    [{ ...evaluation, name: ' ' }, 422],
    [{ ...evaluation, name: 'a\0' }, 422],
    [{ ...evaluation, experiment_run_id: 'nonsense' }, 422],
    [{ ...evaluation, experiment_run_id: nodeId('Experiment', 1) }, 404],
    [{ ...evaluation, experiment_run_id: nodeId('ExperimentRun', 99) }, 404],
  ];
  for (const [body, status] of bad)
    expect((await ask('POST', path, body, { 'content-type': 'application/json' })).status, JSON.stringify(body)).toBe(
      status,
    );
});

test('saves runs and evaluations in bulk, with an answer for each in order', async () => {
  const { ask, get, id, nodeIds, runId } = await startRun();
  const runs = [runOf(nodeIds[1]!), runOf(nodeIds[0]!), runOf(nodeId('DatasetExample', 99)), runOf(nodeIds[2]!)];
  const saved = (await ask('POST', `/v1/experiments/${id}/runs/bulk`, { runs })).json as {
    data: { id?: string; status?: number }[];
  };
  expect(saved.data.map(({ id, status }) => (id === undefined ? status : 'saved'))).toEqual([
    'saved',
    409,
    404,
    'saved',
  ]);
  const evaluations = [
    evaluationOf(runId),
    evaluationOf(nodeId('ExperimentRun', 99)),
    evaluationOf(saved.data[0]!.id!, { result: null, error: null }),
  ];
  const judged = (await ask('POST', `${path}/bulk`, { evaluations })).json as typeof saved;
  expect(judged.data.map(({ id, status }) => (id === undefined ? status : 'saved'))).toEqual(['saved', 404, 422]);
  expect((await get(`/v1/experiments/${id}`)).json).toMatchObject({ data: { successful_run_count: 3 } });
  const many = { runs: Array.from({ length: 1001 }, () => runs[0]) };
  expect((await ask('POST', `/v1/experiments/${id}/runs/bulk`, many)).status).toBe(422);
  expect((await ask('POST', `/v1/experiments/${nodeId('Experiment', 9)}/runs/bulk`, { runs: [] })).status).toBe(404);
});

test('attaches annotations of people, and tells of each record that is not there', async () => {
  const { ask, id, runId, annotations } = await startRun();
  const body = {
    annotations: [
      {
        record_id: runId,
        values: [
          { name: 'correct', score: 1, label: 'yes' },
          { name: 'tone', label: 'kind' },
        ],
      },
      { record_id: nodeId('ExperimentRun', 99), values: [{ name: 'correct', score: 0 }] },
      { record_id: runId, values: [{ name: 'nothing' }] },
    ],
  };
  const { json } = await ask('POST', `/v1/experiments/${id}/annotations`, body);
  expect(json).toMatchObject({
    data: [{ ids: [expect.any(String), expect.any(String)] }, { status: 404 }, { status: 422 }],
  });
  await ask('POST', `/v1/experiments/${id}/annotations`, {
    annotations: [{ record_id: runId, values: [{ name: 'tone', label: 'rude' }] }],
  });
  expect(await annotations()).toMatchObject([
    { name: 'correct', annotator_kind: 'HUMAN', score: 1 },
    { name: 'tone', label: 'rude' },
  ]);
});
