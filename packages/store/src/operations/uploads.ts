import { AssayError, createContentName, sameIdTwice } from '@assay/core';
import { sql } from '../sql.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createDatasetOperations, DatasetRow } from './datasets.ts';
import { createStagingOperations, createStagingStatements, lastRevision } from './staging.ts';
import { createUploadSplitOperations } from './upload-splits.ts';

/** An upload of which every example has been staged. */
export interface Upload {
  readonly uploadId: number;
  readonly stagedCount: number;
  /** Microseconds since 1970. */
  readonly now: number;
}

/** What becomes of a staged upload. */
export type Publication = Upload &
  (
    | {
        /** `null`: named by its content. */
        readonly name: string | null;
        readonly description?: string | null | undefined;
        readonly metadata?: string | undefined;
      }
    | { readonly appendTo: number }
  );

/** An upload by Phoenix's rules: examples without an id match by content, and stay without one. */
export interface NodePublication extends Upload {
  readonly name: string;
  readonly action: 'create' | 'append' | 'update';
  /** Of a new dataset; one that is there keeps its own. */
  readonly description: string | null;
  readonly metadata: string;
}

/** What an upload came to. */
export interface UploadRow {
  readonly dataset_id: number;
  readonly version_id: number;
  readonly created: number;
  /** Whose content changed or whose splits. */
  readonly updated: number;
  readonly deleted: number;
}

interface Diff {
  readonly created: number;
  readonly patched: number;
  readonly deleted: number;
}

/**
 * Uploads: examples are staged in chunks and published at once. Matching finds the row of each; content is compared by its
 * hash. All of it is done in sets by the database, so that a million examples pass through no memory of ours.
 */
export function createUploadOperations(db: Dialect, datasets: ReturnType<typeof createDatasetOperations>) {
  const staging = createStagingOperations(db);
  const statements = createStagingStatements(db);
  const splits = createUploadSplitOperations(db);

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

  const countChanged = prepare(
    db,
    (v: { uploadId: number }) => sql<{ created: number; patched: number }>`
      SELECT count(CASE WHEN r.id IS NULL OR r.kind = 'DELETE' THEN 1 END) AS created,
        count(CASE WHEN r.kind <> 'DELETE' AND r.content_hash <> s.content_hash THEN 1 END) AS patched
      FROM staged_examples s LEFT JOIN examples e ON e.id = s.example_row
      LEFT JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
      WHERE s.upload_id = ${v.uploadId}`,
  );
  const gone = (v: { uploadId: number; datasetId: number }) => sql`examples e
    JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
    WHERE e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE' AND NOT EXISTS
      (SELECT 1 FROM staged_examples s WHERE s.upload_id = ${v.uploadId} AND s.example_row = e.id)`;
  const countGone = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<{ count: number }>`SELECT count(*) AS count FROM ${gone(v)}`,
  );

  const findLastRow = prepare(db, () => sql<{ id: number }>`SELECT coalesce(max(id), 0) AS id FROM examples`);
  const insertExamples = prepare(
    db,
    (v: { uploadId: number; datasetId: number }) => sql<never>`
      INSERT INTO examples (dataset_id, external_id) SELECT ${v.datasetId}, external_id FROM staged_examples
      WHERE upload_id = ${v.uploadId} AND example_row IS NULL ORDER BY position`,
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
    (v: { uploadId: number; versionId: number }) => sql<never>`
      INSERT INTO example_revisions (example_id, version_id, kind, content_hash, input, expected, metadata)
      SELECT e.id, ${v.versionId}, CASE WHEN r.id IS NULL OR r.kind = 'DELETE' THEN 'CREATE' ELSE 'PATCH' END,
        s.content_hash, s.input, s.expected, s.metadata
      FROM staged_examples s JOIN examples e ON e.id = s.example_row
      LEFT JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision}
      WHERE s.upload_id = ${v.uploadId} AND (r.id IS NULL OR r.kind = 'DELETE' OR r.content_hash <> s.content_hash)
      ORDER BY s.position`,
  );

  function* publishExamples(publication: Publication): Operation<DatasetRow> {
    const { uploadId, now } = publication;
    yield* checkStaged(publication);
    yield* rows(statements.nameIdless, { uploadId });
    yield* refuseTwins(statements.findTwin, uploadId);

    const { datasetId, isNew } = yield* targetOf(publication);
    yield* datasets.takeTurn(datasetId);
    yield* rows(statements.matchByOwnId, { uploadId, datasetId });
    yield* rows(statements.matchByNodeId, { uploadId, datasetId, withOwnId: 0 });
    const keep = 'appendTo' in publication;
    yield* publishChanges({ uploadId, datasetId, now, isNew, keep });
    yield* splits.assign(uploadId, now);
    if ('name' in publication && (publication.description !== undefined || publication.metadata !== undefined)) {
      const { description, metadata } = publication;
      yield* datasets.updateDataset(datasetId, { description, metadata }, now);
    }
    yield* staging.dropStaged(uploadId);
    return yield* datasets.getDataset({ id: datasetId }, {});
  }

  function* publishNodes(publication: NodePublication): Operation<UploadRow> {
    const { uploadId, now, name, action, description, metadata } = publication;
    yield* checkStaged(publication);
    yield* refuseTwins(statements.findTwin, uploadId);
    const added = yield* firstRow(insertDataset, { name, now });
    if (!added && action === 'create')
      throw new AssayError('conflict', `A dataset named ${JSON.stringify(name)} exists already`);
    const datasetId = added?.id ?? (yield* datasets.getDataset({ name }, {})).id;
    yield* datasets.takeTurn(datasetId);

    yield* rows(statements.matchByOwnId, { uploadId, datasetId });
    yield* rows(statements.matchByNodeId, { uploadId, datasetId, withOwnId: 1 });
    const unknown = yield* firstRow(statements.findUnknownNode, { uploadId });
    if (unknown)
      throw new AssayError(
        'invalid-input',
        `No example of the dataset has the id ${JSON.stringify(unknown.external_id)}`,
      );
    yield* refuseTwins(statements.findSameRow, uploadId);
    yield* rows(statements.matchByContent, { uploadId, datasetId });

    const updated = yield* splits.countUpdated(uploadId);
    const keep = action === 'append';
    const diff = yield* publishChanges({ uploadId, datasetId, now, isNew: added !== undefined, keep });
    yield* splits.assign(uploadId, now);
    if (diff.deleted > 0) yield* splits.leaveDeleted(datasetId);
    if (added) yield* datasets.updateDataset(datasetId, { description, metadata }, now);
    yield* staging.dropStaged(uploadId);
    const { version_id } = yield* datasets.getDataset({ id: datasetId }, {});
    return { dataset_id: datasetId, version_id, created: diff.created, updated, deleted: diff.deleted };
  }

  /** What is staged is not durable: the thread or the server that held it may have died since. */
  function* checkStaged({ uploadId, stagedCount }: Upload): Operation<void> {
    const { count } = (yield* firstRow(statements.count, { uploadId }))!;
    if (count === stagedCount) return;
    throw new AssayError(
      'unavailable',
      `Could not save the dataset: the database lost ${stagedCount - count} of its ${stagedCount} examples on the way. Upload it again`,
    );
  }

  function* refuseTwins(find: typeof statements.findTwin, uploadId: number): Operation<void> {
    const twin = yield* firstRow(find, { uploadId });
    if (twin) throw sameIdTwice(twin.external_id, twin.first, twin.second);
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

  /** Makes a version of what has changed, if anything has. @param to.keep - Examples that are not staged stay. */
  function* publishChanges(to: {
    readonly uploadId: number;
    readonly datasetId: number;
    readonly now: number;
    readonly isNew: boolean;
    readonly keep: boolean;
  }): Operation<Diff> {
    const { uploadId, datasetId, now } = to;
    const changed = (yield* firstRow(countChanged, { uploadId }))!;
    const deleted = to.keep ? 0 : (yield* firstRow(countGone, { uploadId, datasetId }))!.count;
    const diff = { ...changed, deleted };
    if (!to.isNew && diff.created + diff.patched + deleted === 0) return diff;

    const before = to.isNew ? 0 : (yield* datasets.getDataset({ id: datasetId }, {})).example_count;
    const exampleCount = before + diff.created - deleted;
    const { id: versionId } = (yield* firstRow(insertVersion, { datasetId, exampleCount, now }))!;
    if (deleted > 0) yield* rows(insertDeletions, { uploadId, datasetId, versionId });
    if (diff.created > 0) yield* addExamples(uploadId, datasetId);
    yield* rows(insertRevisions, { uploadId, versionId });
    yield* rows(touch, { id: datasetId, now });
    return diff;
  }

  function* addExamples(uploadId: number, datasetId: number): Operation<void> {
    const { id: lastRow } = (yield* firstRow(findLastRow, {}))!;
    yield* rows(insertExamples, { uploadId, datasetId });
    yield* rows(statements.matchNewIdless, { uploadId, datasetId, lastRow });
    yield* rows(statements.matchNewByOwnId, { uploadId, datasetId });
  }

  function* contentName(uploadId: number): Operation<string> {
    const content = createContentName();
    for (let after = 0; ;) {
      const page = yield* rows(statements.listStaged, { uploadId, after });
      for (const example of page) content.add(example.external_id, example.content_hash);
      const last = page.at(-1);
      if (!last) return content.name();
      after = last.position;
    }
  }

  return { ...staging, publishExamples, publishNodes };
}
