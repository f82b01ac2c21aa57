import { AssayError } from '@assay/core/errors';

/** How a table lies in a file. `arrow` is the file format of Arrow IPC, `arrows` its stream format. */
export type FileFormat = 'parquet' | 'arrow' | 'arrows' | 'csv' | 'tsv' | 'jsonl' | 'json';

const formatByExtension: Readonly<Record<string, FileFormat>> = {
  parquet: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
  arrows: 'arrows',
  csv: 'csv',
  tsv: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
};

/** The format that is asked for, or that the extension of the path tells. @throws AssayError `invalid-config`. */
export function formatOf(path: string, format: FileFormat | undefined): FileFormat {
  const known =
    format ?? formatByExtension[/\.(?<extension>[^./\\]+)$/.exec(path)?.groups?.['extension']?.toLowerCase() ?? ''];
  if (known !== undefined && Object.values(formatByExtension).includes(known)) return known;
  const extensions = Object.keys(formatByExtension)
    .map((extension) => `.${extension}`)
    .join(', ');
  throw new AssayError(
    'invalid-config',
    `Expected the path to end in ${extensions}, or a format, got '${format ?? path}'`,
  );
}
