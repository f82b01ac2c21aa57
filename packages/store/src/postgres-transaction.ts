import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { isConnectionFailure, isRace } from './postgres-errors.ts';

/** A transaction sees one state of the database, and meets a race when a row that it changes was changed since. */
export const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

/** Follows `begin`: the answer does not wait for the disk. */
export const withoutSync = 'SET LOCAL synchronous_commit = off';

/** Works with a connection and gives it back. While the server is away, it is asked again until the time is up. */
export async function withClient<T>(
  pool: Pool,
  patienceMs: number,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await connect(pool, patienceMs);
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    client.release(isConnectionFailure(error));
    throw error;
  }
}

/** Does all of the work or nothing of it. When it meets a race it is done again, until the time is up. */
export async function inTransaction<T>(
  pool: Pool,
  patienceMs: number,
  work: (client: PoolClient) => Promise<T>,
  beginning = begin,
): Promise<T> {
  const start = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await withClient(pool, patienceMs, (client) => allOrNothing(client, beginning, () => work(client)));
    } catch (error) {
      if (!isRace(error) || performance.now() - start >= patienceMs) throw error;
      await sleep(Math.random() * Math.min(2 ** tries, 200));
    }
  }
}

async function allOrNothing<T>(client: PoolClient, beginning: string, work: () => Promise<T>): Promise<T> {
  try {
    await client.query(beginning);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (!isConnectionFailure(error)) await client.query('ROLLBACK');
    throw error;
  }
}

/** Nothing has been done when it throws. */
async function connect(pool: Pool, patienceMs: number): Promise<PoolClient> {
  const start = performance.now();
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isConnectionFailure(error) || performance.now() - start >= patienceMs) throw error;
      await sleep(100 + Math.random() * 100);
    }
  }
}
