import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Operation, Statement } from './operation.ts';
import { createOperations, isRead } from './operations/index.ts';
import type { OperationName } from './operations/index.ts';
import type { Answer, Request } from './requests.ts';
import { fromSqlite } from './sqlite-errors.ts';
import type { SqliteFile } from './sqlite-file.ts';
import { sqliteDialect } from './sqlite.ts';

/**
 * Carries out requests together: one transaction, one sync of the disk, and a savepoint for each, so that one that fails
 * takes no other with it. The answers may be given once this has returned: all of it is durable then.
 */
export function createBatchRunner(
  { database, whenFree }: SqliteFile,
  path: string,
): (requests: readonly Request[]) => Answer[] {
  const operations = createOperations(sqliteDialect) as Readonly<
    Record<OperationName, (...args: never[]) => Operation<unknown>>
  >;
  const statements = new Map<unknown, StatementSync>();
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const savepoint = database.prepare('SAVEPOINT request');
  const release = database.prepare('RELEASE request');

  /** Runs an operation to its end, without a promise. */
  function run(operation: Operation<unknown>): unknown {
    let step = operation.next([]);
    while (!step.done) {
      const asked = step.value;
      if ('prepared' in asked) step = operation.next(all(asked));
      else {
        for (const statement of asked) all(statement);
        step = operation.next([]);
      }
    }
    return step.value;
  }

  function all({ prepared, parameters }: Statement): unknown[] {
    let statement = statements.get(prepared);
    if (!statement) statements.set(prepared, (statement = database.prepare(prepared.sql)));
    return statement.all(...(parameters as SQLInputValue[]));
  }

  function start({ name, args }: Request): Operation<unknown> {
    return operations[name](...(args as never[]));
  }

  function write(request: Request): Answer {
    savepoint.run();
    try {
      const result = run(start(request));
      release.run();
      return { result };
    } catch (error) {
      // A full disk ends the whole transaction, and with it every savepoint.
      if (!database.isTransaction) throw error;
      database.exec('ROLLBACK TO request; RELEASE request');
      return failed(error);
    }
  }

  function read(request: Request): Answer {
    try {
      return { result: whenFree(() => run(start(request))) };
    } catch (error) {
      return failed(error);
    }
  }

  function failed(error: unknown): Answer {
    const { code, message } = fromSqlite(error, path);
    return { error: { code, message } };
  }

  return (requests) => {
    if (requests.every(({ name }) => isRead(name))) return requests.map(read);
    try {
      whenFree(() => begin.run());
      const answers = requests.map(write);
      commit.run();
      return answers;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      return requests.map((request) => (isRead(request.name) ? read(request) : failed(error)));
    }
  };
}
