import { AssayError, messageOf } from '@assay/core/errors';
import { Column, Table } from '@uwdata/flechette';
import type { ColumnTable } from 'arquero';
import type { RecordBatch, WriterProperties } from 'parquet-wasm';
import { readArrow, tableFromArrow } from './arrow-read.ts';
import { toParquetBatches } from './arrow-write.ts';
import { checkBytes } from './given.ts';
import { ParquetFooter } from './parquet-footer.ts';
import { parquetModule } from './parquet-module.ts';

export interface ParquetOptions {
  /** Default `zstd`. */
  readonly compression?: 'zstd' | 'snappy' | 'none' | undefined;
}

/**
 * The table as a Parquet file: the rows it shows, in its order, a row group for each 131,072 rows.
 *
 * Types are those of `toArrowIPC`. JSON stays plain text, since polars reads Parquet's JSON type as bytes.
 *
 * @throws AssayError `invalid-config` for another compression, `unavailable` when WebAssembly cannot be loaded.
 */
export async function toParquet(table: ColumnTable, options: ParquetOptions = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of parquetParts(toParquetBatches(table), options)) parts.push(part);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/**
 * A table from the bytes of a Parquet file, read by row group.
 *
 * @throws AssayError `invalid-input` when the bytes are cut off or not Parquet, `unavailable` when WebAssembly cannot be
 * loaded.
 */
export async function fromParquet(bytes: Uint8Array): Promise<ColumnTable> {
  checkBytes('Parquet', bytes);
  const { ParquetFile } = await parquetModule();
  try {
    // An array that TypeScript knows not to be shared.
    const file = await ParquetFile.fromFile(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const empty = readArrow(file.schema().intoIPCStream());
    const tables: Table[] = [];
    for await (const batch of streamOf<RecordBatch>(await file.stream({ batchSize: rowsPerRead })))
      tables.push(readArrow(batch.intoIPCStream()));
    file.free();
    const columns = empty.schema.fields.map(
      ({ type }, index) =>
        new Column(
          tables.flatMap((table) => table.getChildAt(index).data),
          type,
        ),
    );
    return tableFromArrow(new Table(empty.schema, columns));
  } catch (cause) {
    if (AssayError.is(cause)) throw cause;
    throw new AssayError('invalid-input', `Expected a Parquet file: ${messageOf(cause)}`, { cause });
  }
}

const rowsPerRead = 131_072;

/** The bytes of a Parquet file, as they are made. Each batch is an Arrow IPC stream, and becomes one row group. */
export async function* parquetParts(
  batches: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { compression = 'zstd' }: ParquetOptions,
): AsyncGenerator<Uint8Array> {
  const properties = await writerProperties(compression);
  const { transformParquetStream, Table: WasmTable } = await parquetModule();
  const source = new RecordBatches(batches, (bytes) => {
    const table = WasmTable.fromIPCStream(bytes);
    const records = table.recordBatches();
    table.free();
    return records;
  });
  const footer = new ParquetFooter();
  try {
    for await (const part of streamOf<Uint8Array>(
      await transformParquetStream(readableOf(source.read()), properties),
    )) {
      footer.add(part);
      yield part;
    }
  } catch (cause) {
    throw (
      source.failure ?? new AssayError('unsupported', `Parquet could not be written: ${messageOf(cause)}`, { cause })
    );
  }
  // The writer takes a source that fails, and a batch that it cannot write, for the end, and closes a file that lacks rows.
  if (source.failure !== null) throw source.failure;
  const rows = footer.rows();
  if (rows !== source.rows)
    throw new AssayError('unsupported', `Parquet could not be written: it holds ${rows} of ${source.rows} rows`);
}

/** Reads batches for the writer, and remembers how many rows they had and what went wrong. */
class RecordBatches {
  readonly #batches: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly #toRecords: (bytes: Uint8Array) => RecordBatch[];
  rows = 0;
  failure: unknown = null;

  constructor(
    batches: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    toRecords: (bytes: Uint8Array) => RecordBatch[],
  ) {
    this.#batches = batches;
    this.#toRecords = toRecords;
  }

  async *read(): AsyncGenerator<RecordBatch> {
    try {
      for await (const bytes of this.#batches) {
        for (const batch of this.#toRecords(bytes)) {
          this.rows += batch.numRows;
          yield batch;
        }
      }
    } catch (cause) {
      this.failure = cause;
      throw cause;
    }
  }
}

async function writerProperties(compression: string): Promise<WriterProperties> {
  const { Compression, WriterPropertiesBuilder } = await parquetModule();
  const codecs = new Map([
    ['zstd', Compression.ZSTD],
    ['snappy', Compression.SNAPPY],
    ['none', Compression.UNCOMPRESSED],
  ]);
  const codec = codecs.get(compression);
  if (codec === undefined)
    throw new AssayError(
      'invalid-config',
      `Expected the compression to be 'zstd', 'snappy' or 'none', got '${compression}'`,
    );
  return new WriterPropertiesBuilder().setCompression(codec).setMaxRowGroupSize(rowsPerRead).build();
}

/** `ReadableStream.from`, which browsers do not have yet. */
function readableOf<Value>(values: AsyncGenerator<Value>): ReadableStream<Value> {
  return new ReadableStream<Value>(
    {
      async pull(controller) {
        const { done, value } = await values.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await values.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Iterating over a stream, which Safari cannot yet. */
async function* streamOf<Value>(stream: ReadableStream<Value>): AsyncGenerator<Value> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    reader.releaseLock();
  }
}
