import { createContentName, sameIdTwice } from '@assay/core';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Database } from '../schema.ts';
import { textsInColumn } from '../sqlite.ts';
import type { createDatasetOperations, DatasetRow } from './datasets.ts';

/** An example that waits for the rest of its upload. */
export interface StagedExample {
  readonly external_id: string | null;
  readonly content_hash: string;
  readonly input: string;
  readonly expected: string;
  readonly metadata: string;
  readonly splits: string | null;
}

/** What becomes of a staged upload. */
export type Publication = { readonly uploadId: number; readonly now: number } & (
  | {
      /** `null`: named by its content. */
      readonly name: string | null;
      readonly description?: string | null | undefined;
      readonly metadata?: string | undefined;
    }
  | { readonly appendTo: number }
);

interface Diff {
  readonly created: number;
  readonly patched: number;
  readonly deleted: number;
}

/**
 * Uploads: examples are staged in chunks and published at once. Matching is by id; content is compared by its hash.
 * All of it is done in sets by the database, so that a million examples pass through no memory of ours.
 */
export function createUploadOperations(db: Kysely<Database>, datasets: ReturnType<typeof createDatasetOperations>) {
  const stage = prepare(
    db,
    (v: StagedExample & { upload_id: number; position: number }) => sql<never>`
      INSERT INTO staged_examples (upload_id, position, external_id, content_hash, input, expected, metadata, splits)
      VALUES (${v.upload_id}, ${v.position}, ${v.external_id}, ${v.content_hash}, ${v.input}, ${v.expected}, ${v.metadata}, ${v.splits})`,
  );
  const unstage = prepare(
    db,
    (v: { uploadId: number }) => sql<never>`DELETE FROM staged_examples WHERE upload_id = ${v.uploadId}`,
  );

  // The rule of core's createExampleIds, in sets.
  const nameIdless = prepare(
    db,
    (v: { uploadId: number }) => sql<never>`
      UPDATE staged_examples SET external_id = n.id
      FROM (SELECT position, hex || CASE WHEN k = 1 THEN '' ELSE '-' || k END AS id
        FROM (SELECT position, substr(content_hash, 1, 16) AS hex,
            row_number() OVER (PARTITION BY substr(content_hash, 1, 16) ORDER BY position) AS k
          FROM staged_examples WHERE upload_id = ${v.uploadId} AND external_id IS NULL) AS counted) AS n
      WHERE staged_examples.upload_id = ${v.uploadId} AND staged_examples.position = n.position`,
  );
  const findTwin = prepare(
    db,
    (v: { uploadId: number }) => sql<{ external_id: string; first: number; second: number }>`
      SELECT t.external_id, t.first, (SELECT min(s.position) FROM staged_examples s
        WHERE s.upload_id = ${v.uploadId} AND s.external_id = t.external_id AND s.position > t.first) AS second
      FROM (SELECT external_id, min(position) AS first FROM staged_examples
        WHERE upload_id = ${v.uploadId} GROUP BY external_id HAVING count(*) > 1) AS t
      ORDER BY second LIMIT 1`,
  );
  const listStaged = prepare(
    db,
    (v: { uploadId: number; after: number }) => sql<{ position: number; external_id: string; content_hash: string }>`
      SELECT position, external_id, content_hash FROM staged_examples
      WHERE upload_id = ${v.uploadId} AND position > ${v.after} ORDER BY position LIMIT 1000`,
  );

  const insertDataset = prepare(
    db,
    (v: { name: string; now: number }) => sql<{ id: number }>`
      INSERT INTO datasets (name, metadata, created_at, updated_at) VALUES (${v.name}, '{}', ${v.now}, ${v.now})
      ON CONFLICT (name) DO NOTHING RETURNING id`,
  );
  const insertVersion = prepare(
    db,
    (v: { datasetId: number; exampleCount: number; now: number }) => sql<{ id: number }>`
      INSERT INTO dataset_versions (dataset_id, metadata, example_count, created_at)
      VALUES (${v.datasetId}, '{}', ${v.exampleCount}, ${v.now}) RETURNING id`,
  );
  const touch = prepare(
    db,
    (v: { id: number; now: number }) => sql<never>`UPDATE datasets SET updated_at = ${v.now} WHERE id = ${v.id}`,
  );

  const lastRevision = sql`r.version_id = (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id)`;
  const countChanged = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<{ created: number; patched: number }>`
      SELECT count(CASE WHEN r.id IS NULL OR r.kind = 'DELETE' THEN 1 END) AS created,
        count(CASE WHEN r.kind <> 'DELETE' AND r.content_hash <> s.content_hash THEN 1 END) AS patched
      FROM staged_examples s LEFT JOIN examples e ON e.dataset_id = ${v.datasetId} AND e.external_id = s.external_id
      LEFT JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
      WHERE s.upload_id = ${v.uploadId}`,
  );
  const gone = (v: { uploadId: number; datasetId: number }) => sql`examples e
    JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
    WHERE e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE' AND NOT EXISTS
      (SELECT 1 FROM staged_examples s WHERE s.upload_id = ${v.uploadId} AND s.external_id = e.external_id)`;
  const countGone = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<{ count: number }>`SELECT count(*) AS count FROM ${gone(v)}`,
  );

  const insertExamples = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<never>`
      INSERT INTO examples (dataset_id, external_id)
      SELECT ${v.datasetId}, external_id FROM staged_examples WHERE upload_id = ${v.uploadId} ORDER BY position
      ON CONFLICT (dataset_id, external_id) DO NOTHING`,
  );
  // Deletions come first: a row of this version would hide the revision that they look at.
  const insertDeletions = prepare(
    db,
    (v: { uploadId: number; datasetId: number; versionId: number }) => sql<never>`
      INSERT INTO example_revisions (example_id, version_id, kind, content_hash, input, expected, metadata)
      SELECT e.id, ${v.versionId}, 'DELETE', '', 'null', 'null', '{}' FROM ${gone(v)}`,
  );
  const insertRevisions = prepare(
    db,
    (v: { uploadId: number; datasetId: number; versionId: number }) => sql<never>`
      INSERT INTO example_revisions (example_id, version_id, kind, content_hash, input, expected, metadata)
      SELECT e.id, ${v.versionId}, CASE WHEN r.id IS NULL OR r.kind = 'DELETE' THEN 'CREATE' ELSE 'PATCH' END,
        s.content_hash, s.input, s.expected, s.metadata
      FROM staged_examples s JOIN examples e ON e.dataset_id = ${v.datasetId} AND e.external_id = s.external_id
      LEFT JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
      WHERE s.upload_id = ${v.uploadId} AND (r.id IS NULL OR r.kind = 'DELETE' OR r.content_hash <> s.content_hash)
      ORDER BY s.position`,
  );

  const hasSplits = prepare(
    db,
    (v: { uploadId: number }) => sql<{ position: number }>`
      SELECT position FROM staged_examples WHERE upload_id = ${v.uploadId} AND splits IS NOT NULL LIMIT 1`,
  );
  const insertSplits = prepare(
    db,
    (v: { uploadId: number; now: number }) => sql<never>`
      INSERT INTO splits (name, created_at)
      SELECT DISTINCT n.value, ${v.now} FROM staged_examples s, ${textsInColumn('s.splits')} n WHERE s.upload_id = ${v.uploadId}
      ON CONFLICT (name) DO NOTHING`,
  );
  const leaveSplits = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<never>`
      DELETE FROM split_examples WHERE example_id IN (SELECT e.id FROM staged_examples s
        JOIN examples e ON e.dataset_id = ${v.datasetId} AND e.external_id = s.external_id
        WHERE s.upload_id = ${v.uploadId} AND s.splits IS NOT NULL)`,
  );
  const enterSplits = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<never>`
      INSERT INTO split_examples (split_id, example_id)
      SELECT DISTINCT p.id, e.id FROM staged_examples s
      JOIN examples e ON e.dataset_id = ${v.datasetId} AND e.external_id = s.external_id,
        ${textsInColumn('s.splits')} n JOIN splits p ON p.name = n.value
      WHERE s.upload_id = ${v.uploadId}`,
  );

  function* stageExamples(
    uploadId: number,
    firstPosition: number,
    examples: readonly StagedExample[],
  ): Operation<null> {
    let position = firstPosition;
    for (const example of examples) yield* rows(stage, { ...example, upload_id: uploadId, position: position++ });
    return null;
  }

  function* dropStaged(uploadId: number): Operation<null> {
    yield* rows(unstage, { uploadId });
    return null;
  }

  function* publishExamples(publication: Publication): Operation<DatasetRow> {
    const { uploadId, now } = publication;
    yield* rows(nameIdless, { uploadId });
    const twin = yield* firstRow(findTwin, { uploadId });
    if (twin) throw sameIdTwice(twin.external_id, twin.first, twin.second);

    const { datasetId, isNew } = yield* targetOf(publication);
    const counts = (yield* firstRow(countChanged, { uploadId, datasetId }))!;
    const deleted = 'appendTo' in publication ? 0 : (yield* firstRow(countGone, { uploadId, datasetId }))!.count;
    if (isNew || counts.created + counts.patched + deleted > 0)
      yield* publishVersion(publication, datasetId, isNew, { ...counts, deleted });
    if (yield* firstRow(hasSplits, { uploadId })) {
      yield* rows(insertSplits, { uploadId, now });
      yield* rows(leaveSplits, { uploadId, datasetId });
      yield* rows(enterSplits, { uploadId, datasetId });
    }
    if ('name' in publication && (publication.description !== undefined || publication.metadata !== undefined)) {
      yield* datasets.updateDataset(
        datasetId,
        { description: publication.description, metadata: publication.metadata },
        now,
      );
    }
    yield* dropStaged(uploadId);
    return yield* datasets.getDataset({ id: datasetId }, {});
  }

  function* targetOf(publication: Publication): Operation<{ readonly datasetId: number; readonly isNew: boolean }> {
    if ('appendTo' in publication) {
      const { id } = yield* datasets.getDataset({ id: publication.appendTo }, {});
      return { datasetId: id, isNew: false };
    }
    const name = publication.name ?? (yield* contentName(publication.uploadId));
    const added = yield* firstRow(insertDataset, { name, now: publication.now });
    return added
      ? { datasetId: added.id, isNew: true }
      : { datasetId: (yield* datasets.getDataset({ name }, {})).id, isNew: false };
  }

  function* publishVersion(
    { uploadId, now }: Publication,
    datasetId: number,
    isNew: boolean,
    diff: Diff,
  ): Operation<void> {
    const before = isNew ? 0 : (yield* datasets.getDataset({ id: datasetId }, {})).example_count;
    const exampleCount = before + diff.created - diff.deleted;
    const { id: versionId } = (yield* firstRow(insertVersion, { datasetId, exampleCount, now }))!;
    if (diff.deleted > 0) yield* rows(insertDeletions, { uploadId, datasetId, versionId });
    if (diff.created > 0) yield* rows(insertExamples, { uploadId, datasetId });
    yield* rows(insertRevisions, { uploadId, datasetId, versionId });
    yield* rows(touch, { id: datasetId, now });
  }

  function* contentName(uploadId: number): Operation<string> {
    const content = createContentName();
    for (let after = 0; ;) {
      const page = yield* rows(listStaged, { uploadId, after });
      for (const example of page) content.add(example.external_id, example.content_hash);
      const last = page.at(-1);
      if (!last) return content.name();
      after = last.position;
    }
  }

  return { stageExamples, dropStaged, publishExamples };
}
