import { AssayError, messageOf } from '@assay/core';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { warnOfNetworkFileSystem } from './network-file-system.ts';
import { checkNodeVersion } from './node-version.ts';
import { shareConnection } from './shared-connection.ts';
import { createStore } from './create-store.ts';
import { ownJobsOf } from './job-owner.ts';
import type { Store } from './store.ts';
import { readStoreUrl } from './store-url.ts';
import { openConnection } from './worker-connection.ts';

export interface OpenStoreOptions {
  /**
   * How long a call waits for another process that has the file locked, or for a PostgreSQL server that is away, in
   * milliseconds. Default 60,000: a pause of half a minute costs nothing.
   */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Opens a store, and makes it when it is not there. What it has saved is on the disk: neither `kill -9` nor a power cut
 * loses it. Several processes may have the same file open, and several machines the same database.
 *
 * @param url - `file:./path.db` (SQLite), `postgres://user:password@host/database?schema=assay` (with the package `pg`) or
 * `memory:`. Default: `ASSAY_STORE`, else `file:.assay/assay.db`.
 * @throws AssayError `invalid-config` for a URL that is no store's and a file or schema that is not Assay's,
 * `unsupported` for one of a newer Assay, on an old Node and without `pg`, `unauthorized` when the database refuses the
 * user, `unavailable` for a file or a server that cannot be used.
 *
 * @example
 * ```ts
 * import { openStore } from '@assay/store';
 *
 * await using store = await openStore('file:./runs.db');
 * const { id } = await store.saveDataset({ name: 'capitals', examples: [{ input: 'Peru', expected: 'Lima' }] });
 * ```
 */
export async function openStore(url?: string, { lockTimeoutMs = 60_000 }: OpenStoreOptions = {}): Promise<Store> {
  checkNodeVersion();
  const location = readStoreUrl(url ?? (process.env['ASSAY_STORE'] || 'file:.assay/assay.db'));
  if (location.type === 'memory')
    return createStore(await openConnection({ path: ':memory:', lockTimeoutMs }), () => () => {});
  if (location.type === 'postgres') {
    const key = JSON.stringify([location, lockTimeoutMs]);
    const connection = await shareConnection(key, async () => {
      // What a SQLite file has in its own thread, and need not load here as well.
      const { openPostgres } = await import('./postgres-connection.ts');
      return openPostgres(location, lockTimeoutMs);
    });
    return createStore(connection, null);
  }
  await makeFolder(dirname(location.path));
  const path = await realPath(location.path);
  const key = JSON.stringify([path, lockTimeoutMs]);
  const connection = await shareConnection(key, () => openConnection({ path, lockTimeoutMs }));
  return createStore(connection, () => ownJobsOf(path));
}

/** Two ways to one file are one file. The file itself need not be there yet. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await warnOfNetworkFileSystem(folder);
  } catch (cause) {
    throw new AssayError('unavailable', `Could not make the folder ${folder}: ${messageOf(cause)}`, { cause });
  }
}
