import { InvalidArgumentError } from '@commander-js/extra-typings';
import { AssayError } from '@assay/core';
import { statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';

/** What an experiment can be written as. */
export const exportFormats = ['parquet', 'arrow', 'csv', 'jsonl', 'json'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** The format that a path's extension names; `null` for any other. */
export function exportFormatOf(path: string): ExportFormat | null {
  const extension = extname(path).slice(1).toLowerCase();
  return exportFormats.find((format) => format === extension) ?? null;
}

/** Gives the path back when its extension names a format. */
export function checkedExportPath(path: string): string {
  if (exportFormatOf(path) !== null) return path;
  const known = `a path that ends in ${exportFormats.map((format) => `.${format}`).join(', ')}.`;
  if (/\.html?$/i.test(path)) throw new InvalidArgumentError(`HTML reports are not there yet: take ${known}`);
  throw new InvalidArgumentError(`Expected ${known}`);
}

/**
 * Checks that the exports have a folder to go to, before anything is paid for.
 *
 * @throws AssayError `not-found`.
 */
export function checkExportFolders(paths: readonly string[] = []): void {
  for (const path of paths) {
    const folder = dirname(resolve(path));
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) continue;
    throw new AssayError('not-found', `Could not export to ${path}: there is no folder ${folder}`);
  }
}
