import { AssayError, type ErrorCode } from '@assay/core';

/**
 * Thrown when a server refuses a request. `AssayError.is` holds for it; `code` says what kind of refusal it is, and
 * `status` what the server said. Neither the message nor any field holds a key.
 */
export class HttpError extends AssayError {
  override readonly name = 'HttpError';
  readonly status: number;
  /** How long the server asked to wait, in milliseconds; `null` when it did not. */
  readonly retryAfterMs: number | null;

  /** How often the request was sent. */
  readonly attempts: number;

  constructor(
    code: ErrorCode,
    message: string,
    answer: { readonly status: number; readonly retryAfterMs?: number | null; readonly attempts?: number },
  ) {
    super(code, message);
    this.status = answer.status;
    this.retryAfterMs = answer.retryAfterMs ?? null;
    this.attempts = answer.attempts ?? 1;
  }

  static override is(error: unknown): error is HttpError {
    return AssayError.is(error) && 'status' in error && typeof error.status === 'number';
  }
}

/** Whether the server said this status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return HttpError.is(error) && statuses.includes(error.status);
}

/** What kind of failure a status is. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403 || status === 407) return 'unauthorized';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 405 || status === 501) return 'unsupported';
  if (status === 507) return 'full';
  if (status >= 300 && status < 400) return 'invalid-config';
  return status === 429 || status >= 500 ? 'unavailable' : 'invalid-input';
}

/** What to do about a status, as the end of a message; empty where the server's own words must do. */
export function adviceFor(status: number, hints: { readonly key: string; readonly endpoint: string }): string {
  if (status === 401) return `Check the key: pass ${hints.key}.`;
  if (status === 403) return 'The key is known, but it may not do this.';
  if (status === 407) return 'A proxy between here and the server asks for credentials.';
  if (status === 413) return 'The request is larger than the server, or a proxy before it, takes: send less at a time.';
  if (status === 429) return 'The server asks to slow down.';
  if (status === 507) return 'The server has no room left on its disk.';
  if (status >= 300 && status < 400) return `Set ${hints.endpoint} to where the server really is.`;
  return '';
}
