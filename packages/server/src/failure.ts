import { AssayError, messageOf } from '@assay/core';
import type { ErrorCode } from '@assay/core';

/** A request that is answered with an error. Application errors are plain text, as Phoenix's are. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly status: FailureStatus;
  /** Sent as JSON in the place of the message. */
  readonly detail: readonly ValidationIssue[] | undefined;

  constructor(status: FailureStatus, message: string, detail?: readonly ValidationIssue[]) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

export type FailureStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 500 | 503 | 507;

/** One thing that is wrong with a request, in the form of FastAPI, which clients of Phoenix know. */
export interface ValidationIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

const statusOf: Readonly<Record<ErrorCode, FailureStatus>> = {
  'invalid-config': 422,
  'invalid-input': 422,
  'not-found': 404,
  ambiguous: 409,
  conflict: 409,
  unavailable: 503,
  unauthorized: 401,
  halted: 409,
  'run-failed': 409,
  unsupported: 422,
  full: 507,
};

/** What an error means to whoever sent the request; `null` when it is a fault of ours, which is nobody's business. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  if (!AssayError.is(error)) return null;
  return new Failure(statusOf[error.code], withoutPath(error.code, messageOf(error)));
}

/** What a store says of its file tells where it is on this machine. */
function withoutPath(code: ErrorCode, message: string): string {
  if (code === 'full') return 'The disk is full. Nothing that was saved is lost; free some space and try again';
  if (code === 'unavailable') return 'The store is not available; try again later';
  return message;
}
