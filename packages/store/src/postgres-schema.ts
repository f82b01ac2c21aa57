import { AssayError } from '@assay/core';
import type { ClientBase } from 'pg';
import { migrations } from './migrations/index.ts';
import { dropForgotten, postgresWords, stagingTable } from './postgres.ts';

/**
 * Brings the schema to the newest version, and makes it when it is not there. Whoever comes second waits for the first.
 *
 * @throws AssayError `invalid-config` for a schema that is not ours, `unsupported` for one that is too new.
 */
export async function migratePostgres(client: ClientBase, schema: string, place: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`assay ${schema}`]);
    const version = await versionOf(client, schema, place);
    if (version > migrations.length) {
      throw new AssayError(
        'unsupported',
        `The schema ${schema} of ${place} was written by a newer version of Assay: needs one that knows schema ${version}, this one knows ${migrations.length}`,
      );
    }
    if (version < migrations.length) await takeSteps(client, schema, version);
    await client.query(dropForgotten);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** 0 for a schema that is empty or not there. */
async function versionOf(client: ClientBase, schema: string, place: string): Promise<number> {
  const marked = await client.query<{ marked: boolean }>('SELECT to_regclass($1) IS NOT NULL AS marked', [
    `${schema}.assay_schema`,
  ]);
  if (marked.rows[0]!.marked) {
    const { rows } = await client.query<{ version: number }>('SELECT version FROM assay_schema');
    return rows[0]!.version;
  }
  const { rows } = await client.query<{ name: string }>(
    'SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 LIMIT 1',
    [schema],
  );
  if (rows.length === 0) return 0;
  throw new AssayError(
    'invalid-config',
    `Expected the schema ${schema} of ${place} to be Assay's or empty, got one with ${rows[0]!.name} of another program. Name another in the URL: ?schema=name`,
  );
}

async function takeSteps(client: ClientBase, schema: string, version: number): Promise<void> {
  if (version === 0) {
    // Not `IF NOT EXISTS` alone: it asks for the right to create even when nothing is to be created.
    const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    if (rows.length === 0) await client.query(`CREATE SCHEMA "${schema}"`);
    await client.query('CREATE TABLE assay_schema (version BIGINT NOT NULL)');
    await client.query('INSERT INTO assay_schema VALUES (0)');
  }
  for (const { up } of migrations.slice(version))
    for (const statement of up(postgresWords)) await client.query(statement);
  // Nothing in it is to be kept.
  await client.query(`DROP TABLE IF EXISTS staged_examples; ${stagingTable}`);
  await client.query('UPDATE assay_schema SET version = $1', [migrations.length]);
}
