import type { ExampleDraft } from '@assay/core';
import { MultipartParseError, parseMultipart } from '@remix-run/multipart-parser';
import type { MultipartPart } from '@remix-run/multipart-parser';
import { parse } from 'csv-parse/sync';
import { inflateSync, gunzipSync } from 'node:zlib';
import { exampleOf } from './example-draft.ts';
import { Failure } from './failure.ts';
import { bodyLimit, decodeText, parseJson } from './request-body.ts';
import type { JsonObject } from './schemas.ts';
import { bucketOf, flatten, splitsOfCell } from './upload-columns.ts';
import type { Columns, Row } from './upload-columns.ts';

/** A form as it was sent. */
interface UploadForm {
  readonly fields: { readonly action?: string; readonly name?: string; readonly description?: string };
  readonly examples: readonly ExampleDraft[];
}

/**
 * Reads an upload of a file: which of its columns are inputs, outputs and metadata is said by the form.
 *
 * @throws Failure 422 for a form without a file, a file that is not what it says, columns that are not there.
 */
export async function readUploadForm(body: Uint8Array, contentType: string): Promise<UploadForm> {
  const parts = partsOf(body, contentType);
  const valueOf = (name: string) => parts.findLast((part) => part.name === name && !part.isFile)?.text;
  const listOf = (name: string) => parts.flatMap((part) => (part.name === name && !part.isFile ? [part.text] : []));
  const file = parts.find((part) => part.name === 'file' && part.isFile);
  if (!file) throw new Failure(422, 'Expected the form to have a file, got none');

  const columns: Columns = {
    input: listOf('input_keys[]'),
    output: listOf('output_keys[]'),
    metadata: listOf('metadata_keys[]'),
    split: valueOf('split_key'),
    splits: listOf('split_keys[]'),
    spanId: valueOf('span_id_key'),
    exampleId: valueOf('example_id_key'),
    flattened: listOf('flatten_keys[]'),
  };
  const { names, rows } = await readRows(file);
  if (names) checkColumns(columns, names);
  const fields = {
    action: valueOf('action'),
    name: valueOf('name') ?? file.filename,
    description: valueOf('description'),
  };
  return { fields: withoutUndefined(fields), examples: rows.map((row) => exampleOfRow(row, columns)) };
}

interface FileRows {
  /** `null` where each row has its own. */
  readonly names: readonly string[] | null;
  readonly rows: readonly Row[];
}

function partsOf(body: Uint8Array, contentType: string): readonly MultipartPart[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (!name) throw new Failure(422, 'Expected content-type to have a boundary');
  try {
    return [
      ...parseMultipart(body, { boundary: name, maxFileSize: bodyLimit, maxParts: 100_000, maxTotalSize: bodyLimit }),
    ];
  } catch (error) {
    if (error instanceof MultipartParseError) throw new Failure(422, `Could not read the form: ${error.message}`);
    throw error;
  }
}

async function readRows(file: MultipartPart): Promise<FileRows> {
  const bytes = inflated(file.bytes, file.headers['content-encoding']?.trim().toLowerCase());
  switch (file.headers['content-type']?.split(';')[0]?.trim().toLowerCase()) {
    case 'text/csv':
      return readCsv(decodeText(bytes, 'file'));
    case 'application/jsonl':
      return { names: null, rows: readJsonLines(decodeText(bytes, 'file')) };
    case 'application/x-pandas-pyarrow':
      return readArrow(bytes);
    default:
      throw new Failure(
        422,
        'Expected the file to be text/csv, application/jsonl or application/x-pandas-pyarrow, got ' +
          `${file.headers['content-type'] ?? 'no content-type'}`,
      );
  }
}

function inflated(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  try {
    if (encoding === undefined || encoding === 'identity') return bytes;
    if (encoding === 'gzip') return gunzipSync(bytes, { maxOutputLength: 4 * bodyLimit });
    if (encoding === 'deflate') return inflateSync(bytes, { maxOutputLength: 4 * bodyLimit });
  } catch (error) {
    if (error instanceof RangeError)
      throw new Failure(413, `Expected a file of at most ${4 * bodyLimit} bytes, unpacked`);
    throw new Failure(422, `Expected the file to be ${encoding}, got something else`);
  }
  throw new Failure(422, `Expected the content-encoding of the file to be gzip or deflate, got ${encoding}`);
}

function readCsv(source: string): FileRows {
  let records: readonly (readonly string[])[];
  try {
    records = parse(source, { bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new Failure(422, `Could not read the CSV: ${error instanceof Error ? error.message : 'not CSV'}`);
  }
  const [names = [], ...lines] = records;
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined)
    throw new Failure(422, `Expected the headers of the CSV to differ, got ${JSON.stringify(twin)} twice`);
  return {
    names,
    // A blank cell says nothing, so that its column is not in the example.
    rows: lines.map(
      (cells) => new Map(names.flatMap((name, index) => (cells[index] ? [[name, cells[index]] as const] : []))),
    ),
  };
}

function readJsonLines(source: string): readonly Row[] {
  return source.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const value = parseJson(line, ['body', 'file', index + 1]);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Failure(422, `Expected line ${index + 1} of the file to be an object`);
    return [new Map(Object.entries(value))];
  });
}

async function readArrow(bytes: Uint8Array): Promise<FileRows> {
  const { fromArrowIPC } = await import('@assay/frames');
  const table = (() => {
    try {
      // A copy of its own begins where numbers of 8 bytes may.
      return fromArrowIPC(new Uint8Array(bytes));
    } catch (error) {
      throw new Failure(
        422,
        `Could not read the Arrow stream: ${error instanceof Error ? error.message : 'not Arrow'}`,
      );
    }
  })();
  const names = table.columnNames();
  const rows = table.objects() as readonly Readonly<Record<string, unknown>>[];
  return { names, rows: rows.map((row) => new Map(names.map((name) => [name, plainOf(row[name])]))) };
}

/** A cell as JSON has it. */
function plainOf(cell: unknown): unknown {
  if (typeof cell === 'bigint') return Number(cell);
  if (cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell))) return null;
  return cell instanceof Date ? cell.toISOString() : cell;
}

function checkColumns(columns: Columns, names: readonly string[]): void {
  const { input, output, metadata, split, splits, spanId, exampleId, flattened } = columns;
  const wanted = [
    ...input,
    ...output,
    ...metadata,
    ...splits,
    ...flattened,
    ...[split, spanId, exampleId].filter((name) => name !== undefined),
  ];
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) throw new Failure(422, `The file has no column ${JSON.stringify(missing)}`);
}

function exampleOfRow(row: Row, columns: Columns): ExampleDraft {
  const bucket = (kind: 'input' | 'output' | 'metadata'): JsonObject => bucketOf(flatten(row, columns), columns, kind);
  const split = columns.split === undefined ? [] : splitsOfCell(row.get(columns.split));
  return exampleOf({
    input: bucket('input'),
    output: bucket('output'),
    metadata: bucket('metadata'),
    id: columns.exampleId === undefined ? undefined : idOf(row.get(columns.exampleId)),
    splits: [...split, ...columns.splits.flatMap((name) => splitsOfCell(row.get(name)))],
  });
}

/** What a data frame writes for nothing counts as no id. */
function idOf(cell: unknown): string | undefined {
  const id = cell === null || cell === undefined ? '' : String(cell).trim();
  return id === '' || id.toLowerCase() === 'nan' ? undefined : id;
}

function withoutUndefined(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
