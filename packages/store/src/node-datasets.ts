import { AssayError, jsonObjectText, storedName, storedText } from '@assay/core';
import { splitNames, stageExamples } from './dataset-store.ts';
import { globalId, rowOf } from './global-id.ts';
import type { GlobalType } from './global-id.ts';
import type { NodeDatasetStore } from './node-dataset-store.ts';
import type { Page, PageRequest } from './node-page.ts';
import { pages, pageSize } from './pages.ts';
import { nodeExampleFromRow, nodeSplitFromRow } from './node-rows.ts';
import { datasetFromRow, microseconds, versionFromRow } from './rows.ts';
import type { Connection } from './connection.ts';

/** The part of a node store that is about datasets. */
export function createNodeDatasets({ call }: Connection): NodeDatasetStore {
  return {
    listDatasets: (page) =>
      pageOf(
        'Dataset',
        page,
        (before, limit) => call('listDatasets', { before, name: page.name ?? null, limit }),
        (row) => datasetFromRow(row, null),
      ),

    listVersions: async (id, page) => {
      const datasetId = datasetRow(id);
      return pageOf(
        'DatasetVersion',
        page,
        (before, limit) => call('listVersions', { datasetId, before, limit }),
        versionFromRow,
      );
    },

    listExamples: (of) => {
      const listOf = () =>
        'experimentId' in of
          ? { experimentId: rowOf('Experiment', of.experimentId, 'experiment') }
          : {
              datasetId: datasetRow(of.datasetId),
              versionId: rowOf('DatasetVersion', of.versionId, 'version'),
              splits: splitNames(of.splits),
            };
      return pages(
        (last) => call('listExamples', listOf(), { after: last?.id ?? 0, limit: pageSize }),
        nodeExampleFromRow,
      );
    },

    upload: async ({ action, examples, ...draft }) => {
      const name = storedName(draft.name, 'the name of a dataset');
      const description = storedText(draft.description);
      const metadata = jsonObjectText(draft.metadata, 'the metadata of a dataset');
      const row = await stageExamples(call, examples, (staged) =>
        call('publishNodes', { ...staged, name, action, description, metadata }),
      );
      return {
        datasetId: globalId('Dataset', row.dataset_id),
        versionId: globalId('DatasetVersion', row.version_id),
        createdCount: row.created,
        updatedCount: row.updated,
        deletedCount: row.deleted,
      };
    },

    listSplits: async (id, page) => {
      const datasetId = datasetRow(id);
      return pageOf(
        'DatasetSplit',
        page,
        (before, limit) => call('listSplits', { datasetId, before, limit }),
        nodeSplitFromRow,
      );
    },

    createSplit: async (id, split) => {
      const row = {
        datasetId: datasetRow(id),
        name: storedName(split.name, 'the name of a split'),
        description: storedText(split.description),
        color: split.color,
        metadata: jsonObjectText(split.metadata, 'the metadata of a split'),
        exampleIds: split.exampleIds,
      };
      return nodeSplitFromRow(await call('createSplit', row, now()));
    },

    changeSplit: async (id, splitId, changes) => {
      const row = {
        ...changes,
        name: changes.name === undefined ? undefined : storedName(changes.name, 'the name of a split'),
        description: changes.description === undefined ? undefined : storedText(changes.description),
        metadata: changes.metadata && jsonObjectText(changes.metadata, 'the metadata of a split'),
      };
      return nodeSplitFromRow(await call('changeSplit', datasetRow(id), splitRow(splitId), row, now()));
    },

    deleteSplit: async (id, splitId) => {
      await call('deleteSplit', datasetRow(id), splitRow(splitId));
    },

    splitNames: async (refs) => call('getSplitNames', refs),
  };
}

/**
 * A page of a list that goes down from the newest. One row more than the page is read: the first of the next.
 *
 * @param read - Gives the rows below `before`.
 */
export async function pageOf<Row extends { readonly id: number }, Item>(
  type: GlobalType,
  { cursor, limit }: PageRequest,
  read: (before: number, limit: number) => Promise<readonly Row[]>,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  return cut(type, await read(beforeOf(type, cursor), limit + 1), limit, itemOf);
}

/** Above all rows of a page that starts at the cursor and goes down. */
export function beforeOf(type: GlobalType, cursor: string | undefined): number {
  return cursor ? cursorRow(type, cursor) + 1 : Number.MAX_SAFE_INTEGER;
}

/** A page of a list that goes up from the oldest. @param read - Gives the rows from `from` on. */
export async function pageUpOf<Row extends { readonly id: number }, Item>(
  type: GlobalType,
  { cursor, limit }: PageRequest,
  read: (from: number, limit: number) => Promise<readonly Row[]>,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  return cut(type, await read(cursor ? cursorRow(type, cursor) : 0, limit + 1), limit, itemOf);
}

function cut<Row extends { readonly id: number }, Item>(
  type: GlobalType,
  found: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const next = found[limit];
  return { items: found.slice(0, limit).map(itemOf), next: next ? globalId(type, next.id) : null };
}

function cursorRow(type: GlobalType, cursor: string): number {
  try {
    return rowOf(type, cursor, 'item');
  } catch {
    throw new AssayError('invalid-input', `Expected cursor to be the id of a ${type}, got ${JSON.stringify(cursor)}`);
  }
}

function datasetRow(id: string): number {
  return rowOf('Dataset', id, 'dataset');
}

function splitRow(id: string): number {
  return rowOf('DatasetSplit', id, 'split');
}

function now(): number {
  return microseconds(Date.now());
}
