import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../src/index.ts';
import type { PostgresDatabase } from '../src/index.ts';
import { describePostgres, emptyPostgres, schemaName } from './fixtures/databases.ts';

async function openDatabase(url = emptyPostgres()): Promise<PostgresDatabase> {
  const store = await openStore(url);
  onTestFinished(() => store.close());
  return store.postgres!;
}

describePostgres('the database of a PostgreSQL store', () => {
  test('runs the SQL of others, and reads rows as the driver does', async () => {
    const url = emptyPostgres();
    const database = await openDatabase(url);
    expect(database.schema).toBe(schemaName(url));
    const { rows } = await database.executeSql(
      `SELECT $1::jsonb AS data, 7 AS number, to_timestamp(0) AS time, ARRAY['a', 'b'] AS list, current_schema() AS place`,
      [JSON.stringify({ a: [1] })],
    );
    const place = database.schema;
    expect(rows).toEqual([{ data: { a: [1] }, number: 7, time: new Date(0), list: ['a', 'b'], place }]);
  });

  test('gives back connections without the transaction that failed in them', async () => {
    const database = await openDatabase();
    const all = Array.from({ length: 20 }, () => database.executeSql('BEGIN; SELECT 1 / 0; COMMIT'));
    for (const tried of await Promise.allSettled(all))
      expect(tried).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    for (let asked = 0; asked < 20; asked++)
      expect(await database.executeSql('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] });
  });
});

test('a file has no PostgreSQL database', async () => {
  await using store = await openStore('memory:');
  expect(store.postgres).toBeNull();
});
