import { readFile } from 'node:fs/promises';
import type { ExampleDraft } from '@assay/core';
import { AssayError, messageOf } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { fromArrowIPC } from './arrow-read.ts';
import { toArrowIPC } from './arrow-write.ts';
import { codeOf, writeWhole } from './atomic-write.ts';
import { fromCSV } from './csv-read.ts';
import { csvParts } from './csv-write.ts';
import { type DatasetMapping, datasetFromTable } from './dataset-from-table.ts';
import { type FileFormat, formatOf } from './file-format.ts';
import { checkText } from './given.ts';
import { fromJSON, fromJSONL, jsonlParts, type JSONLReadOptions, toJSON } from './jsonl.ts';
import { fromParquet, type ParquetOptions, parquetParts } from './parquet.ts';
import { experimentBatches, LateColumns, learnShape, tableBatches } from './parquet-stream.ts';
import type { RunsFrameOptions } from './runs-builder.ts';
import { runsFrame } from './runs-frame.ts';
import { type AsyncRecordSource, checkSource, isStored, type RecordSource, type StoredExperiment } from './source.ts';

export type { DatasetMapping } from './dataset-from-table.ts';
export type { FileFormat } from './file-format.ts';

export interface ReadTableOptions extends JSONLReadOptions {
  /** Default: what the extension tells. */
  readonly format?: FileFormat | undefined;
}

/**
 * A table from a file: `.parquet`, `.arrow` or `.feather`, `.arrows`, `.csv`, `.tsv`, `.jsonl` or `.ndjson`, `.json`.
 *
 * @throws AssayError `not-found` and `unavailable` when the file cannot be read, `invalid-config` for another extension,
 * `invalid-input` for bad content, with the file, the line and the column.
 */
export async function readTable(path: string, { format, types }: ReadTableOptions = {}): Promise<ColumnTable> {
  const found = formatOf(path, format);
  const bytes = await readBytes(path);
  return inFile(path, async () => {
    switch (found) {
      case 'parquet':
        return fromParquet(bytes);
      case 'arrow':
      case 'arrows':
        return fromArrowIPC(bytes);
      case 'csv':
        return fromCSV(textOf(bytes), { types });
      case 'tsv':
        return fromCSV(textOf(bytes), { types, delimiter: '\t' });
      case 'jsonl':
        return fromJSONL(textOf(bytes), { types });
      case 'json':
        return fromJSON(textOf(bytes), { types });
    }
  });
}

export interface WriteTableOptions extends ParquetOptions {
  /** Default: what the extension tells. */
  readonly format?: FileFormat | undefined;
  /** As in `toCSV`. */
  readonly formulaGuard?: boolean | undefined;
}

/**
 * Writes the rows that a table shows, in its order, to a file, in the format of its extension. A crash leaves the file
 * that was there before, never half of a new one.
 *
 * @throws AssayError `invalid-config` for another extension, `full`, `not-found` (the folder) or `unavailable` when it
 * cannot be written.
 */
export async function writeTable(table: ColumnTable, path: string, options: WriteTableOptions = {}): Promise<void> {
  switch (formatOf(path, options.format)) {
    case 'parquet':
      return writeWhole(path, parquetParts(tableBatches([table]), options));
    case 'arrow':
      return writeWhole(path, [toArrowIPC(table, { format: 'file' })]);
    case 'arrows':
      return writeWhole(path, [toArrowIPC(table)]);
    case 'csv':
      return writeWhole(path, csvParts(table, options));
    case 'tsv':
      return writeWhole(path, csvParts(table, { ...options, delimiter: '\t' }));
    case 'jsonl':
      return writeWhole(path, jsonlParts(table));
    case 'json':
      return writeWhole(path, [toJSON(table)]);
  }
}

/** A table, tables that follow each other, or an experiment, at hand or in a store, which gives its runs frame. */
export type ParquetWriteSource =
  | ColumnTable
  | Iterable<ColumnTable>
  | AsyncIterable<ColumnTable>
  | RecordSource
  | AsyncRecordSource
  | StoredExperiment;

/**
 * Writes Parquet by row group, so that a million runs of a store need not fit in memory.
 *
 * @example
 * ```ts no-run
 * await writeParquet({ store, experimentId }, 'runs.parquet');
 * ```
 *
 * @throws AssayError as `writeTable` does, and what the store rejects with.
 */
export async function writeParquet(
  source: ParquetWriteSource,
  path: string,
  options: ParquetOptions & RunsFrameOptions = {},
): Promise<void> {
  checkText('a path to write to', path);
  const tables = await tablesOf(source, options);
  if (tables !== null) return writeWhole(path, parquetParts(tableBatches(tables), options));
  return writeStored(source as StoredExperiment, path, options);
}

/** The tables of all but an experiment in a store, which need not be held: `null`. @throws AssayError `invalid-config`. */
async function tablesOf(
  source: ParquetWriteSource,
  options: RunsFrameOptions,
): Promise<Iterable<ColumnTable> | AsyncIterable<ColumnTable> | null> {
  if (typeof source === 'object' && source !== null) {
    // A table is an iterable too: of its rows.
    if ('columnNames' in source) return [source];
    if (Symbol.iterator in source || Symbol.asyncIterator in source) return source;
  }
  checkSource(source);
  // The same call for records that are to be awaited and for those that are not.
  return isStored(source) ? null : [await runsFrame(source as AsyncRecordSource, options)];
}

async function writeStored(
  source: StoredExperiment,
  path: string,
  options: ParquetOptions & RunsFrameOptions,
): Promise<void> {
  const shape = options.flatten === true ? await learnShape(source, options) : null;
  try {
    await writeWhole(path, parquetParts(experimentBatches(source, options, shape), options));
  } catch (cause) {
    if (!(cause instanceof LateColumns)) throw cause;
    const whole = await learnShape(source, options);
    await writeWhole(path, parquetParts(experimentBatches(source, options, whole), options));
  }
}

/**
 * The examples in a file, a row each. See `datasetFromTable` for the mapping and `readTable` for the formats.
 *
 * @throws AssayError as `readTable` does.
 */
export async function readDataset(
  path: string,
  mapping: DatasetMapping & ReadTableOptions = {},
): Promise<ExampleDraft[]> {
  const table = await readTable(path, mapping);
  return inFile(path, async () => datasetFromTable(table, mapping));
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AssayError(
      codeOf(cause) === 'ENOENT' ? 'not-found' : 'unavailable',
      `${path} could not be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function textOf(bytes: Uint8Array): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new AssayError('unsupported', 'Expected text in UTF-8, got UTF-16: save it as UTF-8');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const why = cause instanceof TypeError ? 'a byte that is none' : messageOf(cause);
    throw new AssayError('invalid-input', `Expected text in UTF-8, got ${why}`, { cause });
  }
}

/** Puts the file before what went wrong with its content. */
async function inFile<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (!AssayError.is(cause)) throw cause;
    throw new AssayError(cause.code, `${path}: ${cause.message}`, { cause });
  }
}
