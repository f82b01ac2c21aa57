import { AssayError, createMemoryStore, skip } from '@assay/core';
import { expect, test, vi } from 'vitest';
import { capitals, connect } from '../fixtures/arize.ts';

test('runs a task over a dataset and uploads runs with their verdicts as columns', async () => {
  const { server, client } = await connect();
  const datasetId = server.addDataset('capitals', capitals);
  const ran = await client.experiments.run({
    name: 'baseline',
    dataset: 'capitals',
    retries: 0,
    printSummary: false,
    task: ({ input, expected, metadata }) => {
      if (input['attributes.input.value'] === 'Kenya') throw new Error('overloaded');
      return { answer: expected, continent: metadata['continent'] ?? null };
    },
    evaluators: {
      exact: ({ output, expected }) => ({
        score: output.answer === expected ? 1 : 0,
        label: 'ok',
        metadata: { words: 1 },
      }),
      tone: () => skip('too short'),
      broken: () => {
        throw new Error('no judge');
      },
    },
  });
  expect(ran).toMatchObject({ name: 'baseline', datasetId, id: server.experiments[0]?.id, dryRun: false });
  expect(ran.summary).toMatchObject({ experimentId: ran.id, taskRuns: { planned: 3, ok: 2, failed: 1 } });
  expect(ran.examples[0]?.input).toEqual(capitals[0]);
  const uploaded = server.runs.get(ran.id) ?? [];
  expect(uploaded[0]).toMatchObject({
    example_id: ran.examples[0]?.id,
    output: '{"answer":"Lima","continent":"America"}',
    error: null,
    'eval.exact.score': 1,
    'eval.exact.label': 'ok',
    'eval.exact.metadata.words': 1,
    'eval.tone.explanation': 'too short',
    'eval.tone.metadata.assay.status': 'skipped',
    'eval.broken.explanation': 'no judge',
    'eval.broken.metadata.assay.status': 'failed',
    'assay.attempts': 1,
  });
  expect(uploaded[2]).toMatchObject({ output: '', error: 'overloaded' });
  const [run] = await client.experiments.listRuns({ experiment: 'baseline', dataset: 'capitals', all: true });
  expect(run?.evaluations['exact']).toEqual({ score: 1, label: 'ok', explanation: null, metadata: { words: 1 } });
  expect(run?.toJSON()['columns']).toMatchObject({ 'assay.attempts': 1 });
});

test('takes fields as the caller says, and every repetition', async () => {
  const { server, client } = await connect();
  server.addDataset('qa', [{ q: 'why', a: 'because', model: 'small', tags: ['x'] }]);
  const fields = {
    input: 'q',
    expected: ['a'],
    metadata: (row: Readonly<Record<string, unknown>>) => ({ model: row['model'] }),
  };
  const ran = await client.experiments.run({
    name: 'fields',
    dataset: 'qa',
    fields,
    repetitions: 2,
    printSummary: false,
    task: ({ input }) => input,
  });
  expect(ran.examples[0]).toMatchObject({ input: 'why', expected: { a: 'because' }, metadata: { model: 'small' } });
  expect(server.runs.get(ran.id)?.map((run) => run['assay.repetition'])).toEqual([1, 2]);
  const missing = client.experiments.run({
    name: 'missing',
    dataset: 'qa',
    fields: { input: 'nope' },
    printSummary: false,
    task: () => 1,
  });
  await expect(missing).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining('nope') });
});

test('uploads nothing in a dry run, which is the first rows', async () => {
  const { server, client } = await connect();
  server.addDataset('capitals', capitals);
  const inputs: unknown[] = [];
  const ran = await client.experiments.run({
    name: 'dry',
    dataset: 'capitals',
    dryRun: true,
    dryRunCount: 2,
    printSummary: false,
    task: ({ input }) => void inputs.push(input['attributes.input.value']),
  });
  expect([ran.dryRun, ran.taskRuns.length, inputs]).toEqual([true, 2, ['Peru', 'France']]);
  expect(server.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('uploads nothing when exitOnError ends the run, and keeps what was done in the store', async () => {
  const { server, client } = await connect();
  server.addDataset('capitals', capitals);
  const store = createMemoryStore();
  const task = ({ input }: { input: Readonly<Record<string, unknown>> }) => {
    if (input['attributes.input.value'] === 'France') throw new Error('overloaded');
    return 'x';
  };
  const call = client.experiments.run({
    name: 'exit',
    dataset: 'capitals',
    exitOnError: true,
    retries: 0,
    concurrency: 1,
    store,
    printSummary: false,
    task,
  });
  await expect(call).rejects.toMatchObject({ code: 'run-failed' });
  expect(server.experiments).toEqual([]);
  const kept = [];
  for await (const experiment of store.listExperiments())
    for await (const run of store.listTaskRuns(experiment.id)) kept.push(run.error);
  expect(kept.length).toBeGreaterThanOrEqual(2);
});

test('refuses a name that is taken before any call is paid for', async () => {
  const { server, client } = await connect();
  const datasetId = server.addDataset('capitals', capitals);
  await client.experiments.create({
    name: 'taken',
    dataset: { id: datasetId },
    experimentRuns: [{ example_id: 'a', output: '1' }],
  });
  const task = vi.fn(() => 'x');
  await expect(
    client.experiments.run({ name: 'taken', dataset: 'capitals', task, printSummary: false }),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect(task).not.toHaveBeenCalled();
});

test('hands the results over when they cannot be uploaded, and uploads them later', async () => {
  let isDown = true;
  const { server, client } = await connect(({ method }) => (isDown && method === 'POST' ? 503 : undefined));
  server.addDataset('capitals', capitals);
  const error: unknown = await client.experiments
    .run({ name: 'later', dataset: 'capitals', printSummary: false, task: () => 'x' })
    .catch((thrown: unknown) => thrown);
  if (!(AssayError.is(error) && 'ran' in error)) throw error;
  expect(error.code).toBe('unavailable');
  isDown = false;
  const ran = error.ran as Parameters<typeof client.experiments.upload>[0];
  const { id } = await client.experiments.upload(ran, { dataset: 'capitals' });
  expect(server.runs.get(id)?.length).toBe(3);
});
