import type { Pool, PoolClient } from 'pg';
import type { Operation, Statement } from './operation.ts';
import { isConnectionFailure } from './postgres-errors.ts';
import { allAnswers, run, runOperation } from './postgres-pool.ts';
import { begin, inTransaction, withClient } from './postgres-transaction.ts';

interface Save {
  /** Begins the operation, anew each time. */
  readonly start: () => Operation<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Saves in a group: enough to spread its cost, few enough that one which fails costs little. */
const largest = 200;

/**
 * Saves that arrive while a group is written make the next, and share its transaction and its sync of the disk. Their first statements, of which nearly every
 * save has no other, are sent at once. When anything goes wrong, nothing of the group is kept, and each is done by itself.
 */
export class GroupedSaves {
  readonly #pool: Pool;
  readonly #patienceMs: number;
  #waiting: Save[] = [];
  #isWriting = false;

  constructor(pool: Pool, patienceMs: number) {
    this.#pool = pool;
    this.#patienceMs = patienceMs;
  }

  save(start: () => Operation<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ start, resolve, reject }) === 1) queueMicrotask(() => this.#writeNext());
    });
  }

  #writeNext(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    void this.#write(this.#waiting.splice(0, largest)).finally(() => {
      this.#isWriting = false;
      this.#writeNext();
    });
  }

  async #write(group: readonly Save[]): Promise<void> {
    try {
      const results = await withClient(this.#pool, this.#patienceMs, (client) => this.#together(client, group));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]);
    } catch (error) {
      // What has become of the group is unknown: to save it again is for whoever knows that this does no harm.
      if (isConnectionFailure(error)) for (const { reject } of group) reject(error);
      else await Promise.all(group.map((save) => this.#alone(save)));
    }
  }

  async #together(client: PoolClient, group: readonly Save[]): Promise<readonly unknown[]> {
    const send = (statement: Statement | readonly Statement[]) => run(client, statement, this.#patienceMs);
    try {
      const operations = group.map(({ start }) => start());
      const steps = operations.map((operation) => operation.next([]));
      const begun = client.query(begin);
      const firsts = steps.map((step) => (step.done ? Promise.resolve([]) : send(step.value)));
      const answers = await allAnswers([begun, ...firsts]);
      const results: unknown[] = [];
      const unread: Promise<unknown>[] = [];
      for (const [index, operation] of operations.entries()) {
        let step = steps[index]!;
        if (!step.done) step = operation.next(answers[index + 1] as readonly unknown[]);
        while (!step.done) {
          // Whoever wants no rows need not wait for them.
          if ('prepared' in step.value) step = operation.next(await send(step.value));
          else {
            const sent = send(step.value);
            sent.catch(() => undefined);
            unread.push(sent);
            step = operation.next([]);
          }
        }
        results.push(step.value);
      }
      await allAnswers(unread);
      await client.query('COMMIT');
      return results;
    } catch (error) {
      if (!isConnectionFailure(error)) await client.query('ROLLBACK');
      throw error;
    }
  }

  async #alone({ start, resolve, reject }: Save): Promise<void> {
    await inTransaction(this.#pool, this.#patienceMs, (client) => runOperation(client, start(), this.#patienceMs)).then(
      resolve,
      reject,
    );
  }
}
