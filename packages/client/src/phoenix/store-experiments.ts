import {
  AssayError,
  type Example,
  type Experiment,
  type ExperimentDraft,
  jsonObjectText,
  needObject,
  storedName,
  storedNameIfAny,
  storedTagName,
  storedText,
  type Tag,
} from '@assay/core';
import { hasStatus } from '../http-error.ts';
import type { WireExperiment } from '../wire/experiment.ts';
import { splitsKey } from '../wire/metadata.ts';
import type { JsonObject } from '../wire/value.ts';
import type { ExperimentApi } from './api-experiments.ts';
import type { Handles } from './handles.ts';
import { mapWide } from './lists.ts';
import { checkNodeId } from './node-id.ts';
import { exampleFromWire, experimentFromWire, tagFromWire } from './records.ts';
import type { Snapshots } from './snapshots.ts';
import { type createPhoenixDatasets, splitFilter } from './store-datasets.ts';

/** What can be changed of an experiment. */
export interface ExperimentChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** The experiments of a Phoenix server, as a `Catalog` has them. */
export function createPhoenixExperiments(
  api: ExperimentApi,
  datasets: ReturnType<typeof createPhoenixDatasets>,
  handles: Handles,
  snapshots: Snapshots,
) {
  async function create(draft: ExperimentDraft): Promise<Experiment> {
    const { datasetId, datasetVersionId, repetitions } = needObject('an experiment to create', draft);
    if (!Number.isSafeInteger(repetitions) || repetitions < 1) {
      throw new AssayError('invalid-input', `Expected repetitions to be a whole number from 1, got ${repetitions}`);
    }
    checkNodeId('Dataset', datasetId);
    checkNodeId('DatasetVersion', datasetVersionId);
    // Phoenix does not mind a version of another dataset.
    if (!(await datasets.api.hasVersion(datasetId, datasetVersionId))) {
      throw new AssayError('not-found', `Dataset ${datasetId} has no version ${datasetVersionId}`);
    }
    const splits = splitFilter(draft.splits);
    const name = storedNameIfAny(draft.name, 'the name of an experiment');
    const description = storedText(draft.description);
    const metadata = JSON.parse(jsonObjectText(draft.metadata, 'the metadata of an experiment')) as JsonObject;
    const created = await api.create(datasetId, {
      ...(name ? { name } : {}),
      ...(description === null ? {} : { description }),
      metadata: splits === null ? metadata : { ...metadata, [splitsKey]: splits },
      version_id: datasetVersionId,
      ...(splits === null ? {} : { splits }),
      repetitions,
    });
    handles.forget(created.id);
    snapshots.forget(created.id);
    return experimentFromWire(created);
  }

  async function* examples(experimentId: string): AsyncGenerator<Example, void, undefined> {
    const { experiment, nodeIdOf } = await handles.open(experimentId);
    if (await handles.isGone(experimentId))
      throw new AssayError('not-found', `No experiment has the id ${experimentId}`);
    const pin = { datasetId: experiment.dataset_id, versionId: experiment.dataset_version_id };
    for await (const example of datasets.examplesOf(pin))
      if (nodeIdOf(example.id) !== undefined) yield exampleFromWire(example);
  }

  async function* list(
    of: { readonly datasetId?: string | undefined; readonly name?: string | undefined } = {},
  ): AsyncGenerator<Experiment, void, undefined> {
    const name = needObject('which experiments to list as { datasetId, name }', of).name?.trim();
    const found =
      of.datasetId === undefined ? ofAllDatasets() : ofDataset((await datasets.find({ id: of.datasetId })).id);
    for await (const experiment of found)
      if (name === undefined || experiment.name === name) yield experimentFromWire(experiment);
  }

  async function* ofDataset(datasetId: string): AsyncGenerator<WireExperiment, void, undefined> {
    for await (const page of api.pages(datasetId)) yield* page;
  }

  /** Phoenix lists the experiments of one dataset, so the lists of all are merged, newest first. */
  async function* ofAllDatasets(): AsyncGenerator<WireExperiment, void, undefined> {
    const lists: AsyncGenerator<WireExperiment, void, undefined>[] = [];
    for await (const page of datasets.api.pages()) lists.push(...page.map(({ id }) => ofDataset(id)));
    const heads = await mapWide(lists, 8, async (one) => ({ one, next: await one.next() }));
    for (;;) {
      const newest = heads.reduce<(typeof heads)[number] | undefined>(
        (best, head) => (isNewer(head.next, best?.next) ? head : best),
        undefined,
      );
      if (newest === undefined || newest.next.done === true) return;
      yield newest.next.value;
      newest.next = await newest.one.next();
    }
  }

  async function patch(experimentId: string, changes: ExperimentChanges): Promise<Experiment> {
    needObject('what to change of the experiment', changes);
    const standing = await api.get(checkNodeId('Experiment', experimentId));
    const splits = standing.metadata?.[splitsKey];
    const metadata =
      changes.metadata && (JSON.parse(jsonObjectText(changes.metadata, 'the metadata of an experiment')) as JsonObject);
    const body = {
      ...(changes.name === undefined ? {} : { name: storedName(changes.name, 'the name of an experiment') }),
      ...(changes.description === undefined ? {} : { description: storedText(changes.description) }),
      ...(metadata === undefined
        ? {}
        : { metadata: splits === undefined ? metadata : { ...metadata, [splitsKey]: splits } }),
    };
    // Phoenix refuses a change of nothing.
    return experimentFromWire(Object.keys(body).length === 0 ? standing : await api.patch(experimentId, body));
  }

  async function saveTag(tag: {
    readonly experimentId: string;
    readonly name: string;
    readonly description?: string | null | undefined;
  }): Promise<Tag> {
    const name = storedTagName(needObject('a tag as { experimentId, name }', tag).name);
    const experiment = await api.get(checkNodeId('Experiment', tag.experimentId));
    // Phoenix forgets the description when it is not given again.
    const description =
      tag.description === undefined ? await descriptionOfTag(experiment, name) : storedText(tag.description);
    return tagFromWire(
      tag.experimentId,
      await api.saveTag(tag.experimentId, { name, ...(description === null ? {} : { description }) }),
    );
  }

  async function descriptionOfTag(of: WireExperiment, name: string): Promise<string | null> {
    for await (const page of api.pages(of.dataset_id)) {
      const tags = (await mapWide(page, 8, ({ id }) => api.tags(id))).flat();
      const standing = tags.find((tag) => tag.name === name);
      if (standing) return standing.description ?? null;
    }
    return null;
  }

  async function remove(experimentId: string, deleteProject = false): Promise<void> {
    handles.forget(experimentId);
    snapshots.forget(experimentId);
    await api.delete(checkNodeId('Experiment', experimentId), deleteProject);
  }

  return {
    create,
    examples,
    list,
    patch,
    remove,
    saveTag,
    get: async (experimentId: string) => experimentFromWire(await existing(experimentId)),
    async *tags(experimentId: string): AsyncGenerator<Tag, void, undefined> {
      await existing(experimentId);
      for (const tag of await api.tags(experimentId)) yield tagFromWire(experimentId, tag);
    },
  };

  async function existing(experimentId: string): Promise<WireExperiment> {
    try {
      return await api.get(checkNodeId('Experiment', experimentId));
    } catch (error) {
      if (hasStatus(error, 404, 422))
        throw new AssayError('not-found', `No experiment has the id ${experimentId}`, { cause: error });
      throw error;
    }
  }
}

function isNewer(
  head: IteratorResult<WireExperiment, void>,
  than: IteratorResult<WireExperiment, void> | undefined,
): boolean {
  if (head.done === true) return false;
  return than === undefined || than.done === true || ageOf(head.value) > ageOf(than.value);
}

/** Ids count up, and two experiments may be of the same second. */
function ageOf({ id, created_at }: WireExperiment): number {
  const count = Number(Buffer.from(id, 'base64').toString('latin1').split(':')[1]);
  return Number.isFinite(count) ? count : created_at.getTime();
}
