import type { Query } from './sql.ts';

/** How a database says what the databases say differently. All other SQL is the same for both. */
export interface Dialect {
  /** The text of a statement, with a placeholder for each value. */
  textOf(query: Query<unknown>): string;
  /** The time by the database's own clock, in microseconds since 1970: that of no process, so that all agree. */
  readonly now: Query<number>;
  /** The texts in a JSON list, as rows to select from: their column is `value`. */
  textsOf(json: string | null): Query<{ value: string }>;
  /** The whole numbers in a JSON list, likewise. */
  numbersOf(json: string | null): Query<{ value: number }>;
  /** The texts in a JSON list of each row that stands before it in FROM. Takes an alias, whose column is `value`. */
  textsInColumn(column: string): Query<{ value: string }>;
  /** A query's only column, `item`, as a JSON list. */
  jsonListOf(query: Query<unknown>): Query<string>;
}
