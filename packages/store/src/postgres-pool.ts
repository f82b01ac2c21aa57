import { AssayError } from '@assay/core';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import type { Operation, Statement } from './operation.ts';
import { fromPostgresText, toPostgresText } from './postgres-text.ts';
import type { PostgresLocation } from './postgres-url.ts';

/** Loads the driver, which only those who use PostgreSQL have to install. @throws AssayError `unsupported`. */
export async function loadDriver(
  load: () => Promise<typeof import('pg')> = () => import('pg'),
): Promise<typeof import('pg')> {
  try {
    const driver = await load();
    // It is a CommonJS module, and not every runtime finds its names.
    return 'Pool' in driver ? driver : (driver as { readonly default: typeof import('pg') }).default;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new AssayError(
      'unsupported',
      'A PostgreSQL store needs the package pg, which is not installed: npm install pg',
      {
        cause,
      },
    );
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/**
 * Who is gone in the midst of a transaction, with its machine or its network, would hold its locks for as long as its
 * connection stands, which may be hours. Nobody here thinks about anything while a transaction is open.
 */
const endUnended = '-c idle_in_transaction_session_timeout=5s';

/** Connections to the database, opened as they are needed, at most 10. One that breaks is replaced by the next call. */
export function createPool(
  driver: typeof import('pg'),
  location: PostgresLocation,
  { options = '', ...settings }: PoolConfig = {},
): Pool {
  const pool = new driver.Pool({
    connectionString: location.url,
    application_name: 'assay',
    options: `${endUnended} ${location.options} -c search_path="${location.schema}" ${options}`.trim(),
    // What is sent while another statement is under way follows it at once.
    pipeline: true,
    max: 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf as never },
    ...settings,
  } as PoolConfig);
  // Without a listener a connection that breaks would end the process. Whoever uses it hears of it from its statement.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** By the numbers of types in pg_type.dat. Whole numbers stay below 2^53: they are rows, counts and microseconds. */
function parserOf(type: number): (text: string) => unknown {
  switch (type) {
    case 16: // bool
      return (text) => text === 't';
    case 20: // int8
    case 21: // int2
    case 23: // int4
    case 700: // float4
    case 701: // float8
    case 1700: // numeric
      return Number;
    default:
      return fromPostgresText;
  }
}

const names = new WeakMap<object, string>();
let lastName = 0;

/** Runs a statement, or many that are all sent at once, of which no row comes back. */
export async function run(
  client: PoolClient,
  statement: Statement | readonly Statement[],
  timeoutMs = 0,
): Promise<readonly unknown[]> {
  if ('prepared' in statement) return runOne(client, statement, timeoutMs);
  await allAnswers(statement.map((one) => runOne(client, one, timeoutMs)));
  return [];
}

/** Waits for all, so that nothing is under way any more, and then throws what went wrong first. */
export async function allAnswers(answers: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(answers);
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}

/** Each connection parses a statement once. */
async function runOne(
  client: PoolClient,
  { prepared, parameters }: Statement,
  timeoutMs: number,
): Promise<readonly unknown[]> {
  let name = names.get(prepared);
  if (name === undefined) names.set(prepared, (name = `assay_${++lastName}`));
  const values = parameters.map((value) => (typeof value === 'string' ? toPostgresText(value) : value));
  const { rows } = await client.query({ name, text: prepared.sql, values, query_timeout: timeoutMs } as never);
  return rows as readonly unknown[];
}

/** Runs an operation to its end, statement by statement. */
export async function runOperation<Result>(
  client: PoolClient,
  operation: Operation<Result>,
  timeoutMs = 0,
): Promise<Result> {
  let step = operation.next([]);
  while (!step.done) step = operation.next(await run(client, step.value, timeoutMs));
  return step.value;
}
