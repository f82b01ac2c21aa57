import { AssayError } from '@assay/core';
import type { Connection } from './connection.ts';

interface Shared {
  readonly connection: Promise<Connection>;
  users: number;
}

const byKey = new Map<string, Shared>();

/**
 * Opens a database once for all who open it in this process: their saves share commits, and a notebook cell that is run
 * again starts no second thread and no second pool. It closes when the last of them closes it.
 *
 * @param key - Tells databases, and ways to open them, apart.
 */
export async function shareConnection(key: string, open: () => Promise<Connection>): Promise<Connection> {
  const shared = byKey.get(key) ?? { connection: open(), users: 0 };
  byKey.set(key, shared);
  shared.users++;

  const leave = async () => {
    if (--shared.users > 0) return;
    if (byKey.get(key) === shared) byKey.delete(key);
    await (await shared.connection).close();
  };
  try {
    return userOf(await shared.connection, leave);
  } catch (error) {
    if (--shared.users === 0) byKey.delete(key);
    throw error;
  }
}

/** One user's connection: closing it leaves the others theirs. */
function userOf({ call, postgres }: Connection, leave: () => Promise<void>): Connection {
  let open = 0;
  let closing: Promise<void> | null = null;
  let lastEnded: (() => void) | null = null;

  function ended(): void {
    open -= 1;
    if (open === 0) lastEnded?.();
  }
  return {
    postgres,
    call: (name, ...args) => {
      if (closing) return Promise.reject(new AssayError('unavailable', 'The store is closed'));
      const called = call(name, ...args);
      open += 1;
      called.then(ended, ended);
      return called;
    },
    close: () =>
      (closing ??= new Promise<void>((resolve) => {
        lastEnded = resolve;
        if (open === 0) resolve();
      }).then(leave)),
  };
}
