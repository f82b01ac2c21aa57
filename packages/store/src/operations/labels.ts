import { AssayError } from '@assay/core';
import { sql } from '../sql.ts';
import type { Dialect } from '../dialect.ts';
import { noSuch } from '../global-id.ts';
import { firstRow, prepare, rows } from '../operation.ts';
import type { Operation } from '../operation.ts';
import type { createDatasetOperations } from './datasets.ts';

export interface LabelRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly color: string;
}

type NewLabel = Omit<LabelRow, 'id'>;

export interface LabelChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
}

/** Labels, and the datasets that they are on. */
export function createLabelOperations(db: Dialect, datasets: ReturnType<typeof createDatasetOperations>) {
  const columns = sql`l.id, l.name, l.description, l.color`;

  const find = prepare(db, (v: { id: number }) => sql<LabelRow>`SELECT ${columns} FROM labels l WHERE l.id = ${v.id}`);
  const findNamed = prepare(
    db,
    (v: { name: string }) => sql<LabelRow>`SELECT ${columns} FROM labels l WHERE l.name = ${v.name}`,
  );
  const list = prepare(
    db,
    (v: { before: number; limit: number }) => sql<LabelRow>`
      SELECT ${columns} FROM labels l WHERE l.id < ${v.before} ORDER BY l.id DESC LIMIT ${v.limit}`,
  );
  const insert = prepare(
    db,
    (v: NewLabel) => sql<{ id: number }>`
      INSERT INTO labels (name, description, color) VALUES (${v.name}, ${v.description}, ${v.color})
      ON CONFLICT (name) DO NOTHING RETURNING id`,
  );
  const update = prepare(
    db,
    (v: LabelRow) => sql<never>`
      UPDATE labels SET name = ${v.name}, description = ${v.description}, color = ${v.color} WHERE id = ${v.id}`,
  );
  const remove = prepare(
    db,
    (v: { id: number }) => sql<{ id: number }>`DELETE FROM labels WHERE id = ${v.id} RETURNING id`,
  );

  const listOfDataset = prepare(
    db,
    (v: { datasetId: number }) => sql<LabelRow>`
      SELECT ${columns} FROM labels l JOIN dataset_labels dl ON dl.label_id = l.id
      WHERE dl.dataset_id = ${v.datasetId} ORDER BY l.id DESC`,
  );
  const attach = prepare(
    db,
    (v: { datasetId: number; labelId: number }) => sql<never>`
      INSERT INTO dataset_labels (dataset_id, label_id) VALUES (${v.datasetId}, ${v.labelId}) ON CONFLICT DO NOTHING`,
  );
  const detach = prepare(
    db,
    (v: { datasetId: number; labelId: number }) => sql<never>`
      DELETE FROM dataset_labels WHERE dataset_id = ${v.datasetId} AND label_id = ${v.labelId}`,
  );
  const keepOnly = prepare(
    db,
    (v: { datasetId: number; labelIds: string }) => sql<never>`
      DELETE FROM dataset_labels WHERE dataset_id = ${v.datasetId}
        AND label_id NOT IN ${db.numbersOf(v.labelIds)}`,
  );

  function* getLabel(id: number): Operation<LabelRow> {
    const label = yield* firstRow(find, { id });
    if (!label) throw noSuch('DatasetLabel', 'label', id);
    return label;
  }

  function* createLabel(label: NewLabel): Operation<LabelRow> {
    const added = yield* firstRow(insert, label);
    if (!added) throw taken(label.name);
    return { id: added.id, ...label };
  }

  function* changeLabel(id: number, changes: LabelChanges): Operation<LabelRow> {
    const standing = yield* getLabel(id);
    const name = changes.name ?? standing.name;
    const holder = yield* firstRow(findNamed, { name });
    if (holder && holder.id !== id) throw taken(name);
    const description = changes.description === undefined ? standing.description : changes.description;
    const changed = { id, name, description, color: changes.color ?? standing.color };
    yield* rows(update, changed);
    return changed;
  }

  function* deleteLabel(id: number): Operation<null> {
    if (!(yield* firstRow(remove, { id }))) throw noSuch('DatasetLabel', 'label', id);
    return null;
  }

  function* listDatasetLabels(datasetId: number): Operation<readonly LabelRow[]> {
    yield* datasets.getDataset({ id: datasetId }, {});
    return yield* rows(listOfDataset, { datasetId });
  }

  function* addLabel(datasetId: number, labelId: number): Operation<LabelRow> {
    yield* datasets.getDataset({ id: datasetId }, {});
    const label = yield* getLabel(labelId);
    yield* rows(attach, { datasetId, labelId });
    return label;
  }

  /** One that is not on it is no error. */
  function* removeLabel(datasetId: number, labelId: number): Operation<null> {
    yield* datasets.getDataset({ id: datasetId }, {});
    yield* rows(detach, { datasetId, labelId });
    return null;
  }

  /** Puts these on the dataset, and takes off all others. */
  function* setLabels(datasetId: number, labelIds: readonly number[]): Operation<readonly LabelRow[]> {
    yield* datasets.getDataset({ id: datasetId }, {});
    for (const id of labelIds) yield* getLabel(id);
    yield* rows(keepOnly, { datasetId, labelIds: JSON.stringify(labelIds) });
    for (const labelId of labelIds) yield* rows(attach, { datasetId, labelId });
    return yield* rows(listOfDataset, { datasetId });
  }

  return {
    getLabel,
    createLabel,
    changeLabel,
    deleteLabel,
    /** Newest first. */
    listLabels: (page: { before: number; limit: number }) => rows(list, page),
    listDatasetLabels,
    addLabel,
    removeLabel,
    setLabels,
  };
}

function taken(name: string): AssayError {
  return new AssayError('conflict', `A label named ${JSON.stringify(name)} exists already`);
}
