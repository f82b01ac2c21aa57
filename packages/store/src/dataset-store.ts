import {
  jsonObjectText,
  needReference,
  needIterable,
  needObject,
  readExamples,
  storedName,
  storedText,
} from '@assay/core';
import type { Catalog, DatasetDraft, DatasetInfo, StoredExample } from '@assay/core';
import { randomInt } from 'node:crypto';
import { rowOf } from './global-id.ts';
import type { StagedExample } from './operations/staging.ts';
import type { Publication, Upload } from './operations/uploads.ts';
import { newestFirst, pages, pageSize } from './pages.ts';
import { datasetFromRow, exampleFromRow, exampleRow, microseconds, splitFromRow, versionFromRow } from './rows.ts';
import type { Connection } from './connection.ts';

type DatasetStore = Pick<
  Catalog,
  | 'saveDataset'
  | 'getDataset'
  | 'listExamples'
  | 'listDatasets'
  | 'listVersions'
  | 'appendExamples'
  | 'updateDataset'
  | 'deleteDataset'
  | 'saveSplit'
>;

/** Examples of one message to the worker: enough that its cost is spread, few enough to hold. */
const chunkSize = 500;

/**
 * Stages examples chunk by chunk, then publishes them at once.
 *
 * @param publish - What becomes of them.
 */
export async function stageExamples<Result>(
  call: Connection['call'],
  examples: DatasetDraft['examples'],
  publish: (upload: Upload) => Promise<Result>,
): Promise<Result> {
  // Uploads of several processes may wait in one database.
  const uploadId = randomInt(2 ** 47);
  try {
    let position = 1;
    let chunk: StagedExample[] = [];
    for await (const example of readExamples(examples)) {
      if (chunk.push(stagedExample(example)) < chunkSize) continue;
      await call('stageExamples', uploadId, position, chunk);
      position += chunk.length;
      chunk = [];
    }
    if (chunk.length > 0) await call('stageExamples', uploadId, position, chunk);
    const stagedCount = position - 1 + chunk.length;
    return await publish({ uploadId, stagedCount, now: microseconds(Date.now()) });
  } catch (error) {
    // What is staged goes with the worker in any case, so a worker that died is no further trouble.
    await call('dropStaged', uploadId).catch(() => undefined);
    throw error;
  }
}

/** The part of a store that is about datasets. */
export function createDatasetStore({ call }: Connection): DatasetStore {
  async function upload(
    examples: DatasetDraft['examples'],
    publication: DistributiveOmit<Publication, keyof Upload>,
  ): Promise<DatasetInfo> {
    const row = await stageExamples(call, examples, (staged) => call('publishExamples', { ...publication, ...staged }));
    return datasetFromRow(row, null);
  }

  return {
    saveDataset: async (draft) => {
      needObject('a dataset as { name, examples }', draft);
      const name = draft.name === null ? null : storedName(draft.name, 'the name of a dataset');
      const metadata = draft.metadata && jsonObjectText(draft.metadata, 'the metadata of a dataset');
      const description = draft.description === undefined ? undefined : storedText(draft.description);
      return upload(draft.examples, { name, metadata, description });
    },

    getDataset: async (reference, at) => {
      const ref = needReference('a dataset as { id } or { name }', reference);
      const versionId = at?.versionId === undefined ? undefined : versionRow(at.versionId);
      const splits = splitNames(at?.splits);
      const key = 'id' in ref ? { id: datasetRow(ref.id) } : { name: ref.name.trim() };
      return datasetFromRow(await call('getDataset', key, { versionId, splits }), splits);
    },

    listExamples: (of) => {
      const listOf = () => {
        needObject('whose examples to list', of);
        if ('experimentId' in of) return { experimentId: rowOf('Experiment', of.experimentId, 'experiment') };
        return {
          datasetId: datasetRow(of.datasetId),
          versionId: versionRow(of.versionId),
          splits: splitNames(of.splits),
        };
      };
      return pages((last) => call('listExamples', listOf(), { after: last?.id ?? 0, limit: pageSize }), exampleFromRow);
    },

    listDatasets: (of = {}) =>
      newestFirst(
        (before) => {
          const { name } = needObject('which datasets to list as { name }', of);
          return call('listDatasets', { before, name: name?.trim() ?? null, limit: pageSize });
        },
        (row) => datasetFromRow(row, null),
      ),

    listVersions: (id) =>
      newestFirst(
        (before) => call('listVersions', { datasetId: datasetRow(id), before, limit: pageSize }),
        versionFromRow,
      ),

    appendExamples: async (id, examples) => upload(examples, { appendTo: datasetRow(id) }),

    updateDataset: async (id, changes) => {
      needObject('what to change of the dataset', changes);
      const row = await call(
        'updateDataset',
        datasetRow(id),
        {
          name: changes.name === undefined ? undefined : storedName(changes.name, 'the name of a dataset'),
          description: changes.description === undefined ? undefined : storedText(changes.description),
          metadata: changes.metadata && jsonObjectText(changes.metadata, 'the metadata of a dataset'),
        },
        microseconds(Date.now()),
      );
      return datasetFromRow(row, null);
    },

    deleteDataset: async (id) => {
      await call('deleteDataset', datasetRow(id));
    },

    saveSplit: async (draft) => {
      const { datasetId, name, description, exampleIds } = needObject(
        'a split as { datasetId, name, exampleIds }',
        draft,
      );
      const split = {
        datasetId: datasetRow(datasetId),
        name: storedName(name, 'the name of a split'),
        description: description === undefined ? undefined : storedText(description),
        exampleIds: [...needIterable('the ids of the examples of a split as a list', exampleIds)],
      };
      return splitFromRow(await call('saveSplit', split, microseconds(Date.now())));
    },
  };
}

/** The splits to limit to; `null`, as for an empty list: no limit. */
export function splitNames(splits: readonly string[] | null | undefined): readonly string[] | null {
  return splits && splits.length > 0 ? splits.map((name) => storedName(name, 'the name of a split')) : null;
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

function stagedExample({ ownId, hash, input, expected, metadata, splits }: StoredExample): StagedExample {
  return {
    external_id: ownId,
    node_row: ownId === null ? null : exampleRow(ownId),
    content_hash: hash.slice(0, 32),
    input,
    expected,
    metadata,
    splits: splits === undefined ? null : JSON.stringify(splits),
  };
}

function datasetRow(id: string): number {
  return rowOf('Dataset', id, 'dataset');
}

function versionRow(id: string): number {
  return rowOf('DatasetVersion', id, 'version');
}
