import { afterEach, expect, test } from 'vitest';
import { createPhoenixClient } from '../../src/index.ts';
import { json, startServer, text } from '../fixtures/server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const dataset = {
  id: 'RGF0YXNldDox',
  name: 'capitals',
  created_at: '2026-03-01T12:00:00+00:00',
  updated_at: '2026-03-01T12:00:00+00:00',
  example_count: 3,
};
const experiment = {
  id: 'RXhwZXJpbWVudDox',
  dataset_id: dataset.id,
  dataset_version_id: 'RGF0YXNldFZlcnNpb246MQ==',
  name: 'job',
  repetitions: 1,
  created_at: '2026-03-01T12:00:00+00:00',
  example_count: 3,
};
const job = {
  experiment_id: experiment.id,
  status: 'RUNNING',
  expected_run_count: 3,
  completed_run_count: 1,
  failed_run_count: 1,
  expected_evaluation_count: 6,
  completed_evaluation_count: 2,
  failed_evaluation_count: 0,
  error_rate: 0.5,
  in_flight_count: 2,
  max_concurrency: 10,
  ephemeral: false,
  started_at: '2026-03-01T12:00:00+00:00',
  updated_at: '2026-03-01T12:00:05+00:00',
  last_error: null,
  added_later: 1,
};

async function connect(...parameters: Parameters<typeof startServer>) {
  const server = await startServer(...parameters);
  const client = createPhoenixClient({ endpoint: server.url, retries: 0 });
  closers.push(client.close, server.close);
  return { server, client };
}

test('starts a job in the words of the server, and reads its counts', async () => {
  const { server, client } = await connect(({ method }, response) =>
    method === 'GET'
      ? json(response, 200, { data: [dataset], next_cursor: null })
      : json(response, 201, { data: { experiment, job } }),
  );
  const task = { type: 'registered', name: 'answer' };
  const started = await client.jobs.start({
    dataset: 'capitals',
    repetitions: 2,
    maxConcurrency: 5,
    timeoutMs: 30_000,
    task,
    evaluators: [{ name: 'exact', type: 'builtin', builtin: 'exact_match' }],
  });
  expect(server.seen[1]).toMatchObject({ method: 'POST', url: '/v1/datasets/RGF0YXNldDox/experiment_jobs' });
  expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
    repetitions: 2,
    max_concurrency: 5,
    timeout_ms: 30_000,
    task,
    evaluators: [{ name: 'exact', type: 'builtin', builtin: 'exact_match' }],
  });
  expect(started.experiment.id).toBe(experiment.id);
  expect(started.job).toMatchObject({
    status: 'RUNNING',
    taskRuns: { expected: 3, completed: 1, failed: 1 },
    errorRate: 0.5,
    inFlight: 2,
    lastError: null,
  });
});

test('gets, stops and resumes a job, and lists jobs and their errors page by page', async () => {
  const error = {
    occurred_at: '2026-03-01T12:00:04+00:00',
    kind: 'evaluation',
    example_id: 'peru',
    repetition: 1,
    evaluator: 'exact',
    message: 'overloaded',
  };
  const { server, client } = await connect(({ url }, response) => {
    if (url.includes('/job/errors'))
      return json(
        response,
        200,
        url.includes('cursor=') ? { data: [error], next_cursor: null } : { data: [error], next_cursor: '7' },
      );
    if (url.startsWith('/v1/experiment_jobs')) return json(response, 200, { data: [job], next_cursor: null });
    return json(response, 200, { data: { ...job, status: url.endsWith('/stop') ? 'STOPPED' : 'RUNNING' } });
  });
  expect((await client.jobs.get(experiment.id)).status).toBe('RUNNING');
  expect((await client.jobs.stop(experiment.id)).status).toBe('STOPPED');
  await client.jobs.resume(experiment.id, { maxConcurrency: 3, timeoutMs: 90_000 });
  expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toEqual({ max_concurrency: 3, timeout_ms: 90_000 });
  expect((await client.jobs.list({ status: 'RUNNING' }).toArray()).length).toBe(1);
  expect(server.seen.at(-1)?.url).toBe('/v1/experiment_jobs?status=RUNNING&limit=50');
  expect(await client.jobs.errors(experiment.id).toArray()).toMatchObject([
    { kind: 'evaluation', exampleId: 'peru' },
    { message: 'overloaded' },
  ]);
});

test('says conflict when a job cannot be stopped, and unsupported on a server without jobs', async () => {
  const { client } = await connect((_request, response) => text(response, 409, 'The job is not RUNNING'));
  await expect(client.jobs.stop(experiment.id)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('not RUNNING'),
  });
  const phoenix = await connect((_request, response) =>
    text(response, 200, '<!DOCTYPE html><title>Phoenix</title>', { 'content-type': 'text/html' }),
  );
  await expect(phoenix.client.jobs.stop(experiment.id)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('assay serve'),
  });
});

test('watches a job to its end, and goes on from the last event after a break', async () => {
  const stream = { 'content-type': 'text/event-stream' };
  const { server, client } = await connect(({ url, headers }, response) => {
    if (!url.endsWith('/events')) return json(response, 200, { data: { ...job, status: 'COMPLETED' } });
    response.writeHead(200, stream);
    if (headers['last-event-id'] === undefined) {
      response.write(': hello\n\nid: 1-1\nevent: task-run-saved\ndata: {"a":\ndata: 1}\n\nid: 1-2\nda');
      return void setTimeout(() => response.destroy(), 20);
    }
    response.end('id: 1-2\r\nevent: finished\r\ndata: {"reason":"completed"}\r\n\r\n');
  });
  const events = [];
  for await (const event of client.jobs.events(experiment.id)) events.push(event);
  expect(events).toEqual([
    { id: '1-1', type: 'task-run-saved', data: { a: 1 } },
    { id: '1-2', type: 'finished', data: { reason: 'completed' } },
  ]);
  expect(
    server.seen.filter(({ url }) => url.endsWith('/events')).map(({ headers }) => headers['last-event-id']),
  ).toEqual([undefined, '1-1']);
});
