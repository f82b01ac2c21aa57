import { AssayError } from '@assay/core';

/** Result codes of SQLite: https://www.sqlite.org/rescode.html */
const busy = 5;
const locked = 6;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/** SQLite's primary result code of anything thrown; `null` when SQLite did not throw it. */
export function resultCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** Whether another process holds the lock, so that trying again later helps. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === busy || code === locked;
}

/** What an error of SQLite's means to whoever uses the store. */
export function fromSqlite(error: unknown, path: string): AssayError {
  if (AssayError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const unavailable = (message: string) => new AssayError('unavailable', message, { cause: error });
  switch (resultCode(error)) {
    case busy:
    case locked:
      return unavailable(`Could not use ${path}: another process has it locked`);
    case readOnly:
      return unavailable(`Could not write to ${path}: it is read-only`);
    case full:
      return new AssayError(
        'full',
        `Could not write to ${path}: the disk is full. Nothing that was saved is lost; free some space and try again`,
        { cause: error },
      );
    case corrupt:
      return unavailable(`Could not use ${path}: the file is damaged (${reason})`);
    case notADatabase:
      return new AssayError('invalid-config', `Expected ${path} to be an Assay database, got a file of another kind`, {
        cause: error,
      });
    case cannotOpen:
      return unavailable(`Could not open ${path}: ${reason}`);
    case ioError:
      return unavailable(`Could not read or write ${path}: ${reason}`);
    default:
      return unavailable(`Could not use ${path}: ${reason}`);
  }
}
