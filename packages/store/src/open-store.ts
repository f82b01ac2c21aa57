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
  /** How long to wait for another process that has the file locked, in milliseconds. Default 30,000. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Opens a store, and makes it when it is not there. What it has saved is on the disk: neither `kill -9` nor a power cut
 * loses it. Several processes may have the same file open.
 *
 * @param url - `file:./path.db` (SQLite) or `memory:`. Default: `ASSAY_STORE`, else `file:.assay/assay.db`.
 * @throws AssayError `invalid-config` for a URL that is no store's and a file that is not Assay's, `unsupported` for a
 * file of a newer Assay and on an old Node, `unavailable` for a file that cannot be used.
 *
 * @example
 * ```ts
 * import { openStore } from '@assay/store';
 *
 * await using store = await openStore('file:./runs.db');
 * const { id } = await store.saveDataset({ name: 'capitals', examples: [{ input: 'Peru', expected: 'Lima' }] });
 * ```
 */
export async function openStore(url?: string, { lockTimeoutMs = 30_000 }: OpenStoreOptions = {}): Promise<Store> {
  checkNodeVersion();
  const location = readStoreUrl(url ?? (process.env['ASSAY_STORE'] || 'file:.assay/assay.db'));
  if (location.type === 'memory')
    return createStore(await openConnection({ path: ':memory:', lockTimeoutMs }), async () => () => {});
  await makeFolder(dirname(location.path));
  const path = await realPath(location.path);
  return createStore(await shareConnection(path, lockTimeoutMs), async () => ownJobsOf(path));
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
