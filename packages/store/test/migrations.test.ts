import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { expect, test } from 'vitest';
import { globalId, openStore } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { migrations } from '../src/migrations/index.ts';
import { describePostgres, emptyPostgres, schemaName } from './fixtures/databases.ts';
import { collect, successOf, temporaryFolder } from './fixtures/experiment.ts';

const fixtures = new URL('./fixtures/', import.meta.url);

/** A file as an earlier release left it. */
function fileOf(version: number): string {
  const path = join(temporaryFolder(), `schema-${version}.db`);
  const database = new DatabaseSync(path);
  database.exec(readFileSync(new URL(`schema-${`${version}`.padStart(4, '0')}.sql`, fixtures), 'utf8'));
  database.close();
  return path;
}

function schemaOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const schema = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    .all();
  database.close();
  return schema;
}

test('keeps a dump for every migration, and numbers them in order', () => {
  const dumps = readdirSync(fixtures).filter((name) => name.startsWith('schema-'));
  expect(dumps.sort()).toEqual(migrations.map(({ name }) => `schema-${name.slice(0, 4)}.sql`));
  const postgresDumps = readdirSync(fixtures).filter((name) => name.startsWith('postgres-'));
  expect(postgresDumps.sort()).toEqual(
    migrations.slice(firstOfPostgres - 1).map(({ name }) => `postgres-${name.slice(0, 4)}.sql`),
  );
  expect(migrations.map(({ name }) => Number(name.slice(0, 4)))).toEqual(
    migrations.map((_migration, index) => index + 1),
  );
});

for (const version of migrations.keys()) {
  test(`brings a file of schema ${version + 1} forward with everything in it`, async () => {
    const path = fileOf(version + 1);
    const fresh = join(temporaryFolder(), 'fresh.db');
    await (await openStore(`file:${fresh}`)).close();
    const store = await openStore(`file:${path}`);

    await expectCapitals(store);
    await store.close();
    expect(schemaOf(path)).toEqual(schemaOf(fresh));
  });
}

async function expectCapitals(store: Store): Promise<void> {
  const dataset = await store.getDataset({ name: 'capitals' });
  const pin = { datasetId: dataset.id, versionId: dataset.versionId };
  expect((await collect(store.listExamples(pin))).map(({ id, splits }) => [id, splits])).toEqual([
    ['france', ['easy']],
    ['kenya', []],
  ]);
  expect((await collect(store.listVersions(dataset.id))).length).toBe(2);
  const { id } = await store.createExperiment({
    datasetId: dataset.id,
    datasetVersionId: dataset.versionId,
    repetitions: 1,
  });
  expect(await store.saveTaskRun(successOf(id, 'kenya'))).toMatchObject({ exampleId: 'kenya', error: null });
}

/** PostgreSQL came with schema 5. */
const firstOfPostgres = 5;

describePostgres('in PostgreSQL', () => {
  for (let version = firstOfPostgres; version <= migrations.length; version++) {
    test(`brings a schema of version ${version} forward with everything in it`, async () => {
      const [old, fresh] = [emptyPostgres(), emptyPostgres()];
      await restore(version, old);
      await (await openStore(fresh)).close();
      await using store = await openStore(old);
      await expectCapitals(store);
      expect(await describeSchema(old)).toEqual(await describeSchema(fresh));
    });
  }
});

async function restore(version: number, url: string): Promise<void> {
  const dump = readFileSync(new URL(`postgres-${`${version}`.padStart(4, '0')}.sql`, fixtures), 'utf8');
  await query(url, dump.replaceAll('dumped', schemaName(url)));
}

/** Every column and index of a schema, by name. */
async function describeSchema(url: string): Promise<unknown> {
  const columns = `SELECT table_name, column_name, data_type, collation_name, is_nullable, is_identity, column_default
    FROM information_schema.columns WHERE table_schema = '${schemaName(url)}' ORDER BY table_name, column_name`;
  const indexes = `SELECT tablename, indexname, replace(indexdef, '${schemaName(url)}', '') AS index
    FROM pg_indexes WHERE schemaname = '${schemaName(url)}' ORDER BY indexname`;
  return [await query(url, columns), await query(url, indexes)];
}

async function query(url: string, statements: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statements);
  await client.end();
  return rows;
}

test('keeps the experiments of schema 2', async () => {
  await using store = await openStore(`file:${fileOf(2)}`);
  const [experiment] = await collect(store.listExperiments({ name: 'baseline' }));
  expect(experiment).toMatchObject({ splits: ['easy'], metadata: { model: 'small' }, repetitions: 2, exampleCount: 1 });
  expect(await collect(store.listTaskRuns(experiment!.id))).toMatchObject([
    {
      exampleId: 'france',
      output: { answer: 'Paris' },
      startedAt: new Date('2026-03-01T12:00:00.123Z'),
      latencyMs: 12.5,
      usage: { promptTokens: 7 },
    },
  ]);
  expect(await collect(store.listEvaluationRuns(experiment!.id))).toMatchObject([
    { name: 'exact', score: 1, label: 'true' },
  ]);
  expect(await collect(store.listSuperseded(experiment!.id))).toMatchObject([
    { kind: 'task-run', record: { error: 'overloaded' } },
  ]);
  expect(await collect(store.listTags(experiment!.id))).toMatchObject([{ name: 'baseline' }]);
});

test('keeps the splits, the spans and the examples without ids of schema 3', async () => {
  await using store = await openStore(`file:${fileOf(3)}`);
  const { id, versionId } = await store.getDataset({ name: 'rivers' });
  const [river] = await collect(store.nodes.listExamples({ datasetId: id, versionId }));
  expect(river).toMatchObject({ input: { q: 'Nile' }, expected: { a: 'Africa' } });
  expect(river!.id).toBe(river!.nodeId);
  const capitals = await store.getDataset({ name: 'capitals' });
  const { items } = await store.nodes.listSplits(capitals.id, { limit: 10 });
  expect(items).toMatchObject([{ name: 'easy', color: '#808080', metadata: {} }]);
  expect(await store.nodes.listTraces(['0af7651916cd43dd8448eb211c80319c'])).toMatchObject([
    { promptTokens: 7, modelNames: ['small'] },
  ]);
});

test('keeps the labels and the annotations of schema 4', async () => {
  await using store = await openStore(`file:${fileOf(4)}`);
  const { id } = await store.getDataset({ name: 'rivers' });
  expect(await store.nodes.listDatasetLabels(id)).toMatchObject([{ name: 'golden', color: '#00cc88' }]);
  const tone = { target: 'span', targetId: 'b7ad6b7169203331', name: 'tone', identifier: '', kind: 'HUMAN' } as const;
  const result = { score: null, label: 'warm', explanation: null, metadata: {} };
  // Written over, it keeps its id.
  expect(await store.nodes.annotateTraces([{ ...tone, ...result }], true)).toEqual([globalId('SpanAnnotation', 1)]);
});

test('keeps the job of schema 5, with its counts and its errors', async () => {
  await using store = await openStore(`file:${fileOf(5)}`);
  const [experiment] = await collect(store.listExperiments({ name: 'baseline' }));
  expect(await store.jobs.get(experiment!.id)).toMatchObject({
    status: 'RUNNING',
    token: 2,
    spec: { task: { type: 'registered', name: 'capital' } },
    evaluatorNames: ['exact'],
    taskRuns: { expected: 2, ok: 1, failed: 0 },
    evaluations: { ok: 1 },
    lastError: { kind: 'task', exampleId: 'france', message: 'overloaded' },
  });
});

test('keeps the answers of models of schema 7', async () => {
  await using store = await openStore(`file:${fileOf(7)}`);
  expect(await store.calls.get('c'.repeat(64))).toBe('{"kind":"generate"}');
});
