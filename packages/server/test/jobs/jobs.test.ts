import type { EvaluatorLike, Task } from '@assay/core';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startJobs } from '../fixtures/jobs.ts';
import { runOf, startExperiment } from '../fixtures/server.ts';

const exact = { name: 'exact', type: 'builtin', builtin: 'exact_match', mapping: { expected: 'expected.answer' } };

test('carries a prompt out over every example, and judges the answers', async () => {
  const { started, ended, runsOf, model, provider } = await startJobs();
  const judge = {
    name: 'tone',
    type: 'judge',
    model: { ...model, name: 'judge' },
    messages: [{ role: 'user', content: 'Is it polite? {{output}}' }],
    choices: { polite: 1, rude: 0 },
  };
  const { experiment, job } = await started({ name: 'first', repetitions: 2, evaluators: [exact, judge] });
  expect(job).toMatchObject({
    status: 'RUNNING',
    expected_run_count: 10,
    expected_evaluation_count: 20,
    max_concurrency: 10,
    error_rate: null,
  });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'COMPLETED',
    completed_run_count: 10,
    failed_run_count: 0,
    completed_evaluation_count: 20,
    failed_evaluation_count: 0,
    error_rate: 0,
    in_flight_count: 0,
    last_error: null,
  });
  expect((await runsOf(experiment.id)).map(({ output }) => output)).toContain('What is 3?');
  expect(provider.calls()).toHaveLength(20);
});

test('sends the messages, the parameters and the tokens used where they belong', async () => {
  const { ask, started, ended, task, provider } = await startJobs({ examples: 1 });
  const messages = [
    { role: 'system', content: 'Answer {{metadata}} briefly' },
    { role: 'user', content: 'Q: {{{input.question}}}' },
  ];
  const { experiment } = await started({ task: { ...task, messages, parameters: { temperature: 0.5, stop: 'END' } } });
  expect(await ended(experiment.id)).toMatchObject({ status: 'COMPLETED' });
  const { json } = await ask('GET', `/v1/experiments/${experiment.id}/runs`);
  expect(json).toMatchObject({
    data: [{ output: 'Q: What is 0?', metadata: { 'assay.usage': { completionTokens: expect.any(Number) } } }],
  });
  expect(provider.calls()).toMatchObject([{ model: 'small', outcome: 'answered' }]);
});

test('prices what a model of a known name was asked for, and none of another', async () => {
  const { started, ended, store, task } = await startJobs({ examples: 1 });
  const costOf = async (name: string) => {
    const { experiment } = await started({ task: { ...task, model: { ...task.model, name } } });
    await ended(experiment.id);
    for await (const run of store.listTaskRuns(experiment.id)) return run.usage?.costUsd;
    throw new Error('Expected a run, got none');
  };
  expect(await costOf('gpt-5-mini')).toBeGreaterThan(0);
  expect(await costOf('small')).toBeNull();
});

test('counts bad rows as failed, keeps their errors, and is COMPLETED all the same', async () => {
  const { started, ended, errorsOf } = await startJobs({
    examples: 12,
    provider: { behaviour: { failures: [{ kind: 'status', status: 400, share: 1 }] } },
  });
  const { experiment } = await started();
  const job = await ended(experiment.id);
  expect(job).toMatchObject({ status: 'COMPLETED', completed_run_count: 0, failed_run_count: 12, error_rate: 1 });
  const errors = await errorsOf(experiment.id);
  expect(errors).toHaveLength(12);
  expect(errors[0]).toMatchObject({ kind: 'task', message: job.last_error!.message });
});

test('is in ERROR after provider failures in a row, and goes on once the cause is mended', async () => {
  const { started, ended, resume, errorsOf, provider } = await startJobs({
    examples: 40,
    provider: { behaviour: { failures: [{ kind: 'status', status: 401, share: 1 }] } },
  });
  const { experiment } = await started({ max_concurrency: 2 });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'ERROR',
    last_error: { kind: 'experiment', message: expect.stringMatching(/^Halted .* after 5 provider failures in a row/) },
  });
  expect(provider.calls().length).toBeLessThan(10);

  await provider.behave({});
  expect((await resume(experiment.id)).status).toBe(200);
  expect(await ended(experiment.id)).toMatchObject({
    status: 'COMPLETED',
    completed_run_count: 40,
    failed_run_count: 0,
  });
  expect((await errorsOf(experiment.id)).some(({ message }) => message.startsWith('Halted'))).toBe(true);
});

test('keeps and shows no key that a provider repeats when it refuses it', async () => {
  const provider = createHttpServer(({ headers }, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `Incorrect API key: ${headers.authorization}` } }));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void provider.close());
  const { started, ended, errorsOf, runsOf, resume, ask, task } = await startJobs({
    examples: 1,
    env: { OPENAI_API_KEY: 'sk-secret', OTHER_API_KEY: 'sk-other' },
  });
  const base_url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  const { experiment } = await started({ task: { ...task, model: { ...task.model, base_url } } });
  await ended(experiment.id);
  const { id, nodeIds } = await startExperiment(ask, { examples: 1 });
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!));
  const model = { provider: 'openai-compatible', name: 'judge', base_url, api_key_env: 'OTHER_API_KEY' };
  const messages = [{ role: 'user', content: '{{output}}' }];
  await resume(id, { evaluators: [{ name: 'judge', type: 'judge', model, messages, choices: { good: 1, bad: 0 } }] });
  await ended(id);
  const kept = [await runsOf(experiment.id), await errorsOf(experiment.id), await errorsOf(id)];
  expect(kept.map((records) => JSON.stringify(records))).toEqual(
    kept.map(() => expect.stringContaining('Incorrect API key: Bearer [the API key]')),
  );
  expect(JSON.stringify(kept)).not.toMatch(/sk-(secret|other)/);
});

test('calls registered tasks and evaluators by their names', async () => {
  const tasks: Record<string, Task<never, unknown>> = {
    echo: (({ input }: { input: { question: string } }) => input.question) as never,
  };
  const evaluators: Record<string, EvaluatorLike<never>> = {
    short: (({ output }: { output: string }) => output.length < 100) as never,
    parts: { evaluate: (() => ({ a: 1, b: 0.5 })) as never },
  };
  const { ask, started, ended } = await startJobs({ registered: { tasks, evaluators } });
  const named = [
    { name: 'short', type: 'registered' },
    { name: 'parts', type: 'registered' },
  ];
  const { experiment } = await started({ task: { type: 'registered', name: 'echo' }, evaluators: named });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'COMPLETED',
    completed_evaluation_count: 10,
    expected_evaluation_count: 10,
  });
  const { json } = await ask('GET', `/v1/experiments/${experiment.id}/summary`);
  expect(json).toMatchObject({ data: { evaluators: { short: { mean: 1 }, 'parts/b': { mean: 0.5 } } } });
});

test('scores the runs of an experiment that a client has run', async () => {
  const { ask, resume, ended, jobOf, provider } = await startJobs();
  const { id, nodeIds } = await startExperiment(ask, { examples: 3 });
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[0]!));
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[1]!, { error: 'overloaded' }));
  expect((await ask('GET', `/v1/experiments/${id}/job`)).status).toBe(404);
  expect(await resume(id)).toMatchObject({ status: 422, text: expect.stringContaining('Expected evaluators') });

  const valid = { name: 'valid', type: 'builtin', builtin: 'json_valid' };
  expect((await resume(id, { evaluators: [valid] })).status).toBe(200);
  expect(await ended(id)).toMatchObject({
    status: 'COMPLETED',
    completed_run_count: 1,
    failed_run_count: 1,
    completed_evaluation_count: 1,
  });
  await ask('POST', `/v1/experiments/${id}/runs`, runOf(nodeIds[2]!));
  await resume(id);
  expect(await ended(id)).toMatchObject({ completed_run_count: 2, completed_evaluation_count: 2 });
  expect((await jobOf(id)).status).toBe('COMPLETED');
  expect(provider.calls()).toEqual([]);
});

test('resumes what has failed, and the evaluators that were added, and says COMPLETED when nothing is missing', async () => {
  const { started, ended, resume, provider } = await startJobs({
    provider: { behaviour: { failures: [{ kind: 'status', status: 400, share: 0.5 }] } },
  });
  const { experiment } = await started();
  const { completed_run_count: ok } = await ended(experiment.id);
  await provider.behave({});
  const calls = provider.calls().length;
  await resume(experiment.id, { evaluators: [exact], max_concurrency: 3 });
  expect(await ended(experiment.id)).toMatchObject({
    status: 'COMPLETED',
    completed_run_count: 5,
    failed_run_count: 0,
    completed_evaluation_count: 5,
    max_concurrency: 3,
  });
  expect(provider.calls().length - calls).toBe(5 - ok);
  const again = await resume(experiment.id);
  expect(again).toMatchObject({ status: 200, json: { data: { status: 'COMPLETED' } } });
});

test('lists jobs from the newest down, by pages and by status', async () => {
  const { ask, get, started, ended } = await startJobs({ examples: 1 });
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    const { experiment } = await started();
    await ended(experiment.id);
    ids.unshift(experiment.id);
  }
  const idsOf = ({ json }: { json: never }) =>
    (json as { data: { experiment_id: string }[] }).data.map(({ experiment_id }) => experiment_id);
  const first = await get('/v1/experiment_jobs?limit=2');
  expect(idsOf(first)).toEqual(ids.slice(0, 2));
  const { next_cursor: cursor } = first.json as { next_cursor: string };
  expect(idsOf(await get(`/v1/experiment_jobs?cursor=${encodeURIComponent(cursor)}`))).toEqual(ids.slice(2));
  expect(idsOf(await get('/v1/experiment_jobs?status=COMPLETED'))).toEqual(ids);
  expect(idsOf(await get('/v1/experiment_jobs?status=RUNNING'))).toEqual([]);
  expect((await get('/v1/experiment_jobs?status=DONE')).status).toBe(422);
  expect((await ask('GET', '/v1/experiment_jobs?cursor=nonsense')).status).toBe(422);
});
