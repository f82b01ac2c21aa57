import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTable } from '../src/files.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from '../test/fixtures/capitals.ts';

const python = process.env['ASSAY_PYTHON'];
const frame = runsFrame(records);

interface View {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

let views: Readonly<Record<string, View>> = {};
let folder = '';

/** The types of a timestamp, a label, a nullable integer, a score and a text column, as each reader names them. */
const types: Readonly<Record<string, readonly string[]>> = {
  'pyarrow parquet': [
    'timestamp[ms, tz=UTC]',
    'dictionary<values=string, indices=int32, ordered=0>',
    'int32',
    'double',
    'string',
  ],
  'pyarrow arrow': [
    'timestamp[ms, tz=UTC]',
    'dictionary<values=string, indices=int32, ordered=0>',
    'int32',
    'double',
    'string',
  ],
  'polars parquet': ["Datetime(time_unit='ms', time_zone='UTC')", 'Categorical', 'Int32', 'Float64', 'String'],
  'polars arrow': ["Datetime(time_unit='ms', time_zone='UTC')", 'Categorical', 'Int32', 'Float64', 'String'],
  // pandas has no nullable integers unless it is asked for them, whoever wrote the file.
  'pandas parquet': ['datetime64[ms, UTC]', 'category', 'float64', 'float64', 'str'],
  'pandas feather': ['datetime64[ms, UTC]', 'category', 'float64', 'float64', 'str'],
  'duckdb parquet': ['TIMESTAMP WITH TIME ZONE', 'VARCHAR', 'INTEGER', 'DOUBLE', 'VARCHAR'],
};

describe.runIf(python !== undefined)('a runs frame', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-frame-'));
    await writeTable(frame, join(folder, 'runs.parquet'));
    await writeTable(frame, join(folder, 'runs.arrow'));
    const { stdout } = await promisify(execFile)(python ?? '', [
      join(import.meta.dirname, '../test-python/frame.py'),
      folder,
    ]);
    views = JSON.parse(stdout);
  }, 120_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test.each(Object.keys(types))('has the right types and values in %s', (reader) => {
    const view = views[reader];
    const columns = ['start_time', 'eval.exact.label', 'prompt_tokens', 'eval.exact.score', 'output'];
    expect(columns.map((column) => view?.types[column])).toEqual(types[reader]);
    const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
    const ours = frame
      .objects()
      .map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
    expect(view?.rows).toEqual(ours);
  });
});
