import fc from 'fast-check';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openStore } from '../src/index.ts';
import { migrations } from '../src/migrations/index.ts';
import { loadDriver } from '../src/postgres-pool.ts';
import { fromPostgresText, toPostgresText } from '../src/postgres-text.ts';
import { describePostgres, emptyPostgres, schemaName } from './fixtures/databases.ts';
import { collect, createExperiment, successOf } from './fixtures/experiment.ts';

const seed = 20261126;

/** Runs statements as any other program would. */
async function execute(statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl')! });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(statements);
}

test('gives back any text that goes through PostgreSQL, also with a NUL or with what stands for one', () => {
  const text = fc.array(fc.constantFrom('a', '\0', '\uFDD0', '0', '1', '\\', 'u0000')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (given) => {
      expect(toPostgresText(given)).not.toContain('\0');
      expect(fromPostgresText(toPostgresText(given))).toBe(given);
    }),
    { seed },
  );
});

test('says how to install the driver when it is missing', async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(loadDriver(() => Promise.reject(missing))).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/npm install pg/),
  });
});

describePostgres('a PostgreSQL store', () => {
  test('finds examples, splits and evaluations by names with any character', async () => {
    await using store = await openStore(emptyPostgres());
    const part = fc.constantFrom('a', '\0', '\uFDD0', '0', '\\', 'u0000', '"', "'", '\uD83E', '💧');
    const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('').toWellFormed());
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 3 }), async (names) => {
        const examples = names.map((name) => ({ id: name, input: { name }, splits: [name] }));
        const { id, versionId } = await store.saveDataset({ name: `names ${++count}`, examples });
        expect(await collect(store.listExamples({ datasetId: id, versionId }))).toMatchObject(examples);
        const first = names[0]!;
        const pin = { datasetId: id, versionId, splits: [first] };
        expect((await collect(store.listExamples(pin))).map((example) => example.id)).toEqual([first]);

        const experiment = await store.createExperiment({ datasetId: id, datasetVersionId: versionId, repetitions: 1 });
        const failure = { ...successOf(experiment.id, first), output: null, error: `no ${first}` };
        await store.saveTaskRun(failure);
        const listed = await collect(store.listTaskRuns(experiment.id, { exampleIds: [first] }));
        expect(listed).toMatchObject([{ exampleId: first, error: `no ${first}` }]);
      }),
      { seed, numRuns: 40 },
    );
  });

  test('refuses an id that is too long to be looked up, and says so', async () => {
    await using store = await openStore(emptyPostgres());
    const id = Array.from({ length: 3_000 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    await expect(store.saveDataset({ name: 'long', examples: [{ id, input: 1 }] })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/2,600 bytes/),
    });
  });

  test('may be opened by many at once in an empty database', async () => {
    const url = emptyPostgres();
    const stores = await Promise.all(
      Array.from({ length: 8 }, (_, index) => openStore(url, { lockTimeoutMs: 30_000 + index })),
    );
    const datasets = stores.map((store) => store.saveDataset({ name: 'one', examples: [{ input: 1 }] }));
    expect(new Set((await Promise.all(datasets)).map(({ versionId }) => versionId)).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('leaves a schema of another program alone', async () => {
    const url = emptyPostgres();
    await execute(`CREATE SCHEMA ${schemaName(url)}; CREATE TABLE ${schemaName(url)}.invoices (id INTEGER)`);
    await expect(openStore(url)).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringMatching(/invoices of another program/),
    });
  });

  test('refuses a schema of a newer release', async () => {
    const url = emptyPostgres();
    await (await openStore(url)).close();
    await execute(`UPDATE ${schemaName(url)}.assay_schema SET version = ${migrations.length + 1}`);
    await expect(openStore(url)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('says which server, database or user was refused, and never the password', async () => {
    const refused = async (change: (url: URL) => void) => {
      const url = new URL(emptyPostgres());
      url.password = 'hunter2';
      change(url);
      const error = (await openStore(url.href, { lockTimeoutMs: 0 }).catch((reason: unknown) => reason)) as Error & {
        code: string;
      };
      expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('hunter2');
      return [error.code, error.message];
    };
    expect(await refused((url) => (url.port = '1'))).toEqual([
      'unavailable',
      expect.stringMatching(/postgres on 127.0.0.1:1/),
    ]);
    expect(await refused((url) => (url.username = 'nobody'))).toEqual([
      'unauthorized',
      expect.stringMatching(/role "nobody"/),
    ]);
    expect(await refused((url) => (url.pathname = '/nowhere'))).toEqual([
      'invalid-config',
      expect.stringMatching(/createdb/),
    ]);
  });

  test('refuses a user who may not make the schema', async () => {
    await execute('CREATE ROLE reader LOGIN');
    const url = new URL(emptyPostgres());
    url.username = 'reader';
    await expect(openStore(url.href)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('keeps one of two successes of two servers for one run, and tells the other', async () => {
    const url = emptyPostgres();
    await using one = await openStore(url);
    await using other = await openStore(url, { lockTimeoutMs: 29_000 });
    const { id } = await createExperiment(one, { examples: 50 });
    for (let index = 0; index < 50; index++)
      if (index % 2 === 0) await one.saveTaskRun({ ...successOf(id, `${index}`), output: null, error: 'overloaded' });

    const saves = [one, other].flatMap((store, server) =>
      Array.from({ length: 50 }, (_, index) =>
        store.saveTaskRun({ ...successOf(id, `${index}`), output: { server } }).then(
          ({ exampleId, output }) => ({ exampleId, output, isMine: true }),
          (error: { existing: { exampleId: string; output: unknown } }) => ({
            exampleId: error.existing.exampleId,
            output: error.existing.output,
            isMine: false,
          }),
        ),
      ),
    );
    const outcomes = await Promise.all(saves);
    const stored = new Map((await collect(one.listTaskRuns(id))).map((run) => [run.exampleId, run.output]));
    expect(stored.size).toBe(50);
    for (const { exampleId, output } of outcomes) expect(output).toEqual(stored.get(exampleId));
    expect(outcomes.filter(({ isMine }) => isMine).length).toBe(50);
    expect((await collect(one.listSuperseded(id))).length).toBe(25);
  });

  test('takes the changes of two servers to one experiment, one after the other', async () => {
    const url = emptyPostgres();
    await using one = await openStore(url);
    await using other = await openStore(url, { lockTimeoutMs: 29_000 });
    for (let round = 0; round < 10; round++) {
      const { id } = await createExperiment(one, { examples: 1, name: `round ${round}` });
      await Promise.all([
        one.patchExperiment(id, { name: 'renamed' }),
        other.patchExperiment(id, { description: 'described' }),
        one.patchExperiment(id, { metadata: { marked: true } }),
      ]);
      expect(await one.getExperiment(id)).toMatchObject({
        name: 'renamed',
        description: 'described',
        metadata: { marked: true },
      });
    }
  });

  test('makes a version of each of many uploads to one dataset at once, whole', async () => {
    const url = emptyPostgres();
    const stores = await Promise.all(
      [28_000, 29_000, 30_000].map((lockTimeoutMs) => openStore(url, { lockTimeoutMs })),
    );
    const uploads = stores.flatMap((store, server) =>
      Array.from({ length: 4 }, (_, index) => ({ store, name: `${server}${index}` })),
    );
    await Promise.all(
      uploads.map(({ store, name }) =>
        store.saveDataset({
          name: 'shared',
          examples: ['a', 'b', 'c'].map((id) => ({ id, input: name, splits: [name] })),
        }),
      ),
    );
    const [store] = stores;
    const { id } = await store!.getDataset({ name: 'shared' });
    const versions = await collect(store!.listVersions(id));
    expect(versions.length).toBe(12);
    for (const { id: versionId } of versions) {
      const examples = await collect(store!.listExamples({ datasetId: id, versionId }));
      expect(new Set(examples.map(({ input }) => input)).size).toBe(1);
      // Splits are of the examples, not of a version, so all have those of the last upload.
      expect(new Set(examples.map(({ splits }) => splits.join())).size).toBe(1);
    }
    await Promise.all(stores.map((opened) => opened.close()));
  });
});
