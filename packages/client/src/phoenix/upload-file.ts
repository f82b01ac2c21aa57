import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { AssayError, messageOf } from '@assay/core';
import { FormData } from 'undici';

/** A file to upload as it is: the server reads it. */
export interface DatasetFile {
  /** Where it is; or its content, with `format`. */
  readonly path?: string | undefined;
  readonly content?: string | Uint8Array | undefined;
  /** Default: by the extension of the path. `arrow` is the stream format. */
  readonly format?: 'csv' | 'jsonl' | 'arrow' | undefined;
  /** The columns of the input; likewise of the expected answer and of the metadata. */
  readonly input: readonly string[];
  readonly expected?: readonly string[] | undefined;
  readonly metadata?: readonly string[] | undefined;
  /** The column with the names of splits: a name, or a JSON list. */
  readonly split?: string | undefined;
  /** The column with the ids of the examples. */
  readonly id?: string | undefined;
  /** Columns that hold an object, whose keys become fields. */
  readonly flatten?: readonly string[] | undefined;
}

const contentTypes = { csv: 'text/csv', jsonl: 'application/jsonl', arrow: 'application/x-pandas-pyarrow' } as const;

/** The form of an upload. @throws AssayError `invalid-config` for an unknown format, `invalid-input` for an unreadable file. */
export function readUploadForm(
  action: string,
  name: string,
  description: string | undefined,
  file: DatasetFile,
): FormData {
  const format = file.format ?? formatOf(file.path);
  if (file.input.length === 0) throw new AssayError('invalid-config', 'Expected at least one input column, got none');
  const form = new FormData();
  form.append('action', action);
  form.append('name', name);
  if (description !== undefined) form.append('description', description);
  const lists = {
    'input_keys[]': file.input,
    'output_keys[]': file.expected,
    'metadata_keys[]': file.metadata,
    'flatten_keys[]': file.flatten,
  };
  for (const [field, columns] of Object.entries(lists)) for (const column of columns ?? []) form.append(field, column);
  if (file.split !== undefined) form.append('split_key', file.split);
  if (file.id !== undefined) form.append('example_id_key', file.id);
  // A part of a form cannot say `Content-Encoding` through FormData, so that nothing is compressed.
  form.append(
    'file',
    new File([bytesOf(file)], file.path === undefined ? `dataset.${format}` : basename(file.path), {
      type: contentTypes[format],
    }),
  );
  return form;
}

function bytesOf({ path, content }: DatasetFile): Uint8Array<ArrayBuffer> {
  if (content !== undefined) return new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
  if (path === undefined) throw new AssayError('invalid-config', 'Expected a file by path or by content, got neither');
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new AssayError('invalid-input', `Could not read ${path}: ${messageOf(cause)}`, { cause });
  }
}

function formatOf(path: string | undefined): 'csv' | 'jsonl' | 'arrow' {
  const extension = extname(path ?? '')
    .slice(1)
    .toLowerCase();
  if (extension === 'csv' || extension === 'jsonl' || extension === 'arrow') return extension;
  throw new AssayError(
    'invalid-config',
    `Expected the format of the file to be csv, jsonl or arrow, got ${extension === '' ? 'none' : extension}`,
  );
}
