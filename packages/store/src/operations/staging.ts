import { sql } from '../sql.ts';
import { each, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';

/** An example that waits for the rest of its upload. */
export interface StagedExample {
  readonly external_id: string | null;
  /** The row that the id may stand for: it reads as a node id. */
  readonly node_row: number | null;
  readonly content_hash: string;
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
  readonly splits: string | null;
}

type UploadKey = { uploadId: number };
type UploadTo = UploadKey & { datasetId: number };

/** An example's last revision; `e` and `r` stand before it in FROM. */
export const lastRevision = sql`r.version_id = (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id)`;

/** Staged examples, and which rows of the dataset they are. */
export function createStagingOperations(db: Dialect) {
  const stage = prepare(
    db,
    (v: StagedExample & { upload_id: number; position: number }) => sql<never>`
      INSERT INTO staged_examples (upload_id, position, external_id, node_row, content_hash, input, expected, metadata, splits)
      VALUES (${v.upload_id}, ${v.position}, ${v.external_id}, ${v.node_row}, ${v.content_hash}, ${v.input}, ${v.expected},
        ${v.metadata}, ${v.splits})`,
  );
  const unstage = prepare(
    db,
    (v: UploadKey) => sql<never>`DELETE FROM staged_examples WHERE upload_id = ${v.uploadId}`,
  );

  return {
    *stageExamples(uploadId: number, firstPosition: number, examples: readonly StagedExample[]): Operation<null> {
      yield* each(
        stage,
        examples.map((example, index) => ({ ...example, upload_id: uploadId, position: firstPosition + index })),
      );
      return null;
    },

    *dropStaged(uploadId: number): Operation<null> {
      yield* rows(unstage, { uploadId });
      return null;
    },
  };
}

export function createStagingStatements(db: Dialect) {
  return {
    count: prepare(
      db,
      (v: UploadKey) =>
        sql<{ count: number }>`SELECT count(*) AS count FROM staged_examples WHERE upload_id = ${v.uploadId}`,
    ),

    // The rule of core's createExampleIds, in sets.
    nameIdless: prepare(
      db,
      (v: UploadKey) => sql<never>`
        UPDATE staged_examples SET external_id = n.id
        FROM (SELECT position, hex || CASE WHEN k = 1 THEN '' ELSE '-' || k END AS id
          FROM (SELECT position, substr(content_hash, 1, 16) AS hex,
              row_number() OVER (PARTITION BY substr(content_hash, 1, 16) ORDER BY position) AS k
            FROM staged_examples WHERE upload_id = ${v.uploadId} AND external_id IS NULL) AS counted) AS n
        WHERE staged_examples.upload_id = ${v.uploadId} AND staged_examples.position = n.position`,
    ),

    findTwin: prepare(
      db,
      (v: UploadKey) => sql<{ external_id: string; first: number; second: number }>`
        SELECT t.external_id, t.first, (SELECT min(s.position) FROM staged_examples s
          WHERE s.upload_id = ${v.uploadId} AND s.external_id = t.external_id AND s.position > t.first) AS second
        FROM (SELECT external_id, min(position) AS first FROM staged_examples
          WHERE upload_id = ${v.uploadId} AND external_id IS NOT NULL GROUP BY external_id HAVING count(*) > 1) AS t
        ORDER BY second LIMIT 1`,
    ),
    // An example may be named twice, by its own id and by its node id.
    findSameRow: prepare(
      db,
      (v: UploadKey) => sql<{ external_id: string; first: number; second: number }>`
        SELECT s.external_id, t.first, s.position AS second
        FROM (SELECT example_row, min(position) AS first FROM staged_examples
          WHERE upload_id = ${v.uploadId} AND example_row IS NOT NULL GROUP BY example_row HAVING count(*) > 1) AS t
        JOIN staged_examples s ON s.upload_id = ${v.uploadId} AND s.example_row = t.example_row AND s.position > t.first
        ORDER BY s.position LIMIT 1`,
    ),
    listStaged: prepare(
      db,
      (v: UploadKey & { after: number }) => sql<{ position: number; external_id: string; content_hash: string }>`
        SELECT position, external_id, content_hash FROM staged_examples
        WHERE upload_id = ${v.uploadId} AND position > ${v.after} ORDER BY position LIMIT 1000`,
    ),

    matchByOwnId: prepare(
      db,
      (v: UploadTo) => sql<never>`
        UPDATE staged_examples SET example_row = (SELECT e.id FROM examples e
          WHERE e.dataset_id = ${v.datasetId} AND e.external_id = staged_examples.external_id)
        WHERE upload_id = ${v.uploadId} AND external_id IS NOT NULL`,
    ),
    /** A node id is that of an example of the newest version. `withOwnId = 0`: only of one that the user gave no id. */
    matchByNodeId: prepare(
      db,
      (v: UploadTo & { withOwnId: number }) => sql<never>`
        UPDATE staged_examples SET example_row = (SELECT e.id FROM examples e
          JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
          WHERE e.id = staged_examples.node_row AND e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE'
            AND (${v.withOwnId} = 1 OR e.external_id IS NULL))
        WHERE upload_id = ${v.uploadId} AND example_row IS NULL AND node_row IS NOT NULL`,
    ),
    findUnknownNode: prepare(
      db,
      (v: UploadKey) => sql<{ external_id: string }>`
        SELECT external_id FROM staged_examples
        WHERE upload_id = ${v.uploadId} AND node_row IS NOT NULL AND example_row IS NULL ORDER BY position LIMIT 1`,
    ),
    // A list of positions and one of rows are zipped by a group for each place in them. A join of the two, which have no
    // index, compares each with each: 27 s for 20,000 examples, in place of 0.1 s.
    /** The first of an equal content with the first, the second with the second, of those that no id has matched. */
    matchByContent: prepare(
      db,
      (v: UploadTo) => sql<never>`
        UPDATE staged_examples SET example_row = m.example_row
        FROM (SELECT max(position) AS position, max(example_row) AS example_row FROM
          (SELECT position, NULL AS example_row, content_hash,
              row_number() OVER (PARTITION BY content_hash ORDER BY position) AS k
            FROM staged_examples WHERE upload_id = ${v.uploadId} AND external_id IS NULL
          UNION ALL SELECT NULL, e.id, r.content_hash, row_number() OVER (PARTITION BY r.content_hash ORDER BY e.id)
            FROM examples e JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
            WHERE e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE' AND NOT EXISTS
              (SELECT 1 FROM staged_examples s WHERE s.upload_id = ${v.uploadId} AND s.example_row = e.id)) AS both_lists
          GROUP BY content_hash, k) AS m
        WHERE staged_examples.upload_id = ${v.uploadId} AND staged_examples.position = m.position`,
    ),
    matchNewByOwnId: prepare(
      db,
      (v: UploadTo) => sql<never>`
        UPDATE staged_examples SET example_row = (SELECT e.id FROM examples e
          WHERE e.dataset_id = ${v.datasetId} AND e.external_id = staged_examples.external_id)
        WHERE upload_id = ${v.uploadId} AND example_row IS NULL`,
    ),
    matchNewIdless: prepare(
      db,
      (v: UploadTo & { lastRow: number }) => sql<never>`
        UPDATE staged_examples SET example_row = m.example_row
        FROM (SELECT max(position) AS position, max(example_row) AS example_row FROM
          (SELECT position, NULL AS example_row, row_number() OVER (ORDER BY position) AS k FROM staged_examples
            WHERE upload_id = ${v.uploadId} AND external_id IS NULL AND example_row IS NULL
          UNION ALL SELECT NULL, id, row_number() OVER (ORDER BY id) FROM examples
            WHERE dataset_id = ${v.datasetId} AND external_id IS NULL AND id > ${v.lastRow}) AS both_lists
          GROUP BY k) AS m
        WHERE staged_examples.upload_id = ${v.uploadId} AND staged_examples.position = m.position`,
    ),
  };
}
