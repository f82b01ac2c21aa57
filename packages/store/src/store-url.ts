import { AssayError } from '@assay/core';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPostgresUrl } from './postgres-url.ts';
import type { PostgresLocation } from './postgres-url.ts';

/** Where a store is: in a file, in this process only, or in a PostgreSQL database. */
export type StoreLocation =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'memory' }
  | PostgresLocation;

/**
 * Reads the URL of a store. A file's path may be relative to the working directory: `file:./runs.db`, `file:///tmp/runs.db`.
 *
 * @throws AssayError `invalid-config` for a URL that is no store's.
 */
export function readStoreUrl(url: string): StoreLocation {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'memory':
      return { type: 'memory' };
    case 'file':
      return { type: 'file', path: pathOf(url) };
    case 'postgres':
    case 'postgresql':
      return readPostgresUrl(url);
    case 'http':
    case 'https':
      throw new AssayError(
        'invalid-config',
        `Expected a store of this machine, got a server (${scheme}://…): use createPhoenixClient().store of @assay/client, or the assay command`,
      );
    default:
      // Not the URL itself: it may carry a password.
      throw new AssayError(
        'invalid-config',
        `Expected the store's URL to start with file:, memory: or postgres:, got ${scheme ? `${scheme}:` : 'none of them'}`,
      );
  }
}

function pathOf(url: string): string {
  const path = url.startsWith('file://') ? absolutePath(url) : resolve(decodeURI(url.slice('file:'.length)));
  if (url.slice('file:'.length).trim() === '')
    throw new AssayError('invalid-config', 'Expected file: to be followed by a path, got nothing');
  return path;
}

function absolutePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new AssayError(
      'invalid-config',
      `Expected the store's URL to be like file:./runs.db or file:///folder/runs.db, got ${JSON.stringify(url)}`,
      { cause },
    );
  }
}
