import { AssayError, type Catalog } from '@assay/core';
import type { Store } from '@assay/store';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the command line keeps everything when nothing else is said. */
const defaultUrl = 'file:.assay/assay.db';

/** A catalog to be closed. What only a store of this machine has may be missing. */
export type OpenCatalog = Catalog & Partial<Pick<Store, 'close'>>;

/** Opens the store of the command line, and makes it where there is none. */
export async function openCatalog(url: string | undefined): Promise<OpenCatalog> {
  return openByScheme(url ?? urlOfEnvironment() ?? defaultUrl);
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
    throw new AssayError(
      'unsupported',
      `Could not open ${safeUrl(url)}: stores behind a server are not supported yet. Use file:./path.db`,
    );
  }
  const { openStore } = await import('@assay/store');
  return openStore(url);
}

function urlOfEnvironment(): string | undefined {
  return process.env['ASSAY_STORE'] || undefined;
}

/** `null` for what is not a file, and for what the store itself will refuse. */
function filePathOf(url: string): string | null {
  if (!/^file:/i.test(url)) return null;
  try {
    return url.startsWith('file://') ? fileURLToPath(url) : resolve(decodeURI(url.slice('file:'.length)));
  } catch {
    return null;
  }
}
