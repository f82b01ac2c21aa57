import { expect, test } from 'vitest';
import { createArizeClient } from '../../src/index.ts';
import { axId, axKey } from '../ax-server.ts';
import { capitals, closers, connect } from '../fixtures/arize.ts';

/** Like the rows of a table, whose columns may be on the prototype. */
function* tableOf(rows: readonly Record<string, unknown>[]) {
  for (const row of rows) yield Object.create(row) as Record<string, unknown>;
}

test('creates an experiment from a table by two maps of column names', async () => {
  const { server, client } = await connect();
  server.addDataset('capitals', capitals);
  const rows = [
    { key: 'e1', answer: { city: 'Lima' }, correct: 1, verdict: 'yes', why: null, model: 'small', at: new Date(0) },
    { key: 'e2', answer: ['Lyon'], correct: null, verdict: 'no', why: 'wrong city', model: 'small', at: new Date(0) },
  ];
  const evaluatorColumns = {
    correctness: { score: 'correct', label: 'verdict', explanation: 'why', metadata: { model: null } },
    other: { label: 'verdict' },
  };
  const { id } = await client.experiments.create({
    name: 'from a table',
    dataset: 'capitals',
    experimentRuns: tableOf(rows),
    taskFields: { exampleId: 'key', output: 'answer' },
    evaluatorColumns,
  });
  expect(server.runs.get(id)).toMatchObject([
    {
      example_id: 'e1',
      output: '{"city":"Lima"}',
      'eval.correctness.score': 1,
      'eval.correctness.label': 'yes',
      'eval.correctness.metadata.model': 'small',
      'eval.other.label': 'yes',
      at: '1970-01-01T00:00:00.000Z',
    },
    {
      example_id: 'e2',
      output: '["Lyon"]',
      'eval.correctness.label': 'no',
      'eval.correctness.explanation': 'wrong city',
      'eval.other.label': 'no',
    },
  ]);
  expect(Object.keys(server.runs.get(id)?.[1] ?? {})).not.toContain('eval.correctness.score');
});

test.each([
  [{ experimentRuns: [] }, 'invalid-input', 'at least one run'],
  [{ experimentRuns: [{ output: 'x' }] }, 'invalid-input', 'row 1'],
  [{ experimentRuns: [{ example_id: 'a', output: 'x' }, { example_id: 'b' }] }, 'invalid-input', 'row 2'],
  [
    { experimentRuns: [{ example_id: 'a', output: 'x', s: Number.NaN }], evaluatorColumns: { e: { score: 's' } } },
    'invalid-input',
    'finite',
  ],
  [
    { experimentRuns: [{ example_id: 'a', output: 'x' }], evaluatorColumns: { e: { explanation: 's' } } },
    'invalid-config',
    'a score or a label',
  ],
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
  const of = {
    experiment: (await client.experiments.create({ name: 'large', dataset: { id: datasetId }, experimentRuns: rows }))
      .id,
  };
  const { runIds } = await client.experiments.appendRuns({
    ...of,
    experimentRuns: [{ example_id: 'more', output: '!' }],
  });
  const all = await client.experiments.listRuns({ ...of, all: true });
  expect(all.map(({ output }) => output)).toEqual([...rows.map(({ output }) => output), '!']);
  expect(runIds).toEqual([all.at(-1)?.id]);
  const page = await client.experiments.listRuns(of).page({ limit: 10 });
  expect(page.items.length).toBe(10);

  const annotations = [
    ...all.map(({ id }) => ({ recordId: id, values: [{ name: 'quality', score: 1, text: 'fine' }] })),
    { recordId: 'nobody', values: [{ name: 'quality', label: 'x' }] },
  ];
  const report = await client.experiments.annotateRuns({ ...of, annotations });
  expect(report).toEqual({ annotated: 2501, unknownRecordIds: ['nobody'] });
  expect(server.seen.filter(({ url }) => url.endsWith('/annotate')).length).toBe(3);
  expect((await client.experiments.listRuns(of).page({ limit: 1 })).items[0]?.annotations).toEqual([
    { name: 'quality', score: 1, text: 'fine' },
  ]);
});

test('says up to which run an upload came', async () => {
  const { client } = await connect(({ method, url }) => (method === 'POST' && url.endsWith('/runs') ? 503 : undefined));
  const rows = Array.from({ length: 1500 }, (_, index) => ({ example_id: `e${index}`, output: 'x' }));
  const call = client.experiments.create({ name: 'half', dataset: { id: axId('Dataset', 1) }, experimentRuns: rows });
  await expect(call).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('Runs 1 to 1000 are in'),
  });
});

test('finds things by their exact name, and says when there are several or none', async () => {
  const { server, client } = await connect();
  const first = server.addDataset('capitals', capitals);
  server.addDataset('capitals of Asia', capitals);
  expect((await client.datasets.get('capitals')).id).toBe(first);
  const second = server.addDataset('capitals', capitals);
  await expect(client.datasets.get('capitals')).rejects.toMatchObject({
    code: 'ambiguous',
    message: expect.stringMatching(`${first}, ${second}`),
  });
  await expect(client.datasets.get('Capitals')).rejects.toMatchObject({ code: 'not-found' });
  // A name that has the form of an id must be given as a name.
  const odd = axId('not', 1);
  server.addDataset(odd, capitals);
  await expect(client.datasets.get(odd)).rejects.toMatchObject({ code: 'not-found', status: 404 });
  expect((await client.datasets.get({ name: odd })).name).toBe(odd);
});

test('gives problem+json as a typed error without the key', async () => {
  for (const [status, code] of [
    [400, 'invalid-input'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not-found'],
    [409, 'conflict'],
    [422, 'invalid-input'],
    [429, 'unavailable'],
    [503, 'unavailable'],
  ] as const) {
    const { client } = await connect(() => status);
    const error: unknown = await client.experiments
      .get({ experiment: axId('Experiment', 1) })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, status });
    expect(String(error)).toContain('it said');
    expect(String(error)).not.toContain(axKey);
  }
  const wrong = createArizeClient({ endpoint: (await connect()).server.url, apiKey: 'wrong-key-123456' });
  closers.push(wrong.close);
  await expect(wrong.datasets.get({ id: axId('Dataset', 1) })).rejects.toMatchObject({
    code: 'unauthorized',
    message: expect.stringContaining('ARIZE_API_KEY'),
  });
});

test('tries a read again after 429, and does not repeat an upload', async () => {
  const { server, client } = await connect(({ method }, before) =>
    before === 0 ? 429 : method === 'POST' ? 502 : undefined,
  );
  const id = server.addDataset('capitals', capitals);
  expect((await client.datasets.get({ id })).versions.length).toBe(1);
  await expect(
    client.experiments.create({ name: 'x', dataset: { id }, experimentRuns: [{ example_id: 'a', output: 'b' }] }),
  ).rejects.toMatchObject({ status: 502, attempts: 1 });
});

test('creates, changes and deletes datasets and their rows', async () => {
  const { server, client } = await connect();
  server.addDataset('other', capitals);
  const rows = Array.from({ length: 1200 }, (_, index) => ({ question: `q${index}` }));
  const { id, versions } = await client.datasets.create({ name: 'rows', examples: rows });
  const listed = await client.datasets.listExamples({ id }).toArray();
  expect(listed.map((row) => row['question'])).toEqual(rows.map(({ question }) => question));
  const [first] = listed;
  const changed = await client.datasets.updateExamples({ id }, [
    { id: first?.id ?? '', question: 'new' },
    { id: 'nobody', question: 'x' },
  ]);
  expect(changed).toMatchObject({ exampleIds: [first?.id], unknownExampleIds: ['nobody'] });
  expect((await client.datasets.listExamples({ id }).page({ limit: 1 })).items[0]?.['question']).toBe('new');
  expect(await client.datasets.deleteExamples({ id }, [first?.id ?? ''], { versionId: versions[0]?.id ?? '' })).toEqual(
    { deleted: [first?.id], notDeleted: [] },
  );
  expect((await client.datasets.update({ id }, { name: 'renamed' })).name).toBe('renamed');
  await client.datasets.delete('renamed');
  await expect(client.datasets.get({ id })).rejects.toMatchObject({ code: 'not-found' });
  for (const bad of [[], [{}], [{ id: 'a' }], [{ q: 1 }, { created_at: 'x' }]]) {
    await expect(client.datasets.create({ name: 'bad', examples: bad })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  }
});

test('deletes experiments and lists them by dataset', async () => {
  const { server, client } = await connect();
  const [one, two] = [server.addDataset('one', capitals), server.addDataset('two', capitals)];
  for (const id of [one, two])
    await client.experiments.create({
      name: 'same',
      dataset: { id },
      experimentRuns: [{ example_id: 'a', output: 'b' }],
    });
  await expect(client.experiments.get({ experiment: 'same' })).rejects.toMatchObject({ code: 'ambiguous' });
  expect((await client.experiments.get({ experiment: 'same', dataset: 'two' })).datasetId).toBe(two);
  await client.experiments.delete({ experiment: 'same', dataset: 'one' });
  expect((await client.experiments.list().toArray()).map(({ datasetId }) => datasetId)).toEqual([two]);
  expect(await client.experiments.list({ dataset: 'one' }).toArray()).toEqual([]);
});
