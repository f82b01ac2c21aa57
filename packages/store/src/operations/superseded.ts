import { sql } from '../sql.ts';
import { prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';

export interface SupersededRow {
  readonly id: number;
  readonly kind: 'task_run' | 'evaluation_run';
  readonly record_id: number;
  readonly record: string;
  readonly superseded_at: number;
  readonly epoch: number | null;
}

/** Keeps what a record said, in the transaction that replaces it. */
export function createSupersededOperations(db: Dialect) {
  const insert = prepare(
    db,
    (v: Omit<SupersededRow, 'id'> & { experiment_id: number }) => sql<never>`
      INSERT INTO superseded_records (experiment_id, kind, record_id, record, superseded_at, epoch)
      VALUES (${v.experiment_id}, ${v.kind}, ${v.record_id}, ${v.record}, ${v.superseded_at}, ${v.epoch})`,
  );

  const list = prepare(
    db,
    (v: { experimentId: number; after: number; limit: number }) => sql<SupersededRow>`
      SELECT id, kind, record_id, record, superseded_at, epoch FROM superseded_records
      WHERE experiment_id = ${v.experimentId} AND id > ${v.after} ORDER BY id LIMIT ${v.limit}`,
  );

  /** @param epoch - Of the job that replaces the record; `null` when none does. */
  function* supersede(
    kind: SupersededRow['kind'],
    experimentId: number,
    old: { readonly id: number },
    now: number,
    epoch: number | null,
  ): Operation<void> {
    yield* rows(insert, {
      experiment_id: experimentId,
      kind,
      record_id: old.id,
      record: JSON.stringify(old),
      superseded_at: now,
      epoch,
    });
  }

  return {
    supersede,
    /** Oldest first. */
    listSuperseded: (page: { experimentId: number; after: number; limit: number }) => rows(list, page),
  };
}
