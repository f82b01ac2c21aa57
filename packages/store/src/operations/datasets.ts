import { AssayError } from '@assay/core';
import { sql } from '../sql.ts';
import { noSuch } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';

/** A dataset at one of its versions. */
export interface DatasetRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly metadata: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly version_id: number;
  readonly example_count: number;
}

export interface VersionRow {
  readonly id: number;
  readonly dataset_id: number;
  readonly description: string | null;
  readonly metadata: string;
  readonly example_count: number;
  readonly created_at: number;
}

export interface DatasetPinned {
  readonly versionId?: number | undefined;
  readonly splits?: readonly string[] | null | undefined;
}

export interface DatasetChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: string | undefined;
}

export function createDatasetOperations(db: Dialect) {
  const newest = sql`SELECT max(id) FROM dataset_versions WHERE dataset_id = d.id`;
  const columns = sql`d.id, d.name, d.description, d.metadata, d.created_at, d.updated_at, v.id AS version_id, v.example_count`;

  const findById = prepare(
    db,
    (v: { id: number }) => sql<DatasetRow>`
      SELECT ${columns} FROM datasets d JOIN dataset_versions v ON v.id = (${newest}) WHERE d.id = ${v.id}`,
  );
  const findByName = prepare(
    db,
    (v: { name: string }) => sql<DatasetRow>`
      SELECT ${columns} FROM datasets d JOIN dataset_versions v ON v.id = (${newest}) WHERE d.name = ${v.name}`,
  );
  const list = prepare(
    db,
    (v: { before: number; name: string | null; limit: number }) => sql<DatasetRow>`
      SELECT ${columns} FROM datasets d JOIN dataset_versions v ON v.id = (${newest})
      WHERE d.id < ${v.before} AND (CAST(${v.name} AS TEXT) IS NULL OR d.name = ${v.name}) ORDER BY d.id DESC LIMIT ${v.limit}`,
  );
  const findVersion = prepare(
    db,
    (v: { datasetId: number; versionId: number }) => sql<VersionRow>`
      SELECT id, dataset_id, description, metadata, example_count, created_at FROM dataset_versions
      WHERE id = ${v.versionId} AND dataset_id = ${v.datasetId}`,
  );
  const listVersionRows = prepare(
    db,
    (v: { datasetId: number; before: number; limit: number }) => sql<VersionRow>`
      SELECT id, dataset_id, description, metadata, example_count, created_at FROM dataset_versions
      WHERE dataset_id = ${v.datasetId} AND id < ${v.before} ORDER BY id DESC LIMIT ${v.limit}`,
  );
  const findSplit = prepare(
    db,
    (v: { name: string }) => sql<{ id: number }>`SELECT id FROM splits WHERE name = ${v.name}`,
  );
  const countInSplits = prepare(
    db,
    (v: { datasetId: number; versionId: number; splitIds: string }) => sql<{ count: number }>`
      SELECT count(*) AS count FROM examples e JOIN example_revisions r ON r.example_id = e.id AND r.version_id =
        (SELECT max(version_id) FROM example_revisions WHERE example_id = e.id AND version_id <= ${v.versionId})
      WHERE e.dataset_id = ${v.datasetId} AND r.kind <> 'DELETE' AND EXISTS (SELECT 1 FROM split_examples se
        WHERE se.example_id = e.id AND se.split_id IN ${db.numbersOf(v.splitIds)})`,
  );
  const update = prepare(
    db,
    (v: { id: number; name: string; description: string | null; metadata: string; now: number }) => sql<never>`
      UPDATE datasets SET name = ${v.name}, description = ${v.description}, metadata = ${v.metadata}, updated_at = ${v.now}
      WHERE id = ${v.id}`,
  );
  const take = prepare(
    db,
    (v: { id: number }) => sql<never>`UPDATE datasets SET updated_at = updated_at WHERE id = ${v.id}`,
  );
  const remove = prepare(
    db,
    (v: { id: number }) => sql<{ id: number }>`DELETE FROM datasets WHERE id = ${v.id} RETURNING id`,
  );

  function* getDataset(
    ref: { readonly id: number } | { readonly name: string },
    at: DatasetPinned,
  ): Operation<DatasetRow> {
    const dataset = 'id' in ref ? yield* firstRow(findById, ref) : yield* firstRow(findByName, ref);
    if (!dataset) {
      if ('id' in ref) throw noSuch('Dataset', 'dataset', ref.id);
      throw new AssayError('not-found', `No dataset is named ${JSON.stringify(ref.name)}`);
    }
    const versionId = at.versionId ?? dataset.version_id;
    const version = yield* getVersion(dataset.id, versionId);
    const pinned = { ...dataset, version_id: versionId, example_count: version.example_count };
    if (!at.splits) return pinned;
    const splits = JSON.stringify(yield* splitIds(at.splits));
    const counted = yield* firstRow(countInSplits, { datasetId: dataset.id, versionId, splitIds: splits });
    return { ...pinned, example_count: counted!.count };
  }

  function* getVersion(datasetId: number, versionId: number): Operation<VersionRow> {
    if (!(yield* firstRow(findById, { id: datasetId }))) throw noSuch('Dataset', 'dataset', datasetId);
    const version = yield* firstRow(findVersion, { datasetId, versionId });
    if (!version) throw noSuch('DatasetVersion', 'version of the dataset', versionId);
    return version;
  }

  function* splitIds(names: readonly string[] | null): Operation<readonly number[]> {
    const ids: number[] = [];
    for (const name of names ?? []) {
      const split = yield* firstRow(findSplit, { name });
      if (!split) throw new AssayError('not-found', `No split is named ${JSON.stringify(name)}`);
      ids.push(split.id);
    }
    return ids;
  }

  function* listVersions(page: { datasetId: number; before: number; limit: number }): Operation<readonly VersionRow[]> {
    yield* getDataset({ id: page.datasetId }, {});
    return yield* rows(listVersionRows, page);
  }

  function* updateDataset(id: number, changes: DatasetChanges, now: number): Operation<DatasetRow> {
    const dataset = yield* getDataset({ id }, {});
    const name = changes.name ?? dataset.name;
    const holder = yield* firstRow(findByName, { name });
    if (holder && holder.id !== id)
      throw new AssayError('conflict', `A dataset named ${JSON.stringify(name)} exists already`);
    const description = changes.description === undefined ? dataset.description : changes.description;
    yield* rows(update, { id, name, description, metadata: changes.metadata ?? dataset.metadata, now });
    return yield* getDataset({ id }, {});
  }

  /** Lets changes to what belongs to a dataset take turns, where the database would let two run side by side. */
  function* takeTurn(id: number): Operation<void> {
    yield* rows(take, { id });
  }

  function* deleteDataset(id: number): Operation<null> {
    if (!(yield* firstRow(remove, { id }))) throw noSuch('Dataset', 'dataset', id);
    return null;
  }

  return {
    getDataset,
    getVersion,
    splitIds,
    takeTurn,
    listVersions,
    updateDataset,
    deleteDataset,
    /** Newest first. */
    listDatasets: (page: { before: number; name: string | null; limit: number }) => rows(list, page),
  };
}
