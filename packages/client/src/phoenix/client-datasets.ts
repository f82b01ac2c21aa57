import {
  AssayError,
  type DatasetDraft,
  type DatasetInfo,
  type DatasetVersion,
  type Example,
  type ExampleDraft,
  needObject,
  type Split,
} from '@assay/core';
import { createList, type RemoteList } from '../list.ts';
import type { DownloadFormat } from './api-datasets.ts';
import { type Plain, plain } from '../plain.ts';
import { mapWide, type Page } from './lists.ts';
import { isNodeId } from './node-id.ts';
import { splitFromWire, versionFromWire } from './records.ts';
import type { PhoenixParts } from './store.ts';
import { type DatasetFile, readUploadForm } from './upload-file.ts';
import { identified, uploadOf } from './upload.ts';

/** A dataset by id or by name. A text is an id when it has the form of one, else a name; an object says which. */
export type DatasetName = string | { readonly id: string } | { readonly name: string };

/** A dataset with its examples. */
export type DatasetWithExamples = DatasetInfo & { readonly examples: readonly Example[] };

/** Where the examples of an upload are: at hand, or in a file as it is. */
export type Rows =
  | { readonly examples: DatasetDraft['examples']; readonly file?: never }
  | { readonly file: DatasetFile; readonly examples?: never };

/** A split, with all of its examples in one dataset. */
export interface SplitDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly exampleIds: readonly string[];
}

/** The datasets of a Phoenix server. */
export function createDatasetsOf({ datasetApi, uploadApi, datasets, deleteDataset }: PhoenixParts) {
  const find = async (dataset: DatasetName) => datasets.find(refOf(dataset));

  async function upload(
    action: 'create' | 'append' | 'update',
    draft: { readonly name: string; readonly description?: string | undefined } & Rows,
  ): Promise<Plain<DatasetInfo>> {
    const { name } = needObject(`what to ${action} as { name, examples } or { name, file }`, draft);
    if (draft.file) {
      const { datasetId } = await uploadApi.uploadForm(
        name,
        readUploadForm(action, name, draft.description, draft.file),
      );
      return plain(await datasets.get({ id: datasetId }));
    }
    const body = uploadOf(action, name, await identified(draft.examples), new Map());
    const { datasetId } = await uploadApi.upload(
      draft.description === undefined ? body : { ...body, description: draft.description },
    );
    return plain(await datasets.get({ id: datasetId }));
  }

  function splitsOf() {
    /** Those that have an example in this dataset, newest first. @throws AssayError `unsupported` on Phoenix before 20. */
    function list(dataset: DatasetName): RemoteList<Plain<Split>> {
      return createList(async (limit, cursor): Promise<Page<Plain<Split>>> => {
        const page = await datasetApi.splitPage((await find(dataset)).id, limit, cursor);
        return { items: page.items.map((split) => plain(splitFromWire(split))), nextCursor: page.nextCursor };
      }, 100);
    }

    /** Makes the split hold exactly these examples of the dataset. */
    async function save(dataset: DatasetName, split: SplitDraft): Promise<Plain<Split>> {
      needObject('a split as { name, exampleIds }', split);
      return plain(await datasets.saveSplit({ ...split, datasetId: (await find(dataset)).id }));
    }

    /** Deletes the split, which other datasets may share. The examples stay. @throws AssayError `not-found`. */
    async function remove(dataset: DatasetName, name: string): Promise<void> {
      for await (const split of list(dataset)) {
        if (split.name === name) return datasetApi.deleteSplit((await find(dataset)).id, split.id);
      }
      throw new AssayError('not-found', `No split of this dataset is named ${name}`);
    }

    return Object.assign(list, { save, delete: remove });
  }

  return {
    /** Newest first. */
    list(of: { readonly name?: string | undefined } = {}): RemoteList<Plain<DatasetInfo>> {
      return createList(async (limit, cursor): Promise<Page<Plain<DatasetInfo>>> => {
        const { name } = needObject('which datasets to list as { name }', of);
        const { items, nextCursor } = await datasetApi.page(limit, cursor, name);
        return { items: await mapWide(items, 8, async (dataset) => plain(await datasets.infoOf(dataset))), nextCursor };
      }, 50);
    },

    /** With its examples: of the newest version, or of `versionId`, and of `splits` only. @throws AssayError `not-found`. */
    async get(
      dataset: DatasetName,
      at: { readonly versionId?: string | undefined; readonly splits?: readonly string[] | undefined } = {},
    ): Promise<Plain<DatasetWithExamples>> {
      needObject('what to get as { versionId, splits }', at);
      const info = await datasets.get(refOf(dataset), at);
      const examples: Example[] = [];
      if (info.versionId !== '')
        for await (const example of datasets.examples({
          datasetId: info.id,
          versionId: info.versionId,
          splits: info.splits,
        }))
          examples.push(example);
      return plain({ ...info, examples });
    },

    /** @throws AssayError `conflict` when the name is taken: `update` it then. */
    create: (draft: { readonly name: string; readonly description?: string | undefined } & Rows) =>
      upload('create', draft),

    /** Adds examples as one new version; those with an id that is there replace it. */
    async append(dataset: DatasetName, rows: Rows | Iterable<ExampleDraft>): Promise<Plain<DatasetInfo>> {
      needObject('rows as a list of examples, { examples } or { file }', rows);
      const { id, name } = await find(dataset);
      if (Symbol.iterator in rows) return plain(await datasets.append(id, rows));
      return rows.file ? upload('append', { name, file: rows.file }) : plain(await datasets.append(id, rows.examples));
    },

    /** Changes what is given. `examples` are all that the dataset holds from then on: those left out are deleted from the new version. */
    async update(
      dataset: DatasetName,
      changes: {
        readonly name?: string | undefined;
        readonly description?: string | null | undefined;
        readonly metadata?: Readonly<Record<string, unknown>> | undefined;
        readonly examples?: DatasetDraft['examples'] | undefined;
      },
    ): Promise<Plain<DatasetInfo>> {
      needObject('what to change as { name, description, metadata, examples }', changes);
      const { id, name } = await find(dataset);
      if (changes.examples) await datasets.save({ name, examples: changes.examples });
      return plain(await datasets.update(id, changes));
    },

    /** Deletes a dataset with its versions and experiments. */
    delete: async (dataset: DatasetName): Promise<void> => deleteDataset((await find(dataset)).id),

    /** Newest first. */
    versions(dataset: DatasetName): RemoteList<Plain<DatasetVersion>> {
      return createList(async (limit, cursor): Promise<Page<Plain<DatasetVersion>>> => {
        const { id } = await find(dataset);
        const page = await datasetApi.versionPage(id, limit, cursor);
        return { items: page.items.map((version) => plain(versionFromWire(id, version))), nextCursor: page.nextCursor };
      }, 100);
    },

    splits: splitsOf(),

    /** A version as a file, in Phoenix's own words. All CSV is text: read back, `1` is `"1"`. */
    async download(
      dataset: DatasetName,
      options: { readonly format: DownloadFormat; readonly versionId?: string | undefined },
    ): Promise<string> {
      const { format, versionId } = needObject('how to download as { format }', options, 'invalid-config');
      return datasetApi.download((await find(dataset)).id, format, versionId);
    },
  };
}

/** What a name stands for. @throws AssayError `invalid-config` for what is none, as plain JavaScript may hand in. */
export function refOf(dataset: DatasetName): { readonly id: string } | { readonly name: string } {
  if (typeof dataset === 'object' && dataset !== null && ('id' in dataset || 'name' in dataset)) return dataset;
  if (typeof dataset !== 'string') {
    throw new AssayError(
      'invalid-config',
      `Expected dataset to be a name, an id, { name } or { id }, got ${String(dataset)}`,
    );
  }
  return isNodeId('Dataset', dataset) ? { id: dataset } : { name: dataset };
}
