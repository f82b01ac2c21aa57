import { AssayError } from '@assay/core';
import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromArrowIPC } from '../src/arrow-read.ts';
import { toParquetBatches } from '../src/arrow-write.ts';
import { frameInfo } from '../src/frame-info.ts';
import { fromParquet, parquetParts, toParquet } from '../src/parquet.ts';
import { runsFrame } from '../src/runs-frame.ts';
import { records } from './fixtures/capitals.ts';
import { readFileSync } from 'node:fs';

const frame = runsFrame(records);

describe('toParquet', () => {
  test.each(['zstd', 'snappy', 'none'] as const)(
    'is read back the same, with the experiment, compressed by %s',
    async (compression) => {
      const copy = await fromParquet(await toParquet(frame, { compression }));
      expect(copy.columnNames()).toEqual(frame.columnNames());
      expect(copy.objects()).toEqual(frame.objects());
      expect(frameInfo(copy)).toEqual(frameInfo(frame));
    },
  );

  test('writes the rows that the table shows, in its order', async () => {
    const shown = frame.filter((row: { status: string }) => row.status === 'ok').orderby('example_id');
    expect((await fromParquet(await toParquet(shown))).objects()).toEqual(shown.objects());
  });

  test('writes more rows than one row group holds', async () => {
    const long = table({
      number: Float64Array.from({ length: 300_000 }, (_, row) => row),
      text: Array.from({ length: 300_000 }, (_, row) => (row % 3 === 0 ? null : `row ${row}`)),
    });
    const copy = await fromParquet(await toParquet(long));
    expect(copy.numRows()).toBe(300_000);
    for (const row of [0, 131_071, 131_072, 299_999]) expect(copy.object(row)).toEqual(long.object(row));
  });

  test('keeps nested types, big integers and microseconds', async () => {
    const nested = fromArrowIPC(readFileSync(new URL('fixtures/foreign/nested.arrows', import.meta.url)));
    const copy = await fromParquet(await toParquet(nested));
    expect(copy.objects()).toEqual(nested.objects());
  });

  test('refuses a table without columns, and writes the next one as ever', async () => {
    await expect(toParquet(table({}))).rejects.toMatchObject({ code: 'invalid-input' });
    expect((await fromParquet(await toParquet(frame))).numRows()).toBe(frame.numRows());
  });

  test('refuses a compression it does not know', async () => {
    await expect(toParquet(frame, { compression: 'lzo' as 'zstd' })).rejects.toMatchObject({ code: 'invalid-config' });
  });
});

test('refuses what is no Parquet or was cut off', async () => {
  await expect(fromParquet('PAR1' as never)).rejects.toThrow('Expected Parquet as a Uint8Array, got string');
  const bytes = await toParquet(frame);
  for (const bad of [
    new Uint8Array(0),
    bytes.subarray(0, bytes.length / 2),
    bytes.subarray(0, bytes.length - 1),
    new TextEncoder().encode('PAR1 no PAR1'),
  ]) {
    const refused = await fromParquet(bad).catch((error: unknown) => error);
    expect(AssayError.is(refused) && refused.code).toBe('invalid-input');
  }
});

test('fails, and gives no whole file, when the writer refuses a batch or the source fails', async () => {
  const batches = (values: unknown[]): Uint8Array[] => [...toParquetBatches(table({ a: values }))];
  const write = async (source: AsyncIterable<Uint8Array> | Uint8Array[]): Promise<number> => {
    let bytes = 0;
    for await (const part of parquetParts(source, {})) bytes += part.length;
    return bytes;
  };
  expect(await write([...batches([1]), ...batches([2])])).toBeGreaterThan(0);
  await expect(write([...batches([1]), ...batches(['x'])])).rejects.toMatchObject({ code: 'unsupported' });
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* batches([1]);
    throw new AssayError('unavailable', 'The store has gone away');
  }
  await expect(write(failing())).rejects.toMatchObject({ code: 'unavailable' });
});

test('writes a table without rows with all its columns', async () => {
  const copy = await fromParquet(await toParquet(runsFrame({ ...records, taskRuns: [] })));
  expect([copy.numRows(), copy.numCols()]).toEqual([0, 19]);
});
