import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ColumnTable } from 'arquero';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromArrowIPC } from '../src/arrow-read.ts';
import { toArrowIPC } from '../src/arrow-write.ts';
import { fromParquet, toParquet } from '../src/parquet.ts';

const python = process.env['ASSAY_PYTHON'];
const run = promisify(execFile);
const script = join(import.meta.dirname, '../test-python/foreign.py');

const files = [
  'pyarrow.arrows',
  'pyarrow-lz4.arrow',
  'pyarrow-zstd.arrow',
  'pyarrow-long-lz4.arrow',
  'pyarrow-long-zstd.arrow',
  'pyarrow.parquet',
  'pyarrow-snappy.parquet',
  'dictionaries.arrows',
  'deltas.arrows',
  'full-byte.arrows',
  'dictionaries.parquet',
  'empty.arrows',
  'polars-lz4.arrow',
  'polars-zstd.arrow',
  'polars-old.arrow',
  'polars.parquet',
  'polars-long-lz4.arrow',
  'polars-long-zstd.arrow',
  'pandas.feather',
  'pandas.parquet',
  'duckdb.parquet',
];

let folder = '';
let values: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {};

// Set by the extended suite. A Python that is set and broken fails here.
describe.runIf(python !== undefined)('files of pyarrow, polars, pandas and DuckDB', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-interop-'));
    await run(python ?? '', [script, 'write', folder]);
    values = JSON.parse(await readFile(join(folder, 'values.json'), 'utf8'));
  }, 120_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('the list here is the list that is written', () => {
    expect(Object.keys(values).toSorted()).toEqual(files.toSorted());
  });

  test.each(files)('%s reads with every value right', async (name) => {
    const table = await readForeign(name);
    const expected = values[name] ?? {};
    expect(table.columnNames()).toEqual(Object.keys(expected));
    for (const [column, theirs] of Object.entries(expected)) {
      expect(Array.from<unknown, unknown>(table.array(column), plain), column).toEqual(theirs);
    }
  });

  test.each(files)('%s written again as Arrow has the same types and values', { timeout: 60_000 }, async (name) => {
    const copy = join(folder, `copy-of-${name}.arrows`);
    await writeFile(copy, toArrowIPC(await readForeign(name)));
    await run(python ?? '', [script, 'compare', join(folder, name), copy]);
  });

  test.each(files)('%s written again as Parquet has the same types and values', { timeout: 60_000 }, async (name) => {
    const copy = join(folder, `copy-of-${name}.parquet`);
    await writeFile(copy, await toParquet(await readForeign(name)));
    await run(python ?? '', [script, 'compare', join(folder, name), copy]);
  });
});

async function readForeign(name: string): Promise<ColumnTable> {
  const bytes = await readFile(join(folder, name));
  return name.endsWith('.parquet') ? fromParquet(bytes) : fromArrowIPC(bytes);
}

/** As `plain` in foreign.py. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' && Number.isNaN(value)) return 'NaN';
  if (typeof value === 'bigint') return value < 2n ** 53n && value > -(2n ** 53n) ? Number(value) : value.toString();
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  return value;
}
