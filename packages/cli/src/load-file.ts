import { AssayError } from '@assay/core';
import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explainLoadFailure } from './load-failure.ts';

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Imports a file of the user's. TypeScript runs as it is: Node strips the types.
 *
 * @param path - Relative to the working directory.
 * @param what - What it should be, for messages: `an experiment file`.
 * @throws AssayError `not-found` when there is no such file, `invalid-input` with file and line when it cannot be loaded.
 */
export async function loadFile(path: string, what: string): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new AssayError('not-found', `Expected ${path} to be ${what}, got no file at ${file}`);
  }
  if (!extensions.includes(extname(file))) {
    throw new AssayError('invalid-input', `Expected ${what} that Node can run (${extensions.join(', ')}), got ${path}`);
  }
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new AssayError('invalid-input', `Could not load ${explainLoadFailure(cause, file)}`, { cause });
  }
}
