import type { Dialect } from './dialect.ts';
import type { Query } from './sql.ts';

/** A statement that was compiled once and is run with other values each time. */
export interface Prepared<Values extends object, Row> {
  readonly sql: string;
  /** Puts the values in the order of the statement's parameters. */
  bind(values: Values): readonly unknown[];
  /** Never there: carries the type of a row. */
  readonly row?: Row;
}

/** A prepared statement with its values. */
export interface Statement {
  readonly prepared: Prepared<never, unknown>;
  readonly parameters: readonly unknown[];
}

/**
 * Work on the database that yields its statements and is given their rows, so that it is written once and runs without a
 * single promise over SQLite, and with one for each statement over PostgreSQL.
 */
export type Operation<Result> = Generator<Statement | readonly Statement[], Result, readonly unknown[]>;

/**
 * Puts the text of a query together once.
 *
 * @param build - Is given a parameter for each value, to be used in the query like the value itself.
 */
export function prepare<Values extends object, Row>(
  { textOf }: Dialect,
  build: (values: Values) => Query<Row>,
): Prepared<Values, Row> {
  const placeholders = new Proxy({}, { get: (_target, name) => new Parameter(String(name)) });
  const query = build(placeholders as Values);
  const parameters = query.values as readonly unknown[];
  return {
    sql: textOf(query),
    bind: (values) => {
      const named = values as Readonly<Record<string, unknown>>;
      return parameters.map((parameter) => (parameter instanceof Parameter ? named[parameter.name] : parameter));
    },
  };
}

/** Runs a statement for each of many values, without waiting for one before the next is sent. What comes back is dropped. */
export function* each<Values extends object>(
  prepared: Prepared<Values, unknown>,
  list: readonly Values[],
): Operation<void> {
  if (list.length > 0) yield list.map((values) => statementOf(prepared, values));
}

/** Runs a statement in an operation. */
export function* rows<Values extends object, Row>(
  prepared: Prepared<Values, Row>,
  values: Values,
): Operation<readonly Row[]> {
  return (yield statementOf(prepared, values)) as readonly Row[];
}

/** Runs a statement of which one row at most comes back. */
export function* firstRow<Values extends object, Row>(
  prepared: Prepared<Values, Row>,
  values: Values,
): Operation<Row | undefined> {
  return (yield* rows(prepared, values))[0];
}

function statementOf<Values extends object>(prepared: Prepared<Values, unknown>, values: Values): Statement {
  return { prepared: prepared as Prepared<never, unknown>, parameters: prepared.bind(values) };
}

class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
