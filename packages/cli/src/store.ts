import { AssayError, type Catalog } from '@assay/core';
import type { Store } from '@assay/store';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the command line keeps everything when nothing else is said. */
const defaultUrl = 'file:.assay/assay.db';

/** A catalog to be closed. What only a store of this machine has may be missing. */
export type OpenCatalog = Catalog & Partial<Pick<Store, 'close' | 'jobs' | 'fenced'>>;

/** Opens the store of the command line, and makes it where there is none. */
export async function openCatalog(url: string | undefined): Promise<OpenCatalog> {
  return openByScheme(storeUrlOf(url));
}

/**
 * Opens the store to read it, and never makes one.
 *
 * @returns `null` when nobody named a store and there is none at the default place.
 * @throws AssayError `not-found` when the store that was named is not there.
 */
export async function openExistingCatalog(url: string | undefined): Promise<OpenCatalog | null> {
  const named = url ?? urlOfEnvironment();
  const path = filePathOf(named ?? defaultUrl);
  if (path === null || existsSync(path)) return openByScheme(named ?? defaultUrl);
  if (named === undefined) return null;
  throw new AssayError('not-found', `Could not open the store ${safeUrl(named)}: there is no file ${path}`);
}

/** As `openExistingCatalog`, where nothing can be done without a store. */
export async function openRequiredCatalog(url: string | undefined): Promise<OpenCatalog> {
  const catalog = await openExistingCatalog(url);
  if (catalog !== null) return catalog;
  throw new AssayError(
    'not-found',
    `There is no store here: no file ${defaultUrl.slice('file:'.length)} in ${process.cwd()}. Name one by --store or ASSAY_STORE`,
  );
}

/** A store's URL without its password, to be shown. */
export function safeUrl(url: string): string {
  return url.replace(/(\/\/[^/?#]*?:)[^/?#]*@/, '$1***@').replace(/([?&](?:password|token|api_key)=)[^&#]*/gi, '$1***');
}

/** The one place that knows which kinds of store there are. */
async function openByScheme(url: string): Promise<OpenCatalog> {
  if (/^https?:/i.test(url)) {
    const { createPhoenixStore } = await import('@assay/client');
    return createPhoenixStore({ endpoint: url });
  }
  const { openStore } = await import('@assay/store');
  return openStore(url);
}

/** The URL that the command line means, whether it is given or not. */
export function storeUrlOf(url: string | undefined): string {
  return url ?? urlOfEnvironment() ?? defaultUrl;
}

function urlOfEnvironment(): string | undefined {
  return process.env['ASSAY_STORE'] || undefined;
}

/** The store that the command line means, to be opened from any folder. */
export function absoluteUrl(url: string | undefined): string {
  const named = storeUrlOf(url);
  const path = filePathOf(named);
  return path === null ? named : `file:${encodeURI(path)}`;
}

/** `null` for what is not a file, and for what the store itself will refuse. */
export function filePathOf(url: string): string | null {
  if (!/^file:/i.test(url)) return null;
  try {
    return url.startsWith('file://') ? fileURLToPath(url) : resolve(decodeURI(url.slice('file:'.length)));
  } catch {
    return null;
  }
}
