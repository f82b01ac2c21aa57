import {
  AssayError,
  createContentName,
  jsonObjectText,
  needReference,
  needIterable,
  needObject,
  storedName,
  storedText,
} from '@assay/core';
import type { DatasetDraft, DatasetInfo, DatasetPin, Example, ExampleDraft, Split } from '@assay/core';
import { hasStatus } from '../http-error.ts';
import type { WireDataset, WireExample } from '../wire/dataset.ts';
import type { JsonObject } from '../wire/value.ts';
import type { DatasetApi, DatasetChanges } from './api-datasets.ts';
import type { UploadApi } from './api-uploads.ts';
import { mapWide } from './lists.ts';
import { checkNodeId } from './node-id.ts';
import { datasetFromWire, exampleFromWire, splitFromWire, versionFromWire } from './records.ts';
import { identified, nodeIdOf, storedOf, uploadOf } from './upload.ts';

type At = { readonly versionId?: string | undefined; readonly splits?: readonly string[] | null | undefined };

/** The datasets of a Phoenix server, as a `Catalog` has them. */
export function createPhoenixDatasets(api: DatasetApi, uploads: UploadApi) {
  const turns = new Map<string, Promise<unknown>>();

  /** One upload of a name at a time: Phoenix would make two datasets, or answer 500, when two come at once. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (turns.get(name) === settled) turns.delete(name);
      });
    turns.set(name, settled);
    return turn;
  }

  async function find(reference: { readonly id: string } | { readonly name: string }): Promise<WireDataset> {
    const ref = needReference('a dataset as { id } or { name }', reference);
    if ('id' in ref) return api.get(checkNodeId('Dataset', ref.id));
    const dataset = await api.find(ref.name.trim());
    if (dataset === null) throw new AssayError('not-found', `No dataset is named ${ref.name.trim()}`);
    return dataset;
  }

  async function infoOf(dataset: WireDataset, at: At = {}): Promise<DatasetInfo> {
    const splits = splitFilter(at.splits);
    if (at.versionId === undefined && splits === null) {
      const newest = await api.newestVersion(dataset.id);
      return datasetFromWire(dataset, newest?.version_id ?? '', { splits, exampleCount: dataset.example_count });
    }
    const versionId = at.versionId ?? (await api.newestVersion(dataset.id))?.version_id ?? '';
    const ids: string[] = [];
    for await (const { id } of examplesOf({ datasetId: dataset.id, versionId, splits })) ids.push(id);
    const exampleCount = ids.length;
    return datasetFromWire(dataset, versionId, { splits, exampleCount });
  }

  /** The examples of a pin, checked, in dataset order. */
  async function* examplesOf(pin: DatasetPin): AsyncGenerator<WireExample, void, undefined> {
    checkNodeId('Dataset', pin.datasetId);
    checkNodeId('DatasetVersion', pin.versionId);
    const splits = splitFilter(pin.splits);
    const unseen = new Set(splits ?? []);
    let isEmpty = true;
    try {
      for await (const example of api.examples(pin.datasetId, pin.versionId)) {
        isEmpty = false;
        const names = example.splits ?? [];
        for (const name of names) unseen.delete(name);
        if (splits === null || splits.some((name) => names.includes(name))) yield example;
      }
    } catch (error) {
      if (hasStatus(error, 404, 422))
        throw new AssayError('not-found', `No dataset has the id ${pin.datasetId}`, { cause: error });
      throw error;
    }
    // Phoenix answers with nothing for a version of another dataset, and says nothing of unknown splits here.
    if (isEmpty && !(await api.hasVersion(pin.datasetId, pin.versionId))) {
      throw new AssayError('not-found', `Dataset ${pin.datasetId} has no version ${pin.versionId}`);
    }
    if (unseen.size > 0) await api.checkSplits(pin.datasetId, pin.versionId, [...unseen]);
  }

  async function save(draft: DatasetDraft): Promise<DatasetInfo> {
    needObject('a dataset as { name, examples }', draft);
    const given = draft.name === null ? null : storedName(draft.name, 'the name of a dataset');
    const metadata =
      draft.metadata && (JSON.parse(jsonObjectText(draft.metadata, 'the metadata of a dataset')) as JsonObject);
    const content = given === null ? createContentName() : undefined;
    const examples = await identified(draft.examples, content);
    const name = given ?? content?.name() ?? '';
    return inTurn(name, async () => {
      const needsOld = examples.some(({ splits }) => splits) && examples.some(({ splits }) => !splits);
      const standing = needsOld ? await api.find(name) : null;
      const body = uploadOf('update', name, examples, standing ? await splitsOf(standing.id) : new Map());
      const description = storedText(draft.description ?? null);
      const { datasetId } = await uploads.upload(description === null ? body : { ...body, description });
      return settle(datasetId, { description: draft.description === undefined ? undefined : description, metadata });
    });
  }

  /** Sets what the upload could not, where it differs. */
  async function settle(datasetId: string, { description, metadata }: DatasetChanges): Promise<DatasetInfo> {
    const dataset = await api.get(datasetId);
    const isDescribed = description === undefined || (description ?? '') === (dataset.description ?? '');
    const isLabelled = metadata === undefined || JSON.stringify(metadata) === JSON.stringify(dataset.metadata ?? {});
    if (isDescribed && isLabelled) return infoOf(dataset);
    await api.patch(datasetId, { ...(isDescribed ? {} : { description }), ...(isLabelled ? {} : { metadata }) });
    return infoOf(await api.get(datasetId));
  }

  async function append(
    datasetId: string,
    drafts: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>,
  ): Promise<DatasetInfo> {
    const { id, name } = await find({ id: datasetId });
    const examples = await identified(drafts);
    return inTurn(name, async () => {
      const isMixed = examples.some(({ splits }) => splits) && examples.some(({ splits }) => !splits);
      await uploads.upload(uploadOf('append', name, examples, isMixed ? await splitsOf(id) : new Map()));
      return infoOf(await api.get(id));
    });
  }

  async function splitsOf(datasetId: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const splits = new Map<string, readonly string[]>();
    for (const example of await newestExamples(datasetId)) splits.set(example.id, example.splits ?? []);
    return splits;
  }

  async function newestExamples(datasetId: string): Promise<WireExample[]> {
    const newest = await api.newestVersion(datasetId);
    const examples: WireExample[] = [];
    if (newest) for await (const example of api.examples(datasetId, newest.version_id)) examples.push(example);
    return examples;
  }

  async function update(datasetId: string, changes: DatasetChanges): Promise<DatasetInfo> {
    needObject('what to change of the dataset', changes);
    const dataset = await find({ id: datasetId });
    const name = changes.name === undefined ? undefined : storedName(changes.name, 'the name of a dataset');
    const metadata =
      changes.metadata && (JSON.parse(jsonObjectText(changes.metadata, 'the metadata of a dataset')) as JsonObject);
    const holder = name === undefined || name === dataset.name ? null : await api.find(name);
    if (holder) throw new AssayError('conflict', `A dataset named ${name} exists already`);
    const wanted = {
      ...(name === undefined ? {} : { name }),
      ...(changes.description === undefined ? {} : { description: storedText(changes.description) }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    if (Object.keys(wanted).length > 0) await api.patch(dataset.id, wanted);
    return infoOf(await api.get(dataset.id));
  }

  async function saveSplit(draft: {
    readonly datasetId: string;
    readonly name: string;
    readonly description?: string | null | undefined;
    readonly exampleIds: readonly string[];
  }): Promise<Split> {
    const dataset = await find({ id: needObject('a split as { datasetId, name, exampleIds }', draft).datasetId });
    const name = storedName(draft.name, 'the name of a split');
    const examples = await newestExamples(dataset.id);
    const byId = new Map(examples.map((example) => [example.id, example]));
    const wanted = new Set(needIterable('the ids of the examples of a split as a list', draft.exampleIds));
    const unknown = [...wanted].find((id) => !byId.has(id));
    if (unknown !== undefined) throw new AssayError('not-found', `Dataset ${dataset.name} has no example ${unknown}`);

    const description = draft.description === undefined ? {} : { description: storedText(draft.description) };
    const nodeIds = (those: readonly WireExample[]): string[] => those.map(nodeIdOf);
    const members = examples.filter(({ splits }) => splits?.includes(name));
    const added = examples.filter(({ id, splits }) => wanted.has(id) && !splits?.includes(name));
    const removed = members.filter(({ id }) => !wanted.has(id));
    const standing = members.length === 0 ? undefined : await splitNamed(dataset.id, name);
    const change = { ...description, add_example_ids: nodeIds(added), remove_example_ids: nodeIds(removed) };
    if (standing) return splitFromWire(await api.patchSplit(dataset.id, standing, change));
    try {
      return splitFromWire(await api.createSplit(dataset.id, { name, ...description, example_ids: nodeIds(added) }));
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
    // Splits are shared by all datasets, and only those with an example here are listed: the name must be taken up by
    // an upload of the examples as they are, which assigns splits by name.
    const uploaded = added.map((example) => ({ ...storedOf(example), splits: [...(example.splits ?? []), name] }));
    if (uploaded.length === 0)
      throw new AssayError(
        'conflict',
        `Could not make the split ${name} without examples: other datasets have one of that name`,
      );
    await uploads.upload(uploadOf('append', dataset.name, uploaded, new Map()));
    const taken = await splitNamed(dataset.id, name);
    if (taken === undefined)
      throw new AssayError('unsupported', `Could not make the split ${name}: the server does not list it`);
    return splitFromWire(
      await api.patchSplit(dataset.id, taken, { ...description, add_example_ids: [], remove_example_ids: [] }),
    );
  }

  async function splitNamed(datasetId: string, name: string): Promise<string | undefined> {
    for await (const page of api.splitPages(datasetId)) {
      const found = page.find((split) => split.name === name);
      if (found) return found.id;
    }
    return undefined;
  }

  return {
    api,
    find,
    infoOf,
    examplesOf,
    save,
    append,
    update,
    saveSplit,
    get: async (ref: { readonly id: string } | { readonly name: string }, at?: At) => infoOf(await find(ref), at),
    async *examples(pin: DatasetPin): AsyncGenerator<Example, void, undefined> {
      for await (const example of examplesOf(pin)) yield exampleFromWire(example);
    },
    async *list(of: { readonly name?: string | undefined } = {}): AsyncGenerator<DatasetInfo, void, undefined> {
      const { name } = needObject('which datasets to list as { name }', of);
      for await (const page of api.pages(name?.trim())) yield* await mapWide(page, 8, (dataset) => infoOf(dataset));
    },
    async *versions(datasetId: string) {
      await find({ id: datasetId });
      for await (const page of api.versionPages(datasetId))
        for (const version of page) yield versionFromWire(datasetId, version);
    },
    delete: (datasetId: string) => api.delete(checkNodeId('Dataset', datasetId)),
  };
}

/** The splits to limit to; `null`, as for an empty list: no limit. */
export function splitFilter(splits: readonly string[] | null | undefined): readonly string[] | null {
  return splits && splits.length > 0 ? splits.map((name) => storedName(name, 'the name of a split')) : null;
}
