import { AssayError, type Dataset, type ExampleDraft } from '@assay/core';
import { existsSync } from 'node:fs';
import { basename, extname, sep } from 'node:path';

const dataExtensions = ['.csv', '.tsv', '.json', '.jsonl', '.ndjson', '.parquet', '.arrow', '.arrows', '.feather'];

/**
 * The dataset that `--dataset` means: a file by its extension, else a dataset of the store by its name. The examples of a
 * file are saved under the file's name without its extension.
 *
 * @throws AssayError `not-found` for a file that is not there, and what `readDataset` says of one that cannot be read.
 */
export async function datasetOption(text: string): Promise<Dataset<ExampleDraft>> {
  const extension = extname(text).toLowerCase();
  const isFile = dataExtensions.includes(extension);
  if (!isFile) {
    if (text.includes(sep) && existsSync(text)) {
      throw new AssayError(
        'unsupported',
        `Expected --dataset to be a name or a file of ${dataExtensions.join(', ')}, got ${text}`,
      );
    }
    return { name: text };
  }
  if (!existsSync(text)) throw new AssayError('not-found', `Could not read the dataset ${text}: there is no such file`);
  const { readDataset } = await import('@assay/frames/files');
  return { name: basename(text, extname(text)), examples: await readDataset(text) };
}
