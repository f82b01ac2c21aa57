import type { Dialect } from './dialect.ts';
import type { SchemaWords } from './migrations/index.ts';
import { columnOf, sql } from './sql.ts';

/** Marks a file as ours: `Assy` in ASCII. */
export const applicationId = 0x41737379;

export const sqliteWords: SchemaWords = {
  // Without AUTOINCREMENT the id of a deleted row would be given again, and an old link would show another experiment.
  identity: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  integer: 'INTEGER',
  text: 'TEXT',
  real: 'REAL',
  tableEnd: 'STRICT',
};

/**
 * Where an upload waits until all of it is there. Temporary tables are outside the file, so whatever becomes of the
 * upload, nothing is left behind.
 */
export const stagingTable = `
CREATE TEMP TABLE staged_examples (
  upload_id     INTEGER NOT NULL,
  position      INTEGER NOT NULL,               -- counts from 1
  external_id   TEXT,
  node_row      INTEGER,                        -- the row that the id may stand for
  example_row   INTEGER,                        -- the row that it is
  content_hash  TEXT NOT NULL,
  input         TEXT NOT NULL,
  expected      TEXT NOT NULL,
  metadata      TEXT NOT NULL,
  splits        TEXT,                           -- JSON list of names; NULL leaves them as they are
  PRIMARY KEY (upload_id, position)
) STRICT;
CREATE INDEX temp.staged_examples_by_id ON staged_examples (upload_id, external_id);
CREATE INDEX temp.staged_examples_by_row ON staged_examples (upload_id, example_row)`;

export const sqliteDialect: Dialect = {
  textOf: (query) => query.sql,
  now: sql`CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
  textsOf: (json) => sql`(SELECT value FROM json_each(${json}))`,
  numbersOf: (json) => sql`(SELECT value FROM json_each(${json}))`,
  textsInColumn: (column) => sql`json_each(${columnOf(column)})`,
  jsonListOf: (query) => sql`(SELECT json_group_array(item) FROM (${query}))`,
};
