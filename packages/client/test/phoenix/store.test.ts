import { type EvaluationRunDraft, resumeExperiment, type TaskRun, type TaskRunDraft } from '@assay/core';
import { afterEach, expect, test } from 'vitest';
import { createPhoenixStore } from '../../src/index.ts';
import { type FakePhoenixOptions, nodeId, startFakePhoenix } from '../fixtures/phoenix.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connect(options: FakePhoenixOptions = {}) {
  const server = await startFakePhoenix(options);
  closers.push(server.close);
  return { server, store: createPhoenixStore({ endpoint: server.url, retries: 1 }) };
}

const experimentId = nodeId('Experiment', 1);
const success: TaskRunDraft = {
  experimentId,
  exampleId: 'a',
  repetition: 1,
  output: { answer: 42 },
  error: null,
  attempts: 3,
  startedAt: new Date('2026-03-01T12:00:00.100Z'),
  endedAt: new Date('2026-03-01T12:00:01.000Z'),
  latencyMs: 899.5,
  waitMs: 20,
  traceId: null,
  usage: { promptTokens: 1, completionTokens: null, costUsd: 0.5 },
};
const failure: TaskRunDraft = { ...success, output: null, error: 'overloaded' };

function evaluationOf(run: TaskRun, changes: Partial<EvaluationRunDraft> = {}): EvaluationRunDraft {
  const { exampleId, repetition } = run;
  const times = { startedAt: new Date('2026-03-01T12:00:02Z'), endedAt: new Date('2026-03-01T12:00:03Z') };
  const result = { status: 'ok', score: 1, label: null, explanation: null, metadata: {}, error: null } as const;
  return {
    taskRunId: run.id,
    experimentId,
    exampleId,
    repetition,
    name: 'exact',
    kind: 'CODE',
    direction: 'maximize',
    ...result,
    ...times,
    attempts: 1,
    latencyMs: 1000,
    waitMs: 0,
    traceId: null,
    usage: null,
    ...changes,
  };
}

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

test('counts a save whose answer was lost as saved, and not as a conflict', async () => {
  let lost = 0;
  const { server, store } = await connect({
    loseAnswer: ({ method, url }) => method === 'POST' && url.endsWith('/runs') && lost++ === 0,
  });
  const saved = await store.saveTaskRun(success);
  expect(saved).toMatchObject({ exampleId: 'a', output: { answer: 42 } });
  expect([lost, server.runs.length]).toEqual([2, 1]);
});

test('rejects another result for a run that stands, also after a lost answer', async () => {
  let lost = 0;
  const { store } = await connect({
    loseAnswer: ({ method, url }) => method === 'POST' && url.endsWith('/runs') && lost++ === 1,
  });
  const saved = await store.saveTaskRun(success);
  await expect(store.saveTaskRun({ ...success, output: 'another' })).rejects.toMatchObject({
    code: 'conflict',
    existing: saved,
  });
});

test('sends nothing for an id that cannot be one of Phoenix', async () => {
  const { server, store } = await connect();
  for (const id of ['nothing', '', 'dry-run', nodeId('Dataset', 1), nodeId('Experiment', 1).replace('=', '')]) {
    if (id !== experimentId) await expect(store.getExperiment(id)).rejects.toMatchObject({ code: 'not-found' });
  }
  await expect(
    store.saveEvaluationRun(evaluationOf({ id: 'nothing', exampleId: 'a', repetition: 1 } as TaskRun)),
  ).rejects.toMatchObject({ code: 'not-found' });
  expect(server.seen).toEqual([]);
});

test('gives a write to an experiment that is gone as not found, though Phoenix answers 500', async () => {
  const { server, store } = await connect();
  const run = await store.saveTaskRun(success);
  server.state.isGone = true;
  server.runs.length = 0;
  await expect(store.saveTaskRun({ ...success, repetition: 2 })).rejects.toMatchObject({ code: 'not-found' });
  await expect(store.saveEvaluationRun(evaluationOf(run))).rejects.toMatchObject({ code: 'not-found' });
  await expect(collect(store.listTaskRuns(experimentId))).rejects.toMatchObject({ code: 'not-found' });
});

test('keeps measurements on a server that has a place for them, and takes what Phoenix keeps for the truth', async () => {
  const assay = await connect({ isAssay: true });
  expect(await assay.store.saveTaskRun(success)).toMatchObject(success);
  expect(await collect(assay.store.listTaskRuns(experimentId))).toMatchObject([success]);

  const phoenix = await connect();
  const saved = await phoenix.store.saveTaskRun(success);
  expect(saved).toMatchObject({ attempts: 1, latencyMs: 900, waitMs: null, usage: null });
  expect(await collect(phoenix.store.listTaskRuns(experimentId))).toEqual([saved]);
});

test('saves a run whose clock stepped back on a server that refuses it', async () => {
  const { store } = await connect({ isAssay: true });
  const endedAt = new Date('2026-03-01T11:00:00.000Z');
  expect(await store.saveTaskRun({ ...success, endedAt })).toMatchObject({ endedAt, latencyMs: 899.5 });
  expect(await collect(store.listTaskRuns(experimentId))).toMatchObject([{ endedAt }]);
});

test.each([
  ['15.0.0', ['HUMAN']],
  ['20.25.9', ['HUMAN']],
  ['20.26.1', ['CODE', 'HUMAN']],
])(
  'hides verdicts on a run that was saved over since on server %s, where Phoenix did not drop them',
  async (version, kinds) => {
    const { store } = await connect({ version });
    const failed = await store.saveTaskRun(failure);
    await store.saveEvaluationRun(evaluationOf(failed, { name: 'code' }));
    await store.saveEvaluationRun(evaluationOf(failed, { name: 'human', kind: 'HUMAN' }));
    await store.saveTaskRun({
      ...success,
      startedAt: new Date('2026-03-01T13:00:00Z'),
      endedAt: new Date('2026-03-01T13:00:01Z'),
    });
    const listed = await collect(store.listEvaluationRuns(experimentId));
    expect(listed.map(({ kind }) => kind).sort()).toEqual(kinds);
  },
);

test('lets a failed verdict replace nothing but a failure', async () => {
  const { server, store } = await connect();
  const run = await store.saveTaskRun(success);
  const failed = { status: 'failed', score: null, error: 'no judge' } as const;
  expect(await store.saveEvaluationRun(evaluationOf(run, failed))).toMatchObject({ status: 'failed' });
  const good = await store.saveEvaluationRun(evaluationOf(run));
  const posts = server.seen.filter(({ method }) => method === 'POST').length;
  expect(await store.saveEvaluationRun(evaluationOf(run, failed))).toEqual(good);
  expect(server.seen.filter(({ method }) => method === 'POST').length).toBe(posts);
});

test('reads everything once for a resume that asks page by page, and sees its own writes at once', async () => {
  const { server, store } = await connect();
  const run = await store.saveTaskRun(success);
  await collect(store.listEvaluationRuns(experimentId, { exampleIds: ['a'] }));
  await store.saveEvaluationRun(evaluationOf(run));
  const other = await store.saveTaskRun({ ...success, exampleId: 'b' });
  expect(await collect(store.listEvaluationRuns(experimentId, { exampleIds: ['a'] }))).toMatchObject([
    { name: 'exact', score: 1 },
  ]);
  expect(await collect(store.listTaskRuns(experimentId, { exampleIds: ['b'] }))).toEqual([other]);
  expect(server.seen.filter(({ url }) => url.endsWith('/json')).length).toBe(1);
  // An unfiltered list is never answered from memory.
  server.annotations.clear();
  expect(await collect(store.listEvaluationRuns(experimentId))).toEqual([]);
});

test('begins a resume with what other processes have saved, however lately', async () => {
  const { server, store } = await connect();
  const run = await store.saveTaskRun(success);
  expect(await collect(store.listEvaluationRuns(experimentId, { exampleIds: ['a'] }))).toEqual([]);
  await createPhoenixStore({ endpoint: server.url }).saveEvaluationRun(evaluationOf(run));
  const { evaluationRuns } = await resumeExperiment({ experimentId, store, printSummary: false });
  expect(evaluationRuns).toMatchObject([{ name: 'exact', score: 1 }]);
});

test('has every evaluation on the server when a run returns, however slowly the server answers', async () => {
  const { server, store } = await connect({ delayMs: 30 });
  const ran = await resumeExperiment({
    experimentId,
    store,
    task: ({ example }) => example.id,
    evaluators: { one: () => 1, two: () => 2 },
    printSummary: false,
  });
  expect([server.runs.length, server.annotations.size]).toEqual([4, 8]);
  expect(ran.summary.evaluators['two']).toMatchObject({ ok: 4, mean: 2 });
});

test('gives every example once when a download breaks off in the middle', async () => {
  const { store } = await connect({ cutDownloads: 2 });
  const pin = { datasetId: nodeId('Dataset', 1), versionId: nodeId('DatasetVersion', 1) };
  expect((await collect(store.listExamples(pin))).map(({ id }) => id)).toEqual(['a', 'b']);
  const broken = await connect({ cutDownloads: 9 });
  await expect(collect(broken.store.listExamples(pin))).rejects.toMatchObject({ code: 'unavailable' });
});

test('sends no examples to a server that would forget their ids', async () => {
  const { server, store } = await connect({ version: '14.9.3' });
  const call = store.saveDataset({ name: 'capitals', examples: [{ id: 'peru', input: 'Peru' }] });
  await expect(call).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('14.9.3') });
  expect(server.seen.filter(({ method }) => method === 'POST')).toEqual([]);
});
