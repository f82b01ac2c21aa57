import { createPhoenixClient } from '../src/index.ts';

/** The Phoenix server that `with-phoenix.ts` has started. A test fails, and does not skip, when it is not there. */
export const phoenixUrl = process.env['ASSAY_PHOENIX_URL'] ?? 'http://ASSAY_PHOENIX_URL.is-not-set.invalid';

export function connect() {
  return createPhoenixClient({ endpoint: phoenixUrl });
}

let count = 0;

/** A name that no other test, and no other run of the tests, has used. */
export function uniqueName(name: string): string {
  return `${name} ${Date.now().toString(36)}-${process.pid}-${++count}`;
}
