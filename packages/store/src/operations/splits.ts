import { AssayError } from '@assay/core';
import { sql } from '../sql.ts';
import { noSuch, readGlobalId } from '../global-id.ts';
import { each, firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { Dialect } from '../dialect.ts';
import type { createDatasetOperations } from './datasets.ts';
import { lastRevision } from './staging.ts';

export interface SplitRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly color: string;
  readonly metadata: string;
  readonly created_at: number;
  readonly updated_at: number;
  /** Of the dataset's newest version. */
  readonly example_count: number;
}

export interface NewSplit {
  readonly datasetId: number;
  readonly name: string;
  readonly description: string | null;
  readonly color: string;
  readonly metadata: string;
  readonly exampleIds: readonly string[];
}

export interface SplitChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
  readonly metadata?: string | undefined;
  readonly addExampleIds?: readonly string[] | undefined;
  readonly removeExampleIds?: readonly string[] | undefined;
}

export function createSplitOperations(db: Dialect, datasets: ReturnType<typeof createDatasetOperations>) {
  const current = sql`examples e JOIN example_revisions r ON r.example_id = e.id AND ${lastRevision} AND r.kind <> 'DELETE'`;
  const columns = (
    datasetId: number,
  ) => sql`s.id, s.name, s.description, s.color, s.metadata, s.created_at, s.updated_at,
    (SELECT count(*) FROM split_examples se, ${current}
      WHERE se.split_id = s.id AND e.id = se.example_id AND e.dataset_id = ${datasetId}) AS example_count`;

  const find = prepare(
    db,
    (v: { id: number; datasetId: number }) =>
      sql<SplitRow>`SELECT ${columns(v.datasetId)} FROM splits s WHERE s.id = ${v.id}`,
  );
  const findNamed = prepare(
    db,
    (v: { name: string }) => sql<{ id: number; name: string }>`SELECT id, name FROM splits WHERE name = ${v.name}`,
  );
  const findName = prepare(
    db,
    (v: { id: number }) => sql<{ id: number; name: string }>`SELECT id, name FROM splits WHERE id = ${v.id}`,
  );
  const list = prepare(
    db,
    (v: { datasetId: number; before: number; limit: number }) => sql<SplitRow>`
      SELECT ${columns(v.datasetId)} FROM splits s WHERE s.id < ${v.before} AND EXISTS
        (SELECT 1 FROM split_examples se, ${current}
          WHERE se.split_id = s.id AND e.id = se.example_id AND e.dataset_id = ${v.datasetId})
      ORDER BY s.id DESC LIMIT ${v.limit}`,
  );
  const insert = prepare(
    db,
    (v: Omit<NewSplit, 'datasetId' | 'exampleIds'> & { now: number }) => sql<{ id: number }>`
      INSERT INTO splits (name, description, color, metadata, created_at, updated_at)
      VALUES (${v.name}, ${v.description}, ${v.color}, ${v.metadata}, ${v.now}, ${v.now})
      ON CONFLICT (name) DO NOTHING RETURNING id`,
  );
  const update = prepare(
    db,
    (v: {
      id: number;
      name: string;
      description: string | null;
      color: string;
      metadata: string;
      now: number;
    }) => sql<never>`
      UPDATE splits SET name = ${v.name}, description = ${v.description}, color = ${v.color}, metadata = ${v.metadata},
        updated_at = ${v.now} WHERE id = ${v.id}`,
  );
  const remove = prepare(
    db,
    (v: { id: number }) => sql<{ id: number }>`DELETE FROM splits WHERE id = ${v.id} RETURNING id`,
  );
  const clear = prepare(
    db,
    (v: { datasetId: number; splitId: number }) => sql<never>`
      DELETE FROM split_examples WHERE split_id = ${v.splitId}
        AND example_id IN (SELECT id FROM examples WHERE dataset_id = ${v.datasetId})`,
  );
  const enter = prepare(
    db,
    (v: { splitId: number; row: number }) => sql<never>`
      INSERT INTO split_examples (split_id, example_id) VALUES (${v.splitId}, ${v.row}) ON CONFLICT DO NOTHING`,
  );
  const leave = prepare(
    db,
    (v: { splitId: number; row: number }) => sql<never>`
      DELETE FROM split_examples WHERE split_id = ${v.splitId} AND example_id = ${v.row}`,
  );
  const findExample = prepare(
    db,
    (v: { datasetId: number; id: string; row: number }) => sql<{ id: number }>`
      SELECT e.id FROM ${current} WHERE e.dataset_id = ${v.datasetId} AND (e.external_id = ${v.id} OR e.id = ${v.row})
      ORDER BY e.external_id IS NULL LIMIT 1`,
  );

  /** The rows of examples of the newest version, by their own ids or their node ids. */
  function* exampleRows(datasetId: number, ids: readonly string[]): Operation<readonly number[]> {
    const found: number[] = [];
    for (const id of ids) {
      const node = readGlobalId(id);
      const row = node?.type === 'DatasetExample' ? node.row : 0;
      const example = yield* firstRow(findExample, { datasetId, id, row });
      if (!example) throw new AssayError('not-found', `The dataset has no example ${id}`);
      found.push(example.id);
    }
    return found;
  }

  function* getSplit(datasetId: number, id: number): Operation<SplitRow> {
    const split = yield* firstRow(find, { id, datasetId });
    if (!split) throw noSuch('DatasetSplit', 'split', id);
    return split;
  }

  function* saveSplit(
    split: { datasetId: number; name: string; description?: string | null | undefined; exampleIds: readonly string[] },
    now: number,
  ): Operation<SplitRow> {
    const { datasetId, name } = split;
    yield* datasets.getDataset({ id: datasetId }, {});
    yield* datasets.takeTurn(datasetId);
    const members = yield* exampleRows(datasetId, split.exampleIds);
    const blank = { description: split.description ?? null, color: '#808080', metadata: '{}' };
    const added = yield* firstRow(insert, { name, ...blank, now });
    const id = added?.id ?? (yield* firstRow(findNamed, { name }))!.id;
    const standing = yield* getSplit(datasetId, id);
    if (split.description !== undefined) yield* rows(update, { ...standing, description: split.description, now });
    yield* rows(clear, { datasetId, splitId: id });
    yield* each(
      enter,
      members.map((row) => ({ splitId: id, row })),
    );
    return yield* getSplit(datasetId, id);
  }

  function* createSplit({ datasetId, exampleIds, ...split }: NewSplit, now: number): Operation<SplitRow> {
    yield* datasets.getDataset({ id: datasetId }, {});
    yield* datasets.takeTurn(datasetId);
    const members = yield* exampleRows(datasetId, exampleIds);
    const added = yield* firstRow(insert, { ...split, now });
    if (!added) throw taken(split.name);
    yield* each(
      enter,
      members.map((row) => ({ splitId: added.id, row })),
    );
    return yield* getSplit(datasetId, added.id);
  }

  function* changeSplit(datasetId: number, id: number, changes: SplitChanges, now: number): Operation<SplitRow> {
    yield* datasets.getDataset({ id: datasetId }, {});
    yield* datasets.takeTurn(datasetId);
    const standing = yield* getSplit(datasetId, id);
    const name = changes.name ?? standing.name;
    const holder = yield* firstRow(findNamed, { name });
    if (holder && holder.id !== id) throw taken(name);
    const description = changes.description === undefined ? standing.description : changes.description;
    const color = changes.color ?? standing.color;
    const metadata = changes.metadata ?? standing.metadata;
    const added = yield* exampleRows(datasetId, changes.addExampleIds ?? []);
    const removed = yield* exampleRows(datasetId, changes.removeExampleIds ?? []);
    yield* rows(update, { id, name, description, color, metadata, now });
    yield* each(
      enter,
      added.map((row) => ({ splitId: id, row })),
    );
    yield* each(
      leave,
      removed.map((row) => ({ splitId: id, row })),
    );
    return yield* getSplit(datasetId, id);
  }

  function* deleteSplit(datasetId: number, id: number): Operation<null> {
    yield* datasets.getDataset({ id: datasetId }, {});
    if (!(yield* firstRow(remove, { id }))) throw noSuch('DatasetSplit', 'split', id);
    return null;
  }

  /** The names of splits that are given by name or by id. */
  function* getSplitNames(refs: readonly string[]): Operation<readonly string[]> {
    const names: string[] = [];
    for (const ref of refs) {
      const node = readGlobalId(ref);
      const byId = node?.type === 'DatasetSplit' ? yield* firstRow(findName, { id: node.row }) : undefined;
      const split = byId ?? (yield* firstRow(findNamed, { name: ref }));
      if (!split) throw new AssayError('not-found', `No split has the name or id ${JSON.stringify(ref)}`);
      names.push(split.name);
    }
    return names;
  }

  function* listSplits(page: { datasetId: number; before: number; limit: number }): Operation<readonly SplitRow[]> {
    yield* datasets.getDataset({ id: page.datasetId }, {});
    return yield* rows(list, page);
  }

  return { saveSplit, createSplit, changeSplit, deleteSplit, getSplitNames, listSplits };
}

function taken(name: string): AssayError {
  return new AssayError('conflict', `A split named ${JSON.stringify(name)} exists already`);
}
