import { AssayError, createMemoryStore, skip } from '@assay/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createArizeClient } from '../../src/index.ts';
import { axId, axKey, startAxServer } from '../ax-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connect(...parameters: Parameters<typeof startAxServer>) {
  const server = await startAxServer(...parameters);
  const client = createArizeClient({ endpoint: server.url, apiKey: axKey, space: 'my-space', retries: 1 });
  closers.push(client.close, server.close);
  return { server, client };
}

const capitals = [
  { 'attributes.input.value': 'Peru', 'attributes.output.value': 'Lima', 'attributes.metadata': '{"continent":"America"}' },
  { 'attributes.input.value': 'France', 'attributes.output.value': 'Paris' },
  { 'attributes.input.value': 'Kenya', 'attributes.output.value': 'Nairobi' },
];

/** Like the rows of a table, whose columns may be on the prototype. */
function* tableOf(rows: readonly Record<string, unknown>[]) {
  for (const row of rows) yield Object.create(row) as Record<string, unknown>;
}

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
      exact: ({ output, expected }) => ({ score: output.answer === expected ? 1 : 0, label: 'ok', metadata: { words: 1 } }),
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
  const fields = { input: 'q', expected: ['a'], metadata: (row: Readonly<Record<string, unknown>>) => ({ model: row['model'] }) };
  const ran = await client.experiments.run({ name: 'fields', dataset: 'qa', fields, repetitions: 2, printSummary: false, task: ({ input }) => input });
  expect(ran.examples[0]).toMatchObject({ input: 'why', expected: { a: 'because' }, metadata: { model: 'small' } });
  expect(server.runs.get(ran.id)?.map((run) => run['assay.repetition'])).toEqual([1, 2]);
  const missing = client.experiments.run({ name: 'missing', dataset: 'qa', fields: { input: 'nope' }, printSummary: false, task: () => 1 });
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
  const call = client.experiments.run({ name: 'exit', dataset: 'capitals', exitOnError: true, retries: 0, concurrency: 1, store, printSummary: false, task });
  await expect(call).rejects.toMatchObject({ code: 'run-failed' });
  expect(server.experiments).toEqual([]);
  const kept = [];
  for await (const experiment of store.listExperiments()) for await (const run of store.listTaskRuns(experiment.id)) kept.push(run.error);
  expect(kept.length).toBeGreaterThanOrEqual(2);
});

test('refuses a name that is taken before any call is paid for', async () => {
  const { server, client } = await connect();
  const datasetId = server.addDataset('capitals', capitals);
  await client.experiments.create({ name: 'taken', dataset: { id: datasetId }, experimentRuns: [{ example_id: 'a', output: '1' }] });
  const task = vi.fn(() => 'x');
  await expect(client.experiments.run({ name: 'taken', dataset: 'capitals', task, printSummary: false })).rejects.toMatchObject({ code: 'conflict' });
  expect(task).not.toHaveBeenCalled();
});

test('hands the results over when they cannot be uploaded, and uploads them later', async () => {
  let isDown = true;
  const { server, client } = await connect(({ method }) => (isDown && method === 'POST' ? 503 : undefined));
  server.addDataset('capitals', capitals);
  const error: unknown = await client.experiments.run({ name: 'later', dataset: 'capitals', printSummary: false, task: () => 'x' }).catch((thrown: unknown) => thrown);
  if (!(AssayError.is(error) && 'ran' in error)) throw error;
  expect(error.code).toBe('unavailable');
  isDown = false;
  const ran = error.ran as Parameters<typeof client.experiments.upload>[0];
  const { id } = await client.experiments.upload(ran, { dataset: 'capitals' });
  expect(server.runs.get(id)?.length).toBe(3);
});

test('creates an experiment from a table by two maps of column names', async () => {
  const { server, client } = await connect();
  server.addDataset('capitals', capitals);
  const rows = [
    { key: 'e1', answer: { city: 'Lima' }, correct: 1, verdict: 'yes', why: null, model: 'small', at: new Date(0) },
    { key: 'e2', answer: ['Lyon'], correct: null, verdict: 'no', why: 'wrong city', model: 'small', at: new Date(0) },
  ];
  const evaluatorColumns = { correctness: { score: 'correct', label: 'verdict', explanation: 'why', metadata: { model: null } }, other: { label: 'verdict' } };
  const { id } = await client.experiments.create({ name: 'from a table', dataset: 'capitals', experimentRuns: tableOf(rows), taskFields: { exampleId: 'key', output: 'answer' }, evaluatorColumns });
  expect(server.runs.get(id)).toMatchObject([
    { example_id: 'e1', output: '{"city":"Lima"}', 'eval.correctness.score': 1, 'eval.correctness.label': 'yes', 'eval.correctness.metadata.model': 'small', 'eval.other.label': 'yes', at: '1970-01-01T00:00:00.000Z' },
    { example_id: 'e2', output: '["Lyon"]', 'eval.correctness.label': 'no', 'eval.correctness.explanation': 'wrong city', 'eval.other.label': 'no' },
  ]);
  expect(Object.keys(server.runs.get(id)?.[1] ?? {})).not.toContain('eval.correctness.score');
});

test.each([
  [{ experimentRuns: [] }, 'invalid-input', 'at least one run'],
  [{ experimentRuns: [{ output: 'x' }] }, 'invalid-input', 'row 1'],
  [{ experimentRuns: [{ example_id: 'a', output: 'x' }, { example_id: 'b' }] }, 'invalid-input', 'row 2'],
  [{ experimentRuns: [{ example_id: 'a', output: 'x', s: Number.NaN }], evaluatorColumns: { e: { score: 's' } } }, 'invalid-input', 'finite'],
  [{ experimentRuns: [{ example_id: 'a', output: 'x' }], evaluatorColumns: { e: { explanation: 's' } } }, 'invalid-config', 'a score or a label'],
  [{ experimentRuns: [{ example_id: 'a', output: 1n }] }, 'invalid-input', 'JSON'],
  [{ experimentRuns: [{ example_id: 'a', output: 'x' }], name: 'a"b' }, 'invalid-input', 'without "'],
])('refuses %o before anything is sent', async (options, code, words) => {
  const { server, client } = await connect();
  const call = client.experiments.create({ name: 'bad', dataset: { id: axId('Dataset', 1) }, ...options });
  await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  expect(server.seen).toEqual([]);
});

test('sends thousands of runs and annotations in requests of 1,000, and lists all of them', async () => {
  const { server, client } = await connect();
  const datasetId = server.addDataset('large', capitals);
  const rows = Array.from({ length: 2500 }, (_, index) => ({ example_id: `e${index}`, output: `${index}` }));
  const of = { experiment: (await client.experiments.create({ name: 'large', dataset: { id: datasetId }, experimentRuns: rows })).id };
  const { runIds } = await client.experiments.appendRuns({ ...of, experimentRuns: [{ example_id: 'more', output: '!' }] });
  const all = await client.experiments.listRuns({ ...of, all: true });
  expect(all.map(({ output }) => output)).toEqual([...rows.map(({ output }) => output), '!']);
  expect(runIds).toEqual([all.at(-1)?.id]);
  const page = await client.experiments.listRuns(of).page({ limit: 10 });
  expect(page.items.length).toBe(10);

  const annotations = [...all.map(({ id }) => ({ recordId: id, values: [{ name: 'quality', score: 1, text: 'fine' }] })), { recordId: 'nobody', values: [{ name: 'quality', label: 'x' }] }];
  const report = await client.experiments.annotateRuns({ ...of, annotations });
  expect(report).toEqual({ annotated: 2501, unknownRecordIds: ['nobody'] });
  expect(server.seen.filter(({ url }) => url.endsWith('/annotate')).length).toBe(3);
  expect((await client.experiments.listRuns(of).page({ limit: 1 })).items[0]?.annotations).toEqual([{ name: 'quality', score: 1, text: 'fine' }]);
});

test('says up to which run an upload came', async () => {
  const { client } = await connect(({ method, url }) => (method === 'POST' && url.endsWith('/runs') ? 503 : undefined));
  const rows = Array.from({ length: 1500 }, (_, index) => ({ example_id: `e${index}`, output: 'x' }));
  const call = client.experiments.create({ name: 'half', dataset: { id: axId('Dataset', 1) }, experimentRuns: rows });
  await expect(call).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Runs 1 to 1000 are in') });
});

test('finds things by their exact name, and says when there are several or none', async () => {
  const { server, client } = await connect();
  const first = server.addDataset('capitals', capitals);
  server.addDataset('capitals of Asia', capitals);
  expect((await client.datasets.get('capitals')).id).toBe(first);
  const second = server.addDataset('capitals', capitals);
  await expect(client.datasets.get('capitals')).rejects.toMatchObject({ code: 'ambiguous', message: expect.stringMatching(`${first}, ${second}`) });
  await expect(client.datasets.get('Capitals')).rejects.toMatchObject({ code: 'not-found' });
  // A name that has the form of an id must be given as a name.
  const odd = axId('not', 1);
  server.addDataset(odd, capitals);
  await expect(client.datasets.get(odd)).rejects.toMatchObject({ code: 'not-found', status: 404 });
  expect((await client.datasets.get({ name: odd })).name).toBe(odd);
});

test('gives problem+json as a typed error without the key', async () => {
  for (const [status, code] of [[400, 'invalid-input'], [401, 'unauthorized'], [403, 'unauthorized'], [404, 'not-found'], [409, 'conflict'], [422, 'invalid-input'], [429, 'unavailable'], [503, 'unavailable']] as const) {
    const { client } = await connect(() => status);
    const error: unknown = await client.experiments.get({ experiment: axId('Experiment', 1) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, status });
    expect(String(error)).toContain('it said');
    expect(String(error)).not.toContain(axKey);
  }
  const wrong = createArizeClient({ endpoint: (await connect()).server.url, apiKey: 'wrong-key-123456' });
  closers.push(wrong.close);
  await expect(wrong.datasets.get({ id: axId('Dataset', 1) })).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringContaining('ARIZE_API_KEY') });
});

test('tries a read again after 429, and does not repeat an upload', async () => {
  const { server, client } = await connect(({ method }, before) => (before === 0 ? 429 : method === 'POST' ? 502 : undefined));
  const id = server.addDataset('capitals', capitals);
  expect((await client.datasets.get({ id })).versions.length).toBe(1);
  await expect(client.experiments.create({ name: 'x', dataset: { id }, experimentRuns: [{ example_id: 'a', output: 'b' }] })).rejects.toMatchObject({ status: 502, attempts: 1 });
});

test('creates, changes and deletes datasets and their rows', async () => {
  const { server, client } = await connect();
  server.addDataset('other', capitals);
  const rows = Array.from({ length: 1200 }, (_, index) => ({ question: `q${index}` }));
  const { id, versions } = await client.datasets.create({ name: 'rows', examples: rows });
  const listed = await client.datasets.listExamples({ id }).toArray();
  expect(listed.map((row) => row['question'])).toEqual(rows.map(({ question }) => question));
  const [first] = listed;
  const changed = await client.datasets.updateExamples({ id }, [{ id: first?.id ?? '', question: 'new' }, { id: 'nobody', question: 'x' }]);
  expect(changed).toMatchObject({ exampleIds: [first?.id], unknownExampleIds: ['nobody'] });
  expect((await client.datasets.listExamples({ id }).page({ limit: 1 })).items[0]?.['question']).toBe('new');
  expect(await client.datasets.deleteExamples({ id }, [first?.id ?? ''], { versionId: versions[0]?.id ?? '' })).toEqual({ deleted: [first?.id], notDeleted: [] });
  expect((await client.datasets.update({ id }, { name: 'renamed' })).name).toBe('renamed');
  await client.datasets.delete('renamed');
  await expect(client.datasets.get({ id })).rejects.toMatchObject({ code: 'not-found' });
  for (const bad of [[], [{}], [{ id: 'a' }], [{ q: 1 }, { created_at: 'x' }]]) {
    await expect(client.datasets.create({ name: 'bad', examples: bad })).rejects.toMatchObject({ code: 'invalid-input' });
  }
});

test('deletes experiments and lists them by dataset', async () => {
  const { server, client } = await connect();
  const [one, two] = [server.addDataset('one', capitals), server.addDataset('two', capitals)];
  for (const id of [one, two]) await client.experiments.create({ name: 'same', dataset: { id }, experimentRuns: [{ example_id: 'a', output: 'b' }] });
  await expect(client.experiments.get({ experiment: 'same' })).rejects.toMatchObject({ code: 'ambiguous' });
  expect((await client.experiments.get({ experiment: 'same', dataset: 'two' })).datasetId).toBe(two);
  await client.experiments.delete({ experiment: 'same', dataset: 'one' });
  expect((await client.experiments.list().toArray()).map(({ datasetId }) => datasetId)).toEqual([two]);
  expect(await client.experiments.list({ dataset: 'one' }).toArray()).toEqual([]);
});
