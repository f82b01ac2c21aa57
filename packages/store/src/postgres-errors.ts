import { AssayError } from '@assay/core';

/** SQLSTATE of anything thrown; `null` when PostgreSQL did not throw it. See https://www.postgresql.org/docs/current/errcodes-appendix.html */
function stateOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('severity' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Whether a transaction met another one, so that it is to be done once more: two do the same at once, or wait for each other. */
export function isRace(error: unknown): boolean {
  return ['40001', '40P01', '23505', '23503'].includes(stateOf(error) ?? '');
}

/** Whether there is no connection any more, or none came about. */
export function isConnectionFailure(error: unknown): boolean {
  const state = stateOf(error);
  // 25P03: it was ended because nothing came in the midst of a transaction.
  if (state !== null) return /^(08|57P|53300|25P03)/.test(state);
  return !AssayError.is(error) && error instanceof Error;
}

/** What an error of PostgreSQL's, or of the way to it, means to whoever uses the store. */
export function fromPostgres(error: unknown, place: string): AssayError {
  if (AssayError.is(error)) return error;
  const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
  const as = (code: AssayError['code'], message: string) => new AssayError(code, message, { cause: error });
  const state = stateOf(error) ?? '';
  switch (state) {
    case '28P01':
    case '28000':
    case '42501':
      return as('unauthorized', `PostgreSQL refused to use the database ${place}: ${reason}`);
    case '3D000':
      return as('invalid-config', `Expected the database ${place} to be there: ${reason}. Make it with createdb`);
    case '53100':
      return as(
        'full',
        `Could not write to the database ${place}: its disk is full. Nothing that was saved is lost; free some space and try again`,
      );
    case '25006':
      return as('unavailable', `Could not write to the database ${place}: it is read-only, as a standby server is`);
    case '57014':
      return as('unavailable', `The database ${place} took too long: ${reason}`);
  }
  if (state.startsWith('22')) return as('invalid-input', `PostgreSQL cannot hold this: ${reason}`);
  if (state.startsWith('54'))
    return as('invalid-input', `PostgreSQL cannot hold this: ${reason}. Ids and names may have about 2,600 bytes`);
  return as('unavailable', `Could not use the database ${place}: ${reason}`);
}
