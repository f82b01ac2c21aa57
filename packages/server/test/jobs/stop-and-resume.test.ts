import { openStore } from '@assay/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/index.ts';
import { routesOf, startJobs } from '../fixtures/jobs.ts';
import { startServer } from '../fixtures/server.ts';

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-jobs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'jobs.db');
}

const slow = { behaviour: { latencyMs: 150 } };

test('a stop lets the calls in flight finish and be saved, and starts none', async () => {
  const { started, stop, ended, runsOf, provider } = await startJobs({ examples: 60, provider: slow });
  const { experiment } = await started({ max_concurrency: 4 });
  await provider.until((calls) => calls.length >= 6);

  const answer = await stop(experiment.id);
  const begun = provider.calls().length;
  expect(answer).toMatchObject({ status: 200, json: { data: { status: 'STOPPED' } } });
  expect((answer.json as { data: { in_flight_count: number } }).data.in_flight_count).toBeGreaterThan(0);
  expect(await ended(experiment.id, (job) => job.in_flight_count === 0)).toMatchObject({
    status: 'STOPPED',
    completed_run_count: begun,
  });
  expect(provider.calls()).toHaveLength(begun);
  expect(await runsOf(experiment.id)).toHaveLength(begun);
  expect((await stop(experiment.id)).status).toBe(409);
});

test('a resume leaves out what is in flight still, and calls nothing twice', async () => {
  const { started, stop, resume, ended, provider } = await startJobs({ examples: 30, provider: slow });
  const { experiment } = await started({ max_concurrency: 5 });
  await provider.until((calls) => calls.length >= 7);
  await stop(experiment.id);
  expect((await resume(experiment.id)).status).toBe(200);
  expect((await resume(experiment.id)).status).toBe(409);

  expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 30 });
  expect(provider.calls()).toHaveLength(30);
  expect(new Set(provider.calls().map(({ prompt }) => prompt)).size).toBe(30);
});

test('a server that closes drains its calls, and the next one takes the job up and repeats none', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  const { server, started, provider, datasetId } = await startJobs({ store, examples: 40, provider: slow });
  const { experiment } = await started({ max_concurrency: 5 });
  await provider.until((calls) => calls.length >= 8);
  await server.close();
  expect(await store.jobs.get(experiment.id)).toMatchObject({ status: 'RUNNING', inFlight: 0, holders: 0 });
  expect((await store.jobs.get(experiment.id)).taskRuns.ok).toBe(provider.calls().length);

  const { ask } = await startServer({ store, env: { OPENAI_API_KEY: 'sk-secret' } });
  const { ended } = routesOf(ask, datasetId, provider);
  expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 40 });
  expect(provider.calls()).toHaveLength(40);
});

test('a job whose registered task is gone is in ERROR, and says so', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  let calls = 0;
  const tasks = { wait: () => new Promise((resolve) => setTimeout(resolve, 50, (calls += 1))) };
  const { server, started, provider, datasetId } = await startJobs({ store, registered: { tasks }, examples: 20 });
  const { experiment } = await started({ task: { type: 'registered', name: 'wait' }, max_concurrency: 2 });
  await expect.poll(() => calls).toBeGreaterThan(2);
  await server.close();

  const { ask } = await startServer({ store, registered: { tasks: { other: () => 1 } } });
  const { ended } = routesOf(ask, datasetId, provider);
  expect(await ended(experiment.id)).toMatchObject({
    status: 'ERROR',
    last_error: {
      kind: 'experiment',
      message: 'Expected a registered task of this server, got "wait". There is other',
    },
  });
});

test('a job that waits for its limit holds up no server that starts', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  const env = { ASSAY_RATE_LIMITS: 'openai=1', OPENAI_API_KEY: 'sk-secret' };
  const { server, started, provider } = await startJobs({ store, env, examples: 20 });
  await started();
  await provider.until((calls) => calls.length === 1);
  await server.close();

  const next = createServer({ store, env });
  await next.started;
  expect(provider.calls()).toHaveLength(1);
  await next.close();
});

test('the jobs of a file belong to one server, and another one says so', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  const first = createServer({ store });
  await first.started;
  await using other = await openStore(`file:${path}`);
  const second = createServer({ store: other });
  await expect(second.started).rejects.toThrow(/only one server may own them/);
  await second.close();
  await first.close();
});

test('a stop and a resume by another process are seen', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  const { started, ended, provider } = await startJobs({ store, examples: 60, provider: slow });
  const { experiment } = await started({ max_concurrency: 2 });
  await using other = await openStore(`file:${path}`);
  await provider.until((calls) => calls.length >= 2);
  const job = await other.jobs.stop(experiment.id);
  await ended(experiment.id, ({ in_flight_count }) => in_flight_count === 0);
  expect(provider.calls().length).toBeLessThan(30);
  await other.jobs.resume({ ...job, maxConcurrency: 20 });
  expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 60 });
  expect(provider.calls()).toHaveLength(60);
});

test('an ephemeral job stops when nobody watches it, and goes on while somebody does', async () => {
  const path = temporaryPath();
  await using store = await openStore(`file:${path}`);
  const { ask, server, started, ended, jobOf, datasetId } = await startJobs({ store, examples: 400, provider: slow });
  const { experiment } = await started({ ephemeral: true, max_concurrency: 1 });
  const { json } = await ask('GET', `/v1/datasets/${datasetId}/experiments`);
  expect(json).toMatchObject({ data: [] });
  const forsake = () => {
    const database = new DatabaseSync(path);
    database.exec('UPDATE experiment_jobs SET watched_at = watched_at - 13000000');
    database.close();
  };
  const watching = await server.fetch(new Request(`http://localhost/v1/experiments/${experiment.id}/events`));
  const reader = watching.body!.getReader();
  await reader.read();
  forsake();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await jobOf(experiment.id)).toMatchObject({ status: 'RUNNING', ephemeral: true });
  await reader.cancel();
  forsake();
  expect(await ended(experiment.id)).toMatchObject({ status: 'STOPPED' });
});

test('an experiment that is deleted is not carried out any further', async () => {
  const { ask, started, provider } = await startJobs({ examples: 60, provider: slow });
  const { experiment } = await started({ max_concurrency: 2 });
  await provider.until((calls) => calls.length >= 2);
  expect((await ask('DELETE', `/v1/experiments/${experiment.id}`)).status).toBe(204);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(provider.calls().length).toBeLessThan(20);
  expect((await ask('GET', `/v1/experiments/${experiment.id}/job`)).status).toBe(404);
});

test('a budget stops the job and says why; a resume with a higher one goes on', async () => {
  let calls = 0;
  const tasks = {
    paid: async ({ reportUsage }: { reportUsage: (usage: { costUsd: number }) => void }) => {
      calls += 1;
      reportUsage({ costUsd: 0.25 });
      return 'done';
    },
  };
  const { started, resume, ended } = await startJobs({ registered: { tasks }, examples: 20 });
  const { experiment } = await started({ task: { type: 'registered', name: 'paid' }, budget: { usd: 2 } });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'STOPPED',
    completed_run_count: 8,
    last_error: { message: expect.stringContaining('The budget is reached: 2 of 2 USD spent') },
  });
  expect((await resume(experiment.id, { budget: { usd: 100 } })).status).toBe(200);
  expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED', completed_run_count: 20 });
  expect(calls).toBe(20);
});
