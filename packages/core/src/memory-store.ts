import type { DatasetDraft } from './dataset.ts';
import { AssayError } from './errors.ts';
import type { Experiment, ExperimentDraft, Tag, TaskRun } from './experiment.ts';
import {
  createMemoryDatasets,
  exampleOf,
  infoOf,
  newestOf,
  pinnedExamples,
  splitFilter,
  versionInfoOf,
  versionOf,
} from './memory-datasets.ts';
import type { MemoryDataset } from './memory-datasets.ts';
import { needIterable, needObject } from './given.ts';
import { createMemoryRuns, evaluationRunsOf, taskRunsOf } from './memory-experiments.ts';
import type { MemoryExperiment } from './memory-experiments.ts';
import type { Catalog } from './store.ts';
import { isAwaited, readExamples, storedExamples } from './stored-example.ts';
import type { StoredExample } from './stored-example.ts';
import { jsonObjectText, storedName, storedNameIfAny, storedTagName, storedText } from './stored-record.ts';

/**
 * A store that forgets everything with the process. It refuses and changes what a durable store does, and shares no
 * object with its caller.
 *
 * @param datasets - Are there at once. Their examples must be at hand: await `saveDataset` for an async iterable.
 * @param options - `experimentId`: the id of the one experiment it is for, as in a dry run.
 *
 * @example
 * ```ts
 * import { createMemoryStore } from '@assay/core';
 *
 * const store = createMemoryStore([{ name: 'capitals', examples: [{ input: 'Peru', expected: 'Lima' }] }]);
 * const { exampleCount } = await store.getDataset({ name: 'capitals' }); // 1
 * ```
 */
export function createMemoryStore(
  datasets: readonly DatasetDraft[] = [],
  options: { readonly experimentId?: string } = {},
): Catalog {
  const newId = createIds();
  const kept = createMemoryDatasets(newId);
  const runs = createMemoryRuns(newId);
  const experiments = new Map<string, MemoryExperiment>();
  const tags = new Map<MemoryDataset, Map<string, Tag>>();

  for (const dataset of needIterable('the datasets of a memory store as a list', datasets)) {
    const { examples, ...draft } = needObject('each dataset of a memory store as { name, examples }', dataset);
    if (isAwaited(examples)) {
      throw new AssayError(
        'invalid-config',
        'Expected the examples to be at hand, got an async iterable: await saveDataset instead',
      );
    }
    kept.save({ ...draft, examples: storedExamples(examples) });
  }

  function experimentOf(id: string): MemoryExperiment {
    const experiment = experiments.get(id);
    if (!experiment) throw new AssayError('not-found', `No experiment has the id ${id}`);
    return experiment;
  }

  function createExperiment(draft: ExperimentDraft): Experiment {
    const dataset = kept.find({ id: needObject('an experiment to create', draft).datasetId });
    if (!Number.isSafeInteger(draft.repetitions) || draft.repetitions < 1) {
      throw new AssayError(
        'invalid-input',
        `Expected repetitions to be a whole number from 1, got ${draft.repetitions}`,
      );
    }
    const examples = pinnedExamples(dataset, { versionId: draft.datasetVersionId, splits: draft.splits });
    const id = options.experimentId ?? newId('experiment');
    const experiment: MemoryExperiment = {
      id,
      dataset,
      datasetVersionId: draft.datasetVersionId,
      splits: splitFilter(draft.splits),
      repetitions: draft.repetitions,
      createdAt: Date.now(),
      name: storedNameIfAny(draft.name, 'the name of an experiment') || defaultName(dataset.name, id),
      description: storedText(draft.description),
      metadata: jsonObjectText(draft.metadata, 'the metadata of an experiment'),
      examples: new Map(examples.map((example) => [example.id, example])),
      runs: new Map(),
      superseded: [],
    };
    experiments.set(id, experiment);
    return experimentInfoOf(experiment);
  }

  function removeExperiment(experiment: MemoryExperiment): void {
    experiments.delete(experiment.id);
    runs.forget(experiment);
    const ofDataset = tags.get(experiment.dataset);
    for (const [name, tag] of ofDataset ?? []) if (tag.experimentId === experiment.id) ofDataset?.delete(name);
  }

  return {
    saveDataset: async (dataset) => {
      const { examples, ...draft } = needObject('a dataset as { name, examples }', dataset);
      return kept.save({ ...draft, examples: await collected(examples) });
    },
    getDataset: async (ref, at) => {
      const dataset = kept.find(ref);
      const version = at?.versionId === undefined ? newestOf(dataset) : versionOf(dataset, at.versionId);
      return infoOf(dataset, version, splitFilter(at?.splits));
    },
    listExamples: (of) =>
      listed(() => {
        needObject('whose examples to list', of);
        if ('experimentId' in of) {
          const { dataset, examples } = experimentOf(of.experimentId);
          return mapped(examples.values(), (example) => exampleOf(dataset, example));
        }
        const dataset = kept.find({ id: of.datasetId });
        return mapped(pinnedExamples(dataset, of), (example) => exampleOf(dataset, example));
      }),
    createExperiment: async (draft) => createExperiment(draft),
    getExperiment: async (id) => experimentInfoOf(experimentOf(id)),
    // What a store gives back of an output is what JSON made of it, and its type is the caller's word.
    saveTaskRun: async <Output>(draft: Parameters<Catalog['saveTaskRun']>[0]) =>
      runs.saveTaskRun(experimentOf(needObject('a task run to save', draft).experimentId), draft) as TaskRun<Output>,
    saveEvaluationRun: async (draft) => runs.saveEvaluationRun(draft),
    listTaskRuns: (id, of) => listed(() => taskRunsOf(experimentOf(id), of?.exampleIds)),
    listEvaluationRuns: (id, of) => listed(() => evaluationRunsOf(experimentOf(id), of?.exampleIds)),
    listSuperseded: (id) => listed(() => [...experimentOf(id).superseded]),

    listDatasets: (of) =>
      listed(() => {
        const named =
          of?.name === undefined ? kept.all() : [kept.byName(of.name)].filter((dataset) => dataset !== undefined);
        return mapped(named, (dataset) => infoOf(dataset, newestOf(dataset), null));
      }),
    listVersions: (id) =>
      listed(() => {
        const dataset = kept.find({ id });
        return mapped([...dataset.versions].reverse(), (version) => versionInfoOf(dataset, version));
      }),
    appendExamples: async (id, examples) => kept.append(id, await collected(examples)),
    updateDataset: async (id, changes) => {
      const dataset = kept.find({ id });
      needObject('what to change of the dataset', changes);
      const name = changes.name === undefined ? dataset.name : storedName(changes.name, 'the name of a dataset');
      const holder = kept.byName(name);
      if (holder && holder !== dataset) throw new AssayError('conflict', `A dataset named ${name} exists already`);
      const metadata = changes.metadata && jsonObjectText(changes.metadata, 'the metadata of a dataset');
      Object.assign(dataset, { name, updatedAt: Date.now(), metadata: metadata ?? dataset.metadata });
      if (changes.description !== undefined) dataset.description = storedText(changes.description);
      return infoOf(dataset, newestOf(dataset), null);
    },
    deleteDataset: async (id) => {
      const dataset = kept.find({ id });
      for (const experiment of experiments.values()) if (experiment.dataset === dataset) removeExperiment(experiment);
      kept.remove(id);
    },
    saveSplit: async (split) => kept.saveSplit(split),

    listExperiments: (of = {}) =>
      listed(() => {
        needObject('which experiments to list as { datasetId, name }', of);
        const dataset = of.datasetId === undefined ? undefined : kept.find({ id: of.datasetId });
        const wanted = [...experiments.values()].reverse().filter((experiment) => {
          return (
            (!dataset || experiment.dataset === dataset) &&
            (of.name === undefined || experiment.name === of.name.trim())
          );
        });
        return mapped(wanted, experimentInfoOf);
      }),
    patchExperiment: async (id, changes) => {
      const experiment = experimentOf(id);
      needObject('what to change of the experiment', changes);
      const name = changes.name === undefined ? experiment.name : storedName(changes.name, 'the name of an experiment');
      const metadata = changes.metadata && jsonObjectText(changes.metadata, 'the metadata of an experiment');
      Object.assign(experiment, { name, metadata: metadata ?? experiment.metadata });
      if (changes.description !== undefined) experiment.description = storedText(changes.description);
      return experimentInfoOf(experiment);
    },
    deleteExperiment: async (id) => removeExperiment(experimentOf(id)),
    annotateRuns: async (id, annotations) =>
      runs.annotate(experimentOf(id), [...needIterable('annotations as a list', annotations)], new Date()),
    saveTag: async (draft) => {
      const { experimentId, name: given, description } = needObject('a tag as { experimentId, name }', draft);
      const experiment = experimentOf(experimentId);
      const name = storedTagName(given);
      const ofDataset = tags.get(experiment.dataset) ?? new Map<string, Tag>();
      tags.set(experiment.dataset, ofDataset);
      const standing = ofDataset.get(name);
      const text = description === undefined ? (standing?.description ?? null) : storedText(description);
      const tag = { id: standing?.id ?? newId('tag'), experimentId, name, description: text };
      ofDataset.set(name, tag);
      return { ...tag };
    },
    listTags: (id) =>
      listed(() => {
        const { dataset } = experimentOf(id);
        const ofExperiment = [...(tags.get(dataset)?.values() ?? [])].filter(({ experimentId }) => experimentId === id);
        return mapped(ofExperiment.reverse(), (tag) => ({ ...tag }));
      }),
  };
}

/** The name of an experiment without one, as Phoenix makes it: 8 characters of the dataset's name and 8 hex digits. */
function defaultName(datasetName: string, id: string): string {
  return `${datasetName.slice(0, 8).replaceAll(' ', '-')}-${id.slice(-8)}`;
}

/**
 * Ids that two stores do not share: `syncExperiment` finds an experiment again by the id it had elsewhere. Random
 * enough for that, and drawn apart from any seed.
 */
function createIds(): (type: string) => string {
  const store = hex8(Math.random() * 0x1_0000_0000);
  let count = 0;
  return (type) => `${type}-${store}-${hex8(++count)}`;
}

function hex8(value: number): string {
  return Math.floor(value).toString(16).padStart(8, '0');
}

function experimentInfoOf(experiment: MemoryExperiment): Experiment {
  const { id, name, description, datasetVersionId, splits, repetitions, dataset, examples } = experiment;
  return {
    id,
    name,
    description,
    metadata: JSON.parse(experiment.metadata),
    datasetId: dataset.id,
    datasetVersionId,
    splits: splits && [...splits],
    repetitions,
    exampleCount: examples.size,
    projectName: null,
    createdAt: new Date(experiment.createdAt),
  };
}

async function collected(examples: DatasetDraft['examples']): Promise<readonly StoredExample[]> {
  if (!isAwaited(examples)) return [...storedExamples(examples)];
  const stored: StoredExample[] = [];
  for await (const example of readExamples(examples)) stored.push(example);
  return stored;
}

/** A list that is made when it is read, so that an unknown id rejects as it does in a store that has to ask. */
function listed<T>(read: () => Iterable<T>): AsyncIterable<T> {
  return {
    // Not an async generator: it would cost several promises an item.
    [Symbol.asyncIterator]: () => {
      let items: Iterator<T> | undefined;
      return {
        next: async () => (items ??= read()[Symbol.iterator]()).next(),
        return: async () => ({ done: true, value: undefined }),
      };
    },
  };
}

function* mapped<T, U>(items: Iterable<T>, change: (item: T) => U): Iterable<U> {
  for (const item of items) yield change(item);
}
