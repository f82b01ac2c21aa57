import { expect, test } from 'vitest';
import { evaluationOf, nodeId, runOf, startExperiment, startServer } from '../fixtures/server.ts';

test('saves a run, shows it, and keeps a success as it is', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const path = `/v1/experiments/${id}/runs`;
  const saved = await ask('POST', path, {
    id: 'temp-1',
    ...runOf(nodeIds[0]!, { output: null, trace_id: 'a'.repeat(32) }),
  });
  expect(saved.status).toBe(200);
  expect((await get(path)).json).toEqual({
    data: [
      {
        id: (saved.json as { data: { id: string } }).data.id,
        experiment_id: id,
        dataset_example_id: nodeIds[0],
        repetition_number: 1,
        output: null,
        error: null,
        start_time: '2026-03-01T12:00:00.000+00:00',
        end_time: '2026-03-01T12:00:00.250+00:00',
        trace_id: 'a'.repeat(32),
        metadata: {},
      },
    ],
    next_cursor: null,
  });
  expect((await ask('POST', path, runOf(nodeIds[0]!))).status).toBe(409);
});

test('lets a failure be saved over under the same id, with its evaluations gone but those of people', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const path = `/v1/experiments/${id}/runs`;
  const failed = await ask('POST', path, runOf(nodeIds[0]!, { output: null, error: '' }));
  const runId = (failed.json as { data: { id: string } }).data.id;
  expect((await get(`/v1/experiments/${id}`)).json).toMatchObject({
    data: { successful_run_count: 0, failed_run_count: 1, missing_run_count: 2 },
  });
  await ask('POST', '/v1/experiment_evaluations', evaluationOf(runId));
  await ask('POST', '/v1/experiment_evaluations', evaluationOf(runId, { name: 'person', annotator_kind: 'HUMAN' }));
  const again = await ask('POST', path, runOf(nodeIds[0]!));
  expect(again.json).toMatchObject({ data: { id: runId } });
  const records = (await get(`/v1/experiments/${id}/json`)).json as { annotations: { name: string }[] }[];
  expect(records[0]!.annotations.map(({ name }) => name)).toEqual(['person']);
});

test('lets one of two writers of a run win', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((output) => ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!, { output }))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(((await get(`/v1/experiments/${id}/runs`)).json as { data: unknown[] }).data.length).toBe(1);
});

test('pages runs from the newest down', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  for (const node of nodeIds) await ask('POST', `/v1/experiments/${id}/runs`, runOf(node));
  const first = (await get(`/v1/experiments/${id}/runs?limit=2`)).json as {
    data: { dataset_example_id: string }[];
    next_cursor: string;
  };
  const second = (await get(`/v1/experiments/${id}/runs?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`))
    .json as typeof first;
  expect([...first.data, ...second.data].map((run) => run.dataset_example_id)).toEqual(nodeIds.toReversed());
  expect(second.next_cursor).toBeNull();
});

test('refuses runs that cannot be, and stores none of them', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const run = runOf(nodeIds[0]!);
  const { output: _, ...withoutOutput } = run;
  const bad: readonly (readonly [unknown, number])[] = [
    [withoutOutput, 422],
    [{ ...run, repetition_number: 0 }, 422],
    [{ ...run, repetition_number: 2 }, 422],
    [{ ...run, repetition_number: 1.5 }, 422],
    [{ ...run, start_time: 'yesterday' }, 422],
    [{ ...run, end_time: '2026-03-01T11:00:00+00:00' }, 422],
    [{ ...run, dataset_example_id: 'nonsense' }, 422],
    [{ ...run, dataset_example_id: nodeId('Dataset', 1) }, 404],
    [{ ...run, dataset_example_id: nodeId('DatasetExample', 999) }, 404],
    [{ ...run, error: 'a\0b' }, 422],
    [JSON.stringify(run).replace('"yes"', 'NaN'), 422],
    [JSON.stringify(run).replace('"yes"', '['.repeat(600) + ']'.repeat(600)), 422],
    [[run], 422],
  ];
  for (const [body, status] of bad)
    expect(
      (await ask('POST', `/v1/experiments/${id}/runs`, body, { 'content-type': 'application/json' })).status,
      JSON.stringify(body).slice(0, 90),
    ).toBe(status);
  expect((await ask('POST', `/v1/experiments/${nodeId('Experiment', 9)}/runs`, run)).status).toBe(404);
  expect((await ask('POST', '/v1/experiments/nonsense/runs', run)).status).toBe(422);
  expect((await get(`/v1/experiments/${id}/runs`)).json).toEqual({ data: [], next_cursor: null });
});

test('keeps a NUL inside of an output, which is JSON', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!, { output: { text: 'a\0b' } }));
  expect((await get(`/v1/experiments/${id}/runs`)).json).toMatchObject({ data: [{ output: { text: 'a\0b' } }] });
});

test('gives back what a client of ours has measured, and adds nothing to what others send', async () => {
  const { ask, get, store } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const metadata = {
    'assay.attempts': 3,
    'assay.latencyMs': 12.5,
    'assay.waitMs': 40,
    'assay.usage': { promptTokens: 7, completionTokens: 3, costUsd: null },
  };
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!, { metadata }));
  expect((await get(`/v1/experiments/${id}/runs`)).json).toMatchObject({ data: [{ metadata }] });
  for await (const run of store.listTaskRuns(id))
    expect(run).toMatchObject({ attempts: 3, latencyMs: 12.5, usage: { promptTokens: 7 } });
});

test('lists the runs and evaluations that are missing, page by page', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask, { repetitions: 2 });
  const save = async (node: string, changes = {}) =>
    ((await ask('POST', `/v1/experiments/${id}/runs`, runOf(node, changes))).json as { data: { id: string } }).data.id;
  const first = await save(nodeIds[0]!, { repetition_number: 2 });
  await save(nodeIds[1]!);
  const third = await save(nodeIds[1]!, { repetition_number: 2 });
  await save(nodeIds[2]!, { error: 'overloaded', output: null });
  const runs = (await get(`/v1/experiments/${id}/incomplete-runs?limit=1`)).json as { next_cursor: string };
  expect(runs).toMatchObject({
    data: [{ dataset_example: { id: nodeIds[0] }, repetition_numbers: [1] }],
    next_cursor: nodeIds[2],
  });
  expect((await get(`/v1/experiments/${id}/incomplete-runs?cursor=${runs.next_cursor}`)).json).toMatchObject({
    data: [{ repetition_numbers: [1, 2] }],
    next_cursor: null,
  });

  await ask('POST', '/v1/experiment_evaluations', evaluationOf(first, { result: {} }));
  await ask('POST', '/v1/experiment_evaluations', evaluationOf(third, { result: null, error: 'judge is gone' }));
  const path = `/v1/experiments/${id}/incomplete-evaluations`;
  const names = (answer: unknown) =>
    (answer as { data: { evaluation_names: string[] }[] }).data.map(({ evaluation_names }) => evaluation_names);
  expect(names((await get(`${path}?evaluation_name=%20exact%20&evaluation_name=brief`)).json)).toEqual([
    ['brief'],
    ['brief', 'exact'],
    ['brief', 'exact'],
  ]);
  expect(names((await get(`${path}?evaluation_name=exact&limit=1`)).json)).toEqual([['exact']]);
  expect((await get(path)).status).toBe(400);
  expect((await get(`${path}?evaluation_name=a%00b`)).status).toBe(400);
});

test('lists more runs than it reads at once, each once, with and without a limit', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask, { examples: 2_300 });
  for (let at = 0; at < nodeIds.length; at += 1_000) {
    const runs = nodeIds.slice(at, at + 1_000).map((node) => runOf(node));
    await ask('POST', `/v1/experiments/${id}/runs/bulk`, { runs });
  }
  type List = { data: { dataset_example_id: string }[]; next_cursor: string | null };
  const listed = async (query: string) => (await get(`/v1/experiments/${id}/runs${query}`)).json as List;
  const all = await listed('');
  expect(new Set(all.data.map((run) => run.dataset_example_id))).toEqual(new Set(nodeIds));
  expect(all).toMatchObject({ data: { length: 2_300 }, next_cursor: null });
  const most = await listed('?limit=2000');
  expect(most.data.length).toBe(2_000);
  const rest = await listed(`?limit=2000&cursor=${encodeURIComponent(most.next_cursor!)}`);
  expect([...most.data, ...rest.data]).toEqual(all.data);
  expect((await listed('?limit=2300')).next_cursor).toBeNull();
});

test('answers each item of a bulk request by itself, also one that is not as described', async () => {
  const { ask } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  const runs = [runOf(nodeIds[0]!, { repetition_number: 0 }), 5, runOf(nodeIds[1]!), runOf('nonsense')];
  const { status, json } = await ask('POST', `/v1/experiments/${id}/runs/bulk`, { runs });
  expect([status, json]).toEqual([
    200,
    {
      data: [
        { status: 422, error: expect.any(String) },
        { status: 422, error: expect.any(String) },
        { id: expect.any(String) },
        { status: 422, error: expect.any(String) },
      ],
    },
  ]);
  const evaluations = await ask('POST', '/v1/experiment_evaluations/bulk', { evaluations: [{ name: 'exact' }] });
  expect(evaluations.json).toMatchObject({ data: [{ status: 422 }] });
});

test('refuses times that could not be read back, so that the list of runs can always be read', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask);
  for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    const run = runOf(nodeIds[0]!, { start_time: time, end_time: time });
    const { status, text } = await ask('POST', `/v1/experiments/${id}/runs`, run);
    expect([status, text]).toEqual([422, expect.stringContaining('between the years 1685 and 2255')]);
  }
  expect((await get(`/v1/experiments/${id}/runs`)).json).toEqual({ data: [], next_cursor: null });
});
