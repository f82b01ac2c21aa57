import { AssayError } from '@assay/core';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations/index.ts';
import { fromSqlite, isBusy } from './sqlite-errors.ts';
import { applicationId, sqliteWords, stagingTable } from './sqlite.ts';

export interface SqliteFileOptions {
  /** How long to wait for another process that has the file locked, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/** A SQLite file, open, ours, and at the newest schema. */
export interface SqliteFile {
  readonly database: DatabaseSync;
  /** Runs `work`, again when another process is in the way, until the time is up. `work` must have done nothing when it throws. */
  whenFree<T>(work: () => T): T;
}

/**
 * Opens a file, or makes it.
 *
 * @throws AssayError `invalid-config` for a folder or a file that is not ours, `unsupported` for one that is too new,
 * `unavailable` when it cannot be used. Such a file is left as it is.
 */
export function openSqliteFile(path: string, options: SqliteFileOptions): SqliteFile {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AssayError('invalid-config', `Expected ${path} to be a file, got a folder`);
  }
  const whenFree = <T>(work: () => T) => retryWhileBusy(work, path, options.lockTimeoutMs);
  let database: DatabaseSync | undefined;
  try {
    // Short, as waiting is done by whenFree: SQLite's own wait has no jitter, and lets one of several writers starve.
    const opened = (database = new DatabaseSync(path, { timeout: 20, enableForeignKeyConstraints: true }));
    whenFree(() => checkOwner(opened, path));
    whenFree(() => opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL'));
    // The log of a large upload would otherwise keep its size until the file is closed.
    opened.exec(`PRAGMA journal_size_limit = ${64 * 1024 * 1024}`);
    whenFree(() => migrate(opened, path));
    opened.exec(stagingTable);
    return { database: opened, whenFree };
  } catch (error) {
    database?.close();
    throw fromSqlite(error, path);
  }
}

/** Nothing is written before this has passed. */
function checkOwner(database: DatabaseSync, path: string): void {
  if (numberOf(database, 'PRAGMA application_id') === applicationId) return checkVersion(database, path);
  const isEmpty =
    numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0 && numberOf(database, 'PRAGMA user_version') === 0;
  if (!isEmpty)
    throw new AssayError('invalid-config', `Expected ${path} to be an Assay database, got one of another program`);
}

function checkVersion(database: DatabaseSync, path: string): void {
  const version = numberOf(database, 'PRAGMA user_version');
  if (version <= migrations.length) return;
  throw new AssayError(
    'unsupported',
    `${path} was written by a newer version of Assay: needs one that knows schema ${version}, this one knows ${migrations.length}`,
  );
}

/** Takes the steps that are missing, one transaction each, so that two processes that open a new file are in each other's way at no step. */
function migrate(database: DatabaseSync, path: string): void {
  while (numberOf(database, 'PRAGMA user_version') < migrations.length) {
    database.exec('BEGIN IMMEDIATE');
    try {
      checkOwner(database, path);
      const taken = numberOf(database, 'PRAGMA user_version');
      for (const statement of migrations[taken]?.up(sqliteWords) ?? []) database.exec(statement);
      // A pragma takes no parameters.
      database.exec(
        `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${Math.min(taken + 1, migrations.length)}; COMMIT`,
      );
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

function retryWhileBusy<T>(work: () => T, path: string, timeoutMs: number): T {
  const start = performance.now();
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - start >= timeoutMs) {
        throw new AssayError(
          'unavailable',
          `Could not use ${path}: another process has had it locked for ${timeoutMs / 1000} s`,
          { cause: error },
        );
      }
      sleep(1 + Math.random() * 9);
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread, which is the worker's own. */
function sleep(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}

function numberOf(database: DatabaseSync, query: string): number {
  return Number(Object.values(database.prepare(query).get() ?? {})[0]);
}
