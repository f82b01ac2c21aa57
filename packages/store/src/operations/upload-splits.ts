import { sql } from '../sql.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import { lastRevision } from './staging.ts';

type Upload = { uploadId: number };

/** The splits that staged examples are to belong to. Examples that say nothing of splits stay in theirs. */
export function createUploadSplitOperations(db: Dialect) {
  const findAny = prepare(
    db,
    (v: Upload) => sql<{ position: number }>`
      SELECT position FROM staged_examples WHERE upload_id = ${v.uploadId} AND splits IS NOT NULL LIMIT 1`,
  );
  const insert = prepare(
    db,
    (v: Upload & { now: number }) => sql<never>`
      INSERT INTO splits (name, created_at, updated_at)
      SELECT DISTINCT n.value, CAST(${v.now} AS BIGINT), CAST(${v.now} AS BIGINT) FROM staged_examples s, ${db.textsInColumn('s.splits')} n
      WHERE s.upload_id = ${v.uploadId}
      ON CONFLICT (name) DO NOTHING`,
  );
  const leave = prepare(
    db,
    (v: Upload) => sql<never>`
      DELETE FROM split_examples WHERE example_id IN (SELECT s.example_row FROM staged_examples s
        WHERE s.upload_id = ${v.uploadId} AND s.splits IS NOT NULL)`,
  );
  const enter = prepare(
    db,
    (v: Upload) => sql<never>`
      INSERT INTO split_examples (split_id, example_id)
      SELECT DISTINCT p.id, s.example_row FROM staged_examples s, ${db.textsInColumn('s.splits')} n JOIN splits p ON p.name = n.value
      WHERE s.upload_id = ${v.uploadId}`,
  );
  const leaveOfDeleted = prepare(
    db,
    (v: { datasetId: number }) => sql<never>`
      DELETE FROM split_examples WHERE example_id IN (SELECT e.id FROM examples e
        JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
        WHERE e.dataset_id = ${v.datasetId} AND r.kind = 'DELETE')`,
  );
  const count = prepare(
    db,
    (v: Upload) => sql<{ updated: number }>`
      SELECT count(*) AS updated FROM staged_examples s JOIN examples e ON e.id = s.example_row
      JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
      WHERE s.upload_id = ${v.uploadId} AND r.kind <> 'DELETE' AND (r.content_hash <> s.content_hash
        OR (s.splits IS NOT NULL AND (
          EXISTS (SELECT 1 FROM split_examples se JOIN splits p ON p.id = se.split_id
            WHERE se.example_id = e.id AND p.name NOT IN (SELECT n.value FROM ${db.textsInColumn('s.splits')} n))
          OR EXISTS (SELECT 1 FROM ${db.textsInColumn('s.splits')} n WHERE NOT EXISTS
            (SELECT 1 FROM split_examples se JOIN splits p ON p.id = se.split_id
              WHERE se.example_id = e.id AND p.name = n.value)))))`,
  );

  return {
    /** How many examples are there already and get other content or other splits. */
    *countUpdated(uploadId: number): Operation<number> {
      return (yield* firstRow(count, { uploadId }))!.updated;
    },

    *assign(uploadId: number, now: number): Operation<void> {
      if (!(yield* firstRow(findAny, { uploadId }))) return;
      yield* rows(insert, { uploadId, now });
      yield* rows(leave, { uploadId });
      yield* rows(enter, { uploadId });
    },

    /** What is deleted leaves its splits. */
    *leaveDeleted(datasetId: number): Operation<void> {
      yield* rows(leaveOfDeleted, { datasetId });
    },
  };
}
