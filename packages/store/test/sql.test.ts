import { expect, test } from 'vitest';
import { prepare } from '../src/operation.ts';
import { postgresDialect } from '../src/postgres.ts';
import { columnOf, literal, sql } from '../src/sql.ts';
import { sqliteDialect } from '../src/sqlite.ts';

const dialects = { SQLite: sqliteDialect, PostgreSQL: postgresDialect };

test.each([
  ['SQLite', "SELECT ?, x.\"it\", 'it''s' FROM t WHERE a = ? AND b = ? AND a = ?"],
  ['PostgreSQL', "SELECT $1, x.\"it\", 'it''s' FROM t WHERE a = $2 AND b = $3 AND a = $4"],
] as const)('a query within a query has its values in the order of their places on %s', (dialect, text) => {
  const prepared = prepare(dialects[dialect], (v: { a: number; b: string }) => {
    const condition = sql`a = ${v.a} AND ${sql`b = ${v.b}`}`;
    return sql`SELECT ${7}, x.${columnOf('it')}, ${literal("it's")} FROM t WHERE ${condition} AND a = ${v.a}`;
  });

  expect(prepared.sql).toBe(text);
  expect(prepared.bind({ a: 1, b: 'two' })).toEqual([7, 1, 'two', 1]);
});

test('a column of a table is quoted part by part', () => {
  expect(columnOf('s.splits').sql).toBe('"s"."splits"');
});
