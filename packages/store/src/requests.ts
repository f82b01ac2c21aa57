import type { ErrorCode } from '@assay/core';
import type { OperationName } from './operations/index.ts';
import type { RowColumns } from './row-columns.ts';

/** An operation that the main thread asks the worker to carry out. */
export interface Request {
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** What became of a request. Sent only once it is durable, in the order of the requests. */
export type Answer =
  | { readonly result: unknown }
  | { readonly rows: RowColumns }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What the worker is started with. */
export interface WorkerInput {
  readonly path: string;
  readonly lockTimeoutMs: number;
}

/** What the worker says: first that it is open or why not, then answers, many at a time. */
export type FromWorker =
  | { readonly opened: true }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } }
  | { readonly answers: readonly Answer[] };

/** What the main thread says. */
export type ToWorker = { readonly requests: readonly Request[] } | { readonly close: true };
