import type { Pool } from 'pg';
import { withClient } from './postgres-transaction.ts';
import type { PostgresLocation } from './postgres-url.ts';

/** The database of a PostgreSQL store, for a library that keeps tables of its own in it. */
export interface PostgresDatabase {
  /** The store's own, which nothing else is to be put into. */
  readonly schema: string;
  /** Names the database in messages, without a secret. */
  readonly place: string;
  /**
   * Runs SQL on a connection of the store's: one statement with values, or several without. Rows are as `pg` reads them
   * by itself. Rejects with what the driver throws.
   */
  executeSql(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

export function createPostgresDatabase(
  driver: typeof import('pg'),
  pool: Pool,
  { schema, place }: PostgresLocation,
  patienceMs: number,
): PostgresDatabase {
  return {
    schema,
    place,
    executeSql: (text, values) =>
      withClient(pool, patienceMs, async (client) => {
        try {
          return await client.query({ text, values, types: driver.types, query_timeout: patienceMs } as never);
        } catch (error) {
          // What begins a transaction in its text leaves it open when it fails.
          await client.query('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
  };
}
