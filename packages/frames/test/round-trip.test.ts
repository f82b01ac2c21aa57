import type { ColumnTable } from 'arquero';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromArrowIPC } from '../src/arrow-read.ts';
import { toArrowIPC } from '../src/arrow-write.ts';
import { columnFromValues } from '../src/column/from-values.ts';
import { fromCSV } from '../src/csv-read.ts';
import { toCSV } from '../src/csv-write.ts';
import { frameTable } from '../src/frame-table.ts';
import { fromJSON, fromJSONL, toJSON, toJSONL } from '../src/jsonl.ts';
import { fromParquet, toParquet } from '../src/parquet.ts';
import type { ColumnKind } from '../src/columns.ts';

const runs = { seed: 20260105, numRuns: 150 } as const;

// Lone surrogates are no text: UTF-8 cannot hold them.
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('', '"', '""', ',', '\n', '\r\n', '\r', ' x ', '\ufeff', '=1', "'", 'null', 'NaN', '007', '“”', '\0'),
);
const time = fc.date({
  noInvalidDate: true,
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
});
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Columns of our schema and of others, by what a row of them may hold. */
const columns = {
  example_id: text,
  output: text,
  'eval.exact.label': text,
  'eval.exact.score': finite,
  repetition: int32.map((value) => (value === 0 ? 0 : value)),
  start_time: time,
  free: text,
} satisfies Record<string, fc.Arbitrary<unknown>>;

const wide = {
  number: fc.double(),
  flag: fc.boolean(),
  when: time,
  big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  word: text,
};

function tables(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<ColumnTable> {
  const row = fc.tuple(...Object.values(fields).map((field) => fc.option(field, { freq: 4 })));
  return fc.array(row, { maxLength: 20 }).map((rows) =>
    frameTable(
      Object.keys(fields).map((name, index) => [
        name,
        columnFromValues(
          name,
          rows.map((values) => values[index]),
        ),
      ]),
    ),
  );
}

function expectSame(copy: ColumnTable, table: ColumnTable): void {
  expect(copy.columnNames()).toEqual(table.columnNames());
  expect(copy.objects()).toEqual(table.objects());
}

describe('import after export is the same table', () => {
  test('by Arrow, as a stream and as a file', () => {
    fc.assert(
      fc.property(
        fc.oneof(tables(columns), tables(wide)),
        fc.constantFrom('stream' as const, 'file' as const),
        (table, format) => {
          expectSame(fromArrowIPC(toArrowIPC(table, { format })), table);
        },
      ),
      runs,
    );
  });

  test('by Parquet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(tables(columns), tables(wide)), async (table) => {
        expectSame(await fromParquet(await toParquet(table)), table);
      }),
      { ...runs, numRuns: 60 },
    );
  });

  test('by CSV, when types go by name or are told', () => {
    const types: Record<string, ColumnKind> = { number: 'float', flag: 'boolean', when: 'time' };
    fc.assert(
      fc.property(fc.oneof(tables(columns), tables({ ...wide, big: fc.boolean() })), (table) => {
        expectSame(fromCSV(toCSV(table), { types: { ...types, big: 'boolean' } }), table);
      }),
      runs,
    );
  });

  test('by CSV of a single column, where a null is a blank line', () => {
    fc.assert(
      fc.property(tables({ free: text }), (table) => {
        expectSame(fromCSV(toCSV(table)), table);
      }),
      runs,
    );
  });

  test.each([
    ['JSON Lines', toJSONL, fromJSONL],
    ['a JSON array', toJSON, fromJSON],
  ])('by %s, as far as there are rows', (_, write, read) => {
    fc.assert(
      fc.property(tables(columns), (table) => {
        const copy = read(write(table));
        if (table.numRows() > 0) expectSame(copy, table);
      }),
      runs,
    );
  });

  test('for any cut and order of the rows', () => {
    fc.assert(
      fc.property(tables(columns), (table) => {
        const shown = table
          .filter((row: { repetition: number | null }) => row.repetition !== null)
          .orderby('repetition', 'example_id');
        expectSame(fromArrowIPC(toArrowIPC(shown)), shown);
        expectSame(fromCSV(toCSV(shown)), shown);
      }),
      { ...runs, numRuns: 60 },
    );
  });
});

describe('random bytes and text', () => {
  const isOurs = (read: () => unknown): boolean => {
    try {
      read();
      return true;
    } catch (error) {
      return error instanceof Error && error.name === 'AssayError';
    }
  };

  test.each(['stream', 'file'] as const)(
    'in place of a byte of a %s give a table or an AssayError, and soon',
    (format) => {
      const bytes = toArrowIPC(
        frameTable([
          ['a', columnFromValues('a', ['x', null, 'y'])],
          ['status', columnFromValues('status', ['ok', null, 'ok'])],
        ]),
        { format },
      );
      for (let index = 0; index < bytes.length; index++) {
        for (const byte of [0, 1, 40, 127, 255]) {
          const broken = bytes.slice();
          broken[index] = byte;
          if (!isOurs(() => fromArrowIPC(broken).objects())) throw new Error(`byte ${index} as ${byte}`);
        }
      }
    },
  );

  test('give a table or an AssayError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => isOurs(() => fromArrowIPC(garbage))),
      runs,
    );
    fc.assert(
      fc.property(
        fc.string(),
        (garbage) =>
          isOurs(() => fromCSV(garbage)) && isOurs(() => fromJSONL(garbage)) && isOurs(() => fromJSON(garbage)),
      ),
      runs,
    );
  });
});
