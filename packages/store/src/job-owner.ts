import { AssayError } from '@assay/core';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './sqlite-errors.ts';

/**
 * Makes this process the one owner of a file's jobs, by a lock that the system takes back when the process ends, however
 * it ends. The lock is on a file beside it, which says who holds it.
 *
 * @returns What gives it up.
 * @throws AssayError `conflict` at once when another process has it.
 */
export function ownJobsOf(path: string): () => void {
  const lock = new DatabaseSync(`${path}.jobs-lock`, { timeout: 100 });
  try {
    lock.exec('CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER NOT NULL)');
    lock.exec(`INSERT INTO owner VALUES (1, ${process.pid}) ON CONFLICT (one) DO UPDATE SET pid = excluded.pid`);
    // An open transaction lets others read who it is, and keeps them from writing.
    lock.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const pid = isBusy(error) ? ownerOf(lock) : null;
    lock.close();
    throw isBusy(error) ? taken(path, pid) : error;
  }
  held.add(lock);
  return () => {
    if (held.delete(lock)) lock.close();
  };
}

/** A database that nothing refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

function ownerOf(lock: DatabaseSync): unknown {
  try {
    return lock.prepare('SELECT pid FROM owner').get()?.['pid'] ?? null;
  } catch {
    return null;
  }
}

function taken(path: string, pid: unknown): AssayError {
  const who = pid === null ? 'another process' : `the process ${String(pid)}`;
  return new AssayError(
    'conflict',
    `The jobs of ${path} are carried out by ${who}: only one server may own them. Use that one, or give this one another store; with PostgreSQL several servers share the work`,
  );
}
