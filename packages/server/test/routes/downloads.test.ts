import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { evaluationOf, nodeId, runOf, startExperiment, startServer, upload } from '../fixtures/server.ts';

test('downloads a dataset as CSV with nesting in the names, and under its name', async () => {
  const { ask, get } = await startServer();
  const inputs = [
    { q: 'a,"b"\nc', meta: { lang: 'de' } },
    { q: 2, list: [1, { x: 2 }] },
  ];
  const { dataset_id } = await upload(ask, {
    name: "it's (new) ü",
    inputs,
    outputs: [{ a: true }, {}],
    splits: ['train', null],
    example_ids: ['own', null],
  });
  const answer = await get(`/v1/datasets/${dataset_id}/csv`);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''it%27s%20%28new%29%20%C3%BC.csv",
  );
  expect(parse(answer.text, { columns: true })).toEqual([
    {
      id: 'own',
      node_id: nodeId('DatasetExample', 1),
      'input.q': 'a,"b"\nc',
      'input.meta.lang': 'de',
      'input.list': '',
      'output.a': 'true',
      splits: '["train"]',
    },
    {
      id: nodeId('DatasetExample', 2),
      node_id: nodeId('DatasetExample', 2),
      'input.q': '2',
      'input.meta.lang': '',
      'input.list': '[1,{"x":2}]',
      'output.a': '',
      splits: '',
    },
  ]);
});

test('downloads an older version as JSON lines', async () => {
  const { ask, get } = await startServer();
  const { dataset_id, version_id } = await upload(ask, { name: 'd', inputs: [{ q: 1 }], example_ids: ['a'] });
  await upload(ask, { name: 'd', inputs: [{ q: 2 }], example_ids: ['a'] });
  const { text, headers } = await get(`/v1/datasets/${dataset_id}/jsonl?version_id=${version_id}`);
  expect(JSON.parse(text)).toEqual({
    id: 'a',
    node_id: nodeId('DatasetExample', 1),
    input: { q: 1 },
    output: {},
    metadata: {},
    splits: [],
  });
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test("downloads conversations in OpenAI's formats", async () => {
  const { ask, get } = await startServer();
  const question = { role: 'user', content: 'Peru?' };
  const answer = { role: 'assistant', content: 'Lima' };
  const body = {
    name: 'd',
    inputs: [{ messages: [question], tools: [{ type: 'function' }] }],
    outputs: [{ messages: [answer] }],
  };
  const { dataset_id } = await upload(ask, body);
  const tuning = await get(`/v1/datasets/${dataset_id}/jsonl/openai_ft`);
  expect(JSON.parse(tuning.text)).toEqual({ messages: [question, answer], tools: [{ type: 'function' }] });
  const evals = await get(`/v1/datasets/${dataset_id}/jsonl/openai_evals`);
  expect(JSON.parse(evals.text)).toEqual({ messages: [question], ideal: 'Lima' });
});

test('downloads runs with their evaluations in the order of examples and repetitions', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask, { repetitions: 2, examples: 2 });
  const save = async (node: string, repetition: number, changes = {}) =>
    (
      (await ask('POST', `/v1/experiments/${id}/runs`, runOf(node, { repetition_number: repetition, ...changes })))
        .json as { data: { id: string } }
    ).data.id;
  await save(nodeIds[1]!, 1, { output: [1, 'two'] });
  await save(nodeIds[0]!, 2, { output: null, error: 'overloaded' });
  const first = await save(nodeIds[0]!, 1);
  await ask('POST', '/v1/experiment_evaluations', evaluationOf(first, { name: 'a,b' }));
  const records = (await get(`/v1/experiments/${id}/json`)).json as Record<string, unknown>[];
  expect(
    records.map((record) => [record['example_id'], record['repetition_number'], record['output'], record['error']]),
  ).toEqual([
    [nodeIds[0], 1, 'yes', null],
    [nodeIds[0], 2, null, 'overloaded'],
    [nodeIds[1], 1, [1, 'two'], null],
  ]);
  expect(records[0]).toMatchObject({
    input: { index: 0 },
    reference_output: {},
    latency_ms: 250,
    annotations: [{ name: 'a,b', score: 1, label: 'true' }],
  });
  const rows = parse((await get(`/v1/experiments/${id}/csv`)).text, { columns: true }) as Record<string, string>[];
  expect(rows[0]).toMatchObject({ output: 'yes', 'annotation_a,b_score': '1', latency_ms: '250' });
  expect(rows[2]).toMatchObject({ output: '[1,"two"]', 'annotation_a,b_score': '' });
});

test('answers 404 for an experiment without runs, which clients take for no evaluations', async () => {
  const { ask, get } = await startServer();
  const { id } = await startExperiment(ask);
  for (const format of ['json', 'csv']) {
    expect((await get(`/v1/experiments/${id}/${format}`)).status).toBe(404);
    expect((await get(`/v1/experiments/${nodeId('Experiment', 9)}/${format}`)).status).toBe(404);
  }
});

test('joins more runs than are read at once with the right evaluations', async () => {
  const { ask, get } = await startServer();
  const { id, nodeIds } = await startExperiment(ask, { examples: 1_300 });
  const bulk = async (path: string, name: string, items: unknown[]) => {
    const ids: string[] = [];
    for (let at = 0; at < items.length; at += 1000)
      ids.push(
        ...(
          (await ask('POST', path, { [name]: items.slice(at, at + 1000) })).json as { data: { id: string }[] }
        ).data.map(({ id }) => id),
      );
    return ids;
  };
  const runIds = await bulk(
    `/v1/experiments/${id}/runs/bulk`,
    'runs',
    nodeIds.map((node, index) => runOf(node, { output: index })).reverse(),
  );
  await bulk(
    '/v1/experiment_evaluations/bulk',
    'evaluations',
    runIds.map((runId, index) => evaluationOf(runId, { result: { score: 1299 - index } })),
  );
  const records = (await get(`/v1/experiments/${id}/json`)).json as {
    output: number;
    input: { index: number };
    annotations: { score: number }[];
  }[];
  expect(records.map(({ output }) => output)).toEqual(nodeIds.map((_node, index) => index));
  expect(
    records.every(
      ({ output, input, annotations }) =>
        input.index === output && annotations.length === 1 && annotations[0]!.score === output,
    ),
  ).toBe(true);
});
