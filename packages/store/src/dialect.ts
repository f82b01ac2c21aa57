import type { Kysely, RawBuilder } from 'kysely';
import type { Database } from './schema.ts';

/** How a database says what the databases say differently. All other SQL is the same for both. */
export interface Dialect {
  /** Compiles queries. It runs none. */
  readonly compiler: Kysely<Database>;
  /** The time by the database's own clock, in microseconds since 1970: that of no process, so that all agree. */
  readonly now: RawBuilder<number>;
  /** The texts in a JSON list, as rows to select from: their column is `value`. */
  textsOf(json: string | null): RawBuilder<{ value: string }>;
  /** The whole numbers in a JSON list, likewise. */
  numbersOf(json: string | null): RawBuilder<{ value: number }>;
  /** The texts in a JSON list of each row that stands before it in FROM. Takes an alias, whose column is `value`. */
  textsInColumn(column: string): RawBuilder<{ value: string }>;
  /** A query's only column, `item`, as a JSON list. */
  jsonListOf(query: RawBuilder<unknown>): RawBuilder<string>;
}
