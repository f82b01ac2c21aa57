import { fromArrowIPC, fromParquet } from '@assay/frames';
import { expect, test } from 'vitest';
import { startJobs } from '../fixtures/jobs.ts';
import { evaluationOf, nodeId, runOf, startExperiment, startServer } from '../fixtures/server.ts';
import type { Ask } from '../fixtures/server.ts';

/** An experiment of 12 examples, every third of which fails, with a score and a label each. */
async function scored(ask: Ask, { datasetId, bonus = 0 }: { datasetId?: string; bonus?: number } = {}) {
  const started = await startExperiment(ask, { examples: 12 });
  const created = datasetId && (await ask('POST', `/v1/datasets/${datasetId}/experiments`, {}));
  const id = created ? (created.json as { data: { id: string } }).data.id : started.id;
  for (const [index, node] of started.nodeIds.entries()) {
    const changes =
      index % 3 === 2
        ? { output: null, error: 'overloaded' }
        : {
            output: index % 2 ? 'odd' : 'even',
            metadata: { 'assay.attempts': 2, 'assay.latencyMs': 10 * index, 'assay.waitMs': 1 },
          };
    const run = (await ask('POST', `/v1/experiments/${id}/runs`, runOf(node, changes))).json as {
      data: { id: string };
    };
    if (index % 3 === 2) continue;
    const metadata = { 'assay.attempts': 1, 'assay.usage': { promptTokens: 5, completionTokens: null, costUsd: 0.25 } };
    await ask(
      'POST',
      '/v1/experiment_evaluations',
      evaluationOf(run.data.id, {
        name: 'quality',
        result: { score: index + bonus + (index % 2) * bonus, label: index < 5 ? 'low' : 'high' },
        metadata,
      }),
    );
  }
  return { ...started, id };
}

test('summarises an experiment in the words of the wire', async () => {
  const { ask, get } = await startServer();
  const { id } = await scored(ask);
  expect((await get(`/v1/experiments/${id}/summary`)).json).toMatchObject({
    data: {
      experiment_id: id,
      task_runs: { planned: 12, ok: 8, failed: 4, missing: 0 },
      evaluators: {
        quality: {
          planned: 12,
          ok: 8,
          failed: 0,
          skipped: 0,
          missing: 4,
          mean: 5,
          labels: { low: 4, high: 4 },
          direction: 'maximize',
        },
      },
      latency_ms: { p50: 50 },
      wait_ms: 8,
      attempts: 20,
      retries: 8,
      usage: { task: { prompt_tokens: null }, evaluators: { prompt_tokens: 40, completion_tokens: null, cost_usd: 2 } },
      stopped: null,
    },
  });
  expect((await get(`/v1/experiments/${nodeId('Experiment', 9)}/summary`)).status).toBe(404);
});

test('summarises the experiments of a dataset page by page', async () => {
  const { ask, get } = await startServer();
  const { id, datasetId } = await scored(ask);
  const second = ((await ask('POST', `/v1/datasets/${datasetId}/experiments`, {})).json as { data: { id: string } })
    .data.id;
  const page = await get(`/v1/datasets/${datasetId}/experiment_summaries?limit=1`);
  expect(page.json).toMatchObject({ data: [{ experiment_id: second, task_runs: { missing: 12 } }], next_cursor: id });
});

test('compares two experiments of a dataset, with an interval and a verdict', async () => {
  const { ask, get } = await startServer();
  const base = await scored(ask);
  const candidate = await scored(ask, { datasetId: base.datasetId, bonus: 1 });
  const { json } = await get(`/v1/experiments/${base.id}/compare/${candidate.id}`);
  const { data } = json as { data: { metrics: { metric: string; difference: number }[]; examples: unknown[] } };
  const quality = data.metrics.find(({ metric }) => metric === 'quality');
  expect(quality).toMatchObject({
    n_paired: 8,
    difference: 1.5,
    verdict: 'too little data',
    improved: 8,
    regressed: 0,
  });
  expect(data.examples.length).toBeGreaterThan(0);
});

test('refuses to compare experiments of different datasets', async () => {
  const { ask, get } = await startServer();
  const base = await startExperiment(ask, { name: 'one' });
  const other = await startExperiment(ask, { name: 'two' });
  expect((await get(`/v1/experiments/${base.id}/compare/${other.id}`)).status).toBe(422);
});

test('gives the confusion matrix of labels against the truth', async () => {
  const { ask, get } = await startServer();
  const { id } = await scored(ask);
  const { json } = await get(`/v1/experiments/${id}/classification?label=quality&expected=output`);
  expect(json).toMatchObject({ data: { labels: ['even', 'high', 'low', 'odd'], n: 8, accuracy: 0 } });
  expect((await get(`/v1/experiments/${id}/classification?label=unknown&expected=output`)).status).toBe(422);
  expect((await get(`/v1/experiments/${id}/classification`)).status).toBe(422);
});

test('filters, sorts and pages rows', async () => {
  const { ask, get } = await startServer();
  const { id } = await scored(ask);
  const path = `/v1/experiments/${id}/rows`;
  const inputs = async (query: string) =>
    ((await get(`${path}?${query}`)).json as { data: { input: string }[] }).data.map(
      ({ input }) => (JSON.parse(input) as { index: number }).index,
    );
  expect(await inputs('status=failed')).toEqual([2, 5, 8, 11]);
  expect(await inputs('evaluator=quality&label=high&max_score=9')).toEqual([6, 7, 9]);
  expect(await inputs('evaluator=quality&sort=-eval.quality.score&limit=3')).toEqual([10, 9, 7]);
  expect(await inputs('text=OVERLOADED')).toEqual([2, 5, 8, 11]);
  expect(await inputs('split=none')).toEqual([]);
  const seen: number[] = [];
  for (let cursor = ''; ;) {
    const page = (await get(`${path}?sort=latency_ms&limit=5&cursor=${encodeURIComponent(cursor)}`)).json as {
      data: { input: string }[];
      next_cursor: string | null;
    };
    seen.push(...page.data.map(({ input }) => (JSON.parse(input) as { index: number }).index));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect((await get(`${path}?label=high`)).status).toBe(422);
  expect((await get(`${path}?sort=-latency`)).status).toBe(422);
  expect((await get(`${path}?sort=eval.quality`)).status).toBe(422);
  expect((await get(`${path}?min_score=NaN&evaluator=quality`)).status).toBe(422);
});

test('gives the runs frame as an Arrow stream and as Parquet', async () => {
  const { ask, server } = await startServer();
  const { id } = await scored(ask);
  for (const [format, read] of [
    ['arrow', fromArrowIPC],
    ['parquet', fromParquet],
  ] as const) {
    const response = await server.fetch(new Request(`http://localhost/v1/experiments/${id}/runs.${format}`));
    expect(response.status).toBe(200);
    const table = await read(new Uint8Array(await response.arrayBuffer()));
    expect(table.numRows()).toBe(12);
    expect(table.objects()[0]).toMatchObject({
      experiment_id: id,
      output: 'even',
      status: 'ok',
      'eval.quality.score': 0,
      'eval.quality.label': 'low',
    });
    expect(table.objects()[2]).toMatchObject({ status: 'failed', error: 'overloaded', 'eval.quality.score': null });
  }
  expect(
    (await server.fetch(new Request(`http://localhost/v1/experiments/${nodeId('Experiment', 9)}/runs.parquet`))).status,
  ).toBe(404);
});

test('gives an experiment without runs as a frame without rows', async () => {
  const { ask, server } = await startServer();
  const { id } = await startExperiment(ask);
  const response = await server.fetch(new Request(`http://localhost/v1/experiments/${id}/runs.arrow`));
  expect(fromArrowIPC(new Uint8Array(await response.arrayBuffer())).numRows()).toBe(0);
});

test('has the evaluators of an experiment in its frames, its summary and its comparison also when every run failed', async () => {
  const down = () => {
    throw Object.assign(new Error('down'), { status: 400 });
  };
  const { ask, get, server, datasetId, started, ended } = await startJobs({ registered: { tasks: { down } } });
  const exact = { name: 'exact', type: 'builtin', builtin: 'exact_match' };
  const ofJob = (await started({ task: { type: 'registered', name: 'down' }, evaluators: [exact] })).experiment.id;
  expect(await ended(ofJob)).toMatchObject({ failed_run_count: 5 });
  const metadata = { 'assay.fingerprint': { task: '0', evaluators: { exact: '0' } } };
  const created = await ask('POST', `/v1/datasets/${datasetId}/experiments`, { metadata });
  const ofClient = (created.json as { data: { id: string } }).data.id;

  for (const id of [ofJob, ofClient]) {
    for (const [format, read] of [
      ['arrow', fromArrowIPC],
      ['parquet', fromParquet],
    ] as const) {
      const response = await server.fetch(new Request(`http://localhost/v1/experiments/${id}/runs.${format}`));
      const table = await read(new Uint8Array(await response.arrayBuffer()));
      expect(table.columnNames().filter((name) => name.startsWith('eval.'))).toEqual(
        ['status', 'score', 'label', 'explanation', 'error'].map((part) => `eval.exact.${part}`),
      );
      expect(table.array('eval.exact.score')).toEqual(Array(table.numRows()).fill(null));
    }
    expect((await get(`/v1/experiments/${id}/summary`)).json).toMatchObject({
      data: { evaluators: { exact: { planned: 5, ok: 0, missing: 5, mean: null } } },
    });
  }
  const compared = (await get(`/v1/experiments/${ofJob}/compare/${ofClient}`)).json as { data: { metrics: unknown[] } };
  expect(compared.data.metrics[0]).toMatchObject({ metric: 'exact', n_paired: 0, verdict: 'too little data' });
});
