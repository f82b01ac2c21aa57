import template, { raw, type Sql } from 'sql-template-tag';

/** SQL with its values, which may be further SQL, of which rows of this type come back. */
export type Query<Row> = Sql & {
  /** Never there: carries the type of a row. */
  readonly row?: Row;
};

/** Writes SQL: what stands in `${…}` is a parameter, or SQL of its own. */
export const sql = template as <Row>(text: readonly string[], ...values: readonly unknown[]) => Query<Row>;

/** A text of the program's own that stands in the SQL itself. */
export function literal(text: string): Query<string> {
  return raw(`'${text.replaceAll("'", "''")}'`);
}

/** A column by its name, such as `s.splits`. */
export function columnOf(name: string): Query<unknown> {
  return raw(
    name
      .split('.')
      .map((part) => `"${part}"`)
      .join('.'),
  );
}
