import type { PoolClient } from 'pg';
import type { Connection } from './connection.ts';
import type { Operation } from './operation.ts';
import { createOperations, isRead } from './operations/index.ts';
import type { OperationName, Operations, ResultOf } from './operations/index.ts';
import { fromPostgres } from './postgres-errors.ts';
import { createPostgresDatabase } from './postgres-database.ts';
import { createPool, loadDriver, runOperation } from './postgres-pool.ts';
import { GroupedSaves } from './postgres-saves.ts';
import { migratePostgres } from './postgres-schema.ts';
import { begin, inTransaction, withClient, withoutSync } from './postgres-transaction.ts';
import type { PostgresLocation } from './postgres-url.ts';
import { postgresDialect } from './postgres.ts';

/** Operations that arrive by the thousand, and whose first statement nearly always does all. */
const grouped: ReadonlySet<OperationName> = new Set([
  'saveTaskRun',
  'saveEvaluationRun',
  'saveFencedTaskRun',
  'saveFencedEvaluationRun',
]);

/** Operations whose loss costs little: nobody waits for the disk to have them. */
const fleeting: ReadonlySet<OperationName> = new Set(['exchangePermits']);

/**
 * Opens a schema of a PostgreSQL database.
 *
 * @param patienceMs - How long a call waits for a server that is away, and tries again after it has met another.
 */
export async function openPostgres(location: PostgresLocation, patienceMs: number): Promise<Connection> {
  const driver = await loadDriver();
  const { place, schema } = location;
  const pool = createPool(driver, location, await durability());
  const operations = createOperations(postgresDialect) as Readonly<
    Record<OperationName, (...args: never[]) => Operation<unknown>>
  >;
  const saves = new GroupedSaves(pool, patienceMs);

  /** What the pool sets besides: an answer has to mean that the record is on the disk. */
  async function durability(): Promise<{ readonly options?: string }> {
    const first = createPool(driver, location, { max: 1 });
    try {
      return await withClient(first, 0, async (client) => {
        await migratePostgres(client, schema, place);
        const { rows } = await client.query<{ commit: string; sync: string }>(
          `SELECT current_setting('synchronous_commit') AS commit, current_setting('fsync') AS sync`,
        );
        if (rows[0]!.sync === 'off') warnOfLostSync(place);
        return rows[0]!.commit === 'off' ? { options: '-c synchronous_commit=on' } : {};
      });
    } catch (error) {
      throw fromPostgres(error, place);
    } finally {
      await first.end();
    }
  }

  async function call<Name extends OperationName>(
    name: Name,
    ...args: Parameters<Operations[Name]>
  ): Promise<ResultOf<Name>> {
    const given: readonly unknown[] = args;
    const start = () => operations[name](...(given as never[]));
    const work = (client: PoolClient) => runOperation(client, start(), isRead(name) ? patienceMs : 0);
    try {
      const result = grouped.has(name)
        ? saves.save(start)
        : isRead(name)
          ? withClient(pool, patienceMs, work)
          : inTransaction(pool, patienceMs, work, fleeting.has(name) ? `${begin}; ${withoutSync}` : begin);
      return (await result) as ResultOf<Name>;
    } catch (error) {
      throw fromPostgres(error, place);
    }
  }

  const postgres = createPostgresDatabase(driver, pool, location, patienceMs);
  return { call, postgres, close: () => pool.end() };
}

function warnOfLostSync(place: string): void {
  process.emitWarning(
    `PostgreSQL does not sync its disk (fsync = off), so a power cut may lose what was saved to ${place}`,
    'AssayWarning',
  );
}
