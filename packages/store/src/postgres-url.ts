import { AssayError } from '@assay/core';

/** A schema in a database of a PostgreSQL server. */
export interface PostgresLocation {
  readonly type: 'postgres';
  /** As the driver reads it: without the parts that are ours. Holds the password. */
  readonly url: string;
  /** What the user wants set for each connection, as `options` of libpq has it. */
  readonly options: string;
  readonly schema: string;
  /** Names the database in messages, without a secret: `assay on db.example.org:5432`. */
  readonly place: string;
}

/**
 * Reads `postgres://user:password@host:port/database?schema=assay`.
 *
 * @throws AssayError `invalid-config`, which never repeats the URL: it may hold a password.
 */
export function readPostgresUrl(text: string): PostgresLocation {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Without the cause, which carries the URL.
    throw new AssayError(
      'invalid-config',
      'Expected the URL of a PostgreSQL store to be like postgres://user:password@host:5432/database (with special characters of the password written as %40 and so on), got one that cannot be read',
    );
  }
  const schema = url.searchParams.get('schema') ?? 'assay';
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(schema) || schema.startsWith('pg_')) {
    throw new AssayError(
      'invalid-config',
      `Expected schema to be a name of lower-case letters, digits and _ that does not start with pg_, of at most 48 characters, got ${JSON.stringify(schema)}`,
    );
  }
  const options = url.searchParams.get('options') ?? '';
  url.searchParams.delete('schema');
  url.searchParams.delete('options');
  const host = url.searchParams.get('host') ?? url.host;
  const database = decodeURIComponent(url.pathname.slice(1)) || 'the default database';
  return { type: 'postgres', url: url.href, options, schema, place: `${database} on ${host || 'this machine'}` };
}
