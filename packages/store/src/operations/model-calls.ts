import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';

export function createModelCallOperations(db: Dialect) {
  const find = prepare(
    db,
    (v: { key: string }) => sql<{ answer: string }>`SELECT answer FROM model_calls WHERE key = ${v.key}`,
  );

  const save = prepare(
    db,
    (v: { key: string; answer: string; now: number }) => sql<never>`
      INSERT INTO model_calls (key, answer, created_at) VALUES (${v.key}, ${v.answer}, ${v.now})
      ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, created_at = excluded.created_at`,
  );

  return {
    /** The answer under this key; `null` when there is none. */
    *getModelCall(call: { key: string }): Operation<string | null> {
      return (yield* firstRow(find, call))?.answer ?? null;
    },
    *saveModelCall(call: { key: string; answer: string; now: number }): Operation<null> {
      yield* rows(save, call);
      return null;
    },
  };
}
