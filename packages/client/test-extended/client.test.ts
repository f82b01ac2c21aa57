import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect, uniqueName } from './phoenix-server.ts';

const client = connect();
afterAll(() => client.close());

test('creates, appends to, updates and deletes a dataset', async () => {
  const name = uniqueName('countries');
  const created = await client.datasets.create({
    name,
    description: 'Of the world',
    examples: [{ id: 'peru', input: 'Peru', expected: 'Lima', splits: ['south'] }],
  });
  expect(created).toMatchObject({ name, description: 'Of the world', exampleCount: 1 });
  await expect(client.datasets.create({ name, examples: [] })).rejects.toMatchObject({ code: 'conflict', status: 409 });

  await client.datasets.append(name, [{ id: 'chad', input: { country: 'Chad' } }]);
  const both = await client.datasets.get(name);
  expect(both.examples.map(({ id, input, expected, splits }) => [id, input, expected, splits])).toEqual([
    ['peru', 'Peru', 'Lima', ['south']],
    ['chad', { country: 'Chad' }, null, []],
  ]);
  const updated = await client.datasets.update(
    { id: created.id },
    { description: null, metadata: { source: 'atlas' }, examples: [{ id: 'chad', input: 'Chad' }] },
  );
  expect(updated).toMatchObject({ description: null, metadata: { source: 'atlas' }, exampleCount: 1 });
  expect((await client.datasets.get(created.id, { versionId: both.versionId })).examples.length).toBe(2);
  expect((await client.datasets.versions(name).toArray()).length).toBe(3);

  await client.datasets.delete(name);
  await expect(client.datasets.get(name)).rejects.toMatchObject({ code: 'not-found' });
});

test('pages through a list, and gives plain JSON', async () => {
  const names = [uniqueName('page'), uniqueName('page')];
  for (const name of names) await client.datasets.create({ name, examples: [{ input: 1 }] });
  const first = await client.datasets.list().page({ limit: 1 });
  const second = await client.datasets.list().page({ limit: 1, cursor: first.nextCursor });
  expect([first.items[0]?.name, second.items[0]?.name]).toEqual([names[1], names[0]]);
  expect(first.items[0]?.toJSON()['createdAt']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect((await client.datasets.list({ name: names[0] }).toArray()).length).toBe(1);
});

test('uploads CSV and JSON Lines files, and downloads them again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-upload-'));
  try {
    const path = join(folder, 'countries.csv');
    await writeFile(path, 'key,country,capital,part\npe,Peru,Lima,south\ntd,Chad,"N\'Djamena",\n');
    const name = uniqueName('file');
    const file = { path, input: ['country'], expected: ['capital'], split: 'part', id: 'key' };
    await client.datasets.create({ name, file });
    const { examples } = await client.datasets.get(name);
    expect(examples).toEqual([
      { id: 'pe', input: { country: 'Peru' }, expected: { capital: 'Lima' }, metadata: {}, splits: ['south'] },
      { id: 'td', input: { country: 'Chad' }, expected: { capital: "N'Djamena" }, metadata: {}, splits: [] },
    ]);
    await client.datasets.append(name, {
      file: { content: '{"key":"ke","country":"Kenya"}\n', format: 'jsonl', input: ['country'], id: 'key' },
    });
    expect((await client.datasets.get(name)).exampleCount).toBe(3);
    const lines = (await client.datasets.download(name, { format: 'jsonl' })).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['pe', 'td', 'ke']);
    expect(await client.datasets.download(name, { format: 'csv' })).toContain('input.country');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('saves, lists and deletes splits', async () => {
  const name = uniqueName('splits');
  const split = uniqueName('hard');
  await client.datasets.create({ name, examples: ['a', 'b', 'c'].map((id) => ({ id, input: id })) });
  await client.datasets.splits.save(name, { name: split, exampleIds: ['a', 'b'] });
  await client.datasets.splits.save(name, { name: split, description: 'Few can', exampleIds: ['b', 'c'] });
  expect(await client.datasets.splits(name).toArray()).toMatchObject([
    { name: split, description: 'Few can', exampleCount: 2 },
  ]);
  expect((await client.datasets.get(name, { splits: [split] })).examples.map(({ id }) => id)).toEqual(['b', 'c']);

  // Splits are shared by all datasets of a Phoenix server.
  const other = uniqueName('other');
  await client.datasets.create({ name: other, examples: [{ id: 'x', input: 'x' }] });
  expect(await client.datasets.splits.save(other, { name: split, exampleIds: ['x'] })).toMatchObject({
    exampleCount: 1,
  });
  expect((await client.datasets.get(other, { splits: [split] })).examples).toMatchObject([
    { id: 'x', input: 'x', expected: null },
  ]);

  await client.datasets.splits.delete(name, split);
  expect(await client.datasets.splits(name).toArray()).toEqual([]);
  await expect(client.datasets.splits.delete(name, split)).rejects.toMatchObject({ code: 'not-found' });
});

test('logs results that were computed elsewhere, and refuses a row of an unknown example before anything is saved', async () => {
  const name = uniqueName('log');
  await client.datasets.create({ name, examples: ['a', 'b'].map((id) => ({ id, input: id })) });
  const startedAt = new Date('2026-03-01T12:00:00.000Z');
  const runs = [
    {
      taskRun: { exampleId: 'a', output: 'A', startedAt, latencyMs: 1500, traceId: 'ab'.repeat(16) },
      evaluationRuns: [{ name: 'exact', score: 1 }],
    },
    { taskRun: { exampleId: 'b', error: 'overloaded' } },
    { taskRun: { exampleId: 'a', output: 'a', repetition: 2 }, evaluationRuns: [{ name: 'exact', error: 'no judge' }] },
  ];
  await expect(
    client.experiments.log({ dataset: name, runs: [...runs, { taskRun: { exampleId: 'z', output: 1 } }] }),
  ).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining('Row 4') });
  expect(await client.experiments.list({ dataset: name }).toArray()).toEqual([]);

  const { experiment } = await client.experiments.log({
    dataset: name,
    name: 'logged',
    metadata: { model: 'small' },
    runs,
  });
  const read = await client.experiments.read(experiment.id);
  expect(read.summary.taskRuns).toEqual({ planned: 4, ok: 2, failed: 1, missing: 1 });
  expect(read.taskRuns[0]).toMatchObject({
    exampleId: 'a',
    repetition: 1,
    output: 'A',
    startedAt,
    latencyMs: 1500,
    traceId: 'ab'.repeat(16),
  });
  expect(read.summary.evaluators['exact']).toMatchObject({ ok: 1, failed: 1, mean: 1 });
  expect(JSON.parse(await client.experiments.download(experiment.id, { format: 'json' }))).toMatchObject([
    { repetition_number: 1, output: 'A' },
    {},
    {},
  ]);
  expect(await client.experiments.download(experiment.id, { format: 'csv' })).toContain('annotation_exact_score');
});

test('logs a run and an evaluation by themselves, and annotates', async () => {
  const name = uniqueName('single');
  await client.datasets.create({ name, examples: [{ id: 'a', input: 'a' }] });
  const { id } = await client.experiments.create({ dataset: name, name: 'by hand' });
  const run = await client.experiments.logRun(id, { exampleId: 'a', output: ['x'] });
  await expect(client.experiments.logRun(id, { exampleId: 'a', output: 'y' })).rejects.toMatchObject({
    code: 'conflict',
    existing: { output: ['x'] },
  });
  await client.experiments.logEvaluation(run, {
    name: 'tone',
    label: 'curt',
    kind: 'LLM',
    direction: 'neutral',
    metadata: { words: 1 },
  });
  const { saved, unknownTaskRunIds } = await client.experiments.annotateRuns(id, [
    { taskRunId: run.id, name: 'tone', score: 0.5 },
    { taskRunId: 'nobody', name: 'tone', score: 1 },
  ]);
  expect([saved.length, unknownTaskRunIds]).toEqual([1, ['nobody']]);
  const evaluations = [];
  for await (const evaluation of client.experiments.listEvaluations(id)) evaluations.push(evaluation);
  expect(evaluations).toMatchObject([{ name: 'tone', kind: 'HUMAN', score: 0.5, label: null, direction: 'neutral' }]);
});

test('patches, tags, lists and deletes experiments', async () => {
  const name = uniqueName('tags');
  await client.datasets.create({ name, examples: [{ id: 'a', input: 'a' }] });
  const { id } = await client.experiments.create({ dataset: name, name: 'one', metadata: { a: 1 } });
  expect(await client.experiments.patch(id, { description: 'Better', metadata: { b: 2 } })).toMatchObject({
    name: 'one',
    description: 'Better',
    metadata: { b: 2 },
  });
  await client.experiments.addTag(id, 'baseline', 'In production');
  expect(await client.experiments.listTags(id)).toMatchObject([{ name: 'baseline', description: 'In production' }]);
  await client.experiments.removeTag(id, 'baseline');
  await expect(client.experiments.removeTag(id, 'baseline')).rejects.toMatchObject({ code: 'not-found' });
  expect((await client.experiments.list({ dataset: name }).toArray()).map((experiment) => experiment.id)).toEqual([id]);
  await client.experiments.delete(id, { deleteProject: true });
  await expect(client.experiments.get(id)).rejects.toMatchObject({ code: 'not-found' });
});

test('says that Phoenix has no background jobs', async () => {
  const name = uniqueName('jobs');
  await client.datasets.create({ name, examples: [{ id: 'a', input: 'a' }] });
  const { id } = await client.experiments.create({ dataset: name });
  const calls = [
    () => client.jobs.get(id),
    () => client.jobs.stop(id),
    () => client.jobs.list().toArray(),
    () => client.jobs.start({ dataset: name, task: {} }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'unsupported' });
});
