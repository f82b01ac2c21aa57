import type { OperationName, Operations, ResultOf } from './operations/index.ts';
import type { PostgresDatabase } from './postgres-database.ts';

/** The database, on the other side of a thread or of a network. */
export interface Connection {
  /** Resolves once what was asked is durable. @throws AssayError. */
  call<Name extends OperationName>(name: Name, ...args: Parameters<Operations[Name]>): Promise<ResultOf<Name>>;
  /** `null` for a file. */
  readonly postgres: PostgresDatabase | null;
  /** Waits for what was asked, then closes the database. */
  close(): Promise<void>;
}
