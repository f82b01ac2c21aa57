import { InvalidArgumentError } from '@commander-js/extra-typings';
import { extname } from 'node:path';

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
  if (/\.html?$/i.test(path)) throw new InvalidArgumentError('HTML reports are not there yet.');
  throw new InvalidArgumentError(
    `Expected a path that ends in ${exportFormats.map((format) => `.${format}`).join(', ')}.`,
  );
}
