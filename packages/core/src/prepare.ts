import type { Dataset, DatasetInfo, DatasetRef, Example, ExampleDraft, NamedExamples } from './dataset.ts';
import { AssayError } from './errors.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { Experiment } from './experiment.ts';
import { fingerprintKey, fingerprintOf } from './fingerprint.ts';
import { checkStore, listOfText, ofType, plainObject } from './kind-checks.ts';
import { createMemoryStore } from './memory-store.ts';
import { checkSeed, wholeNumber } from './number-checks.ts';
import { originalsOf } from './originals.ts';
import { randomSeed, sampleDataset, sampleStream } from './sample.ts';
import type { ExperimentOptions } from './settings.ts';
import type { ExperimentStore } from './store.ts';

/** A new experiment, ready to be carried out. */
export interface Prepared {
  readonly store: ExperimentStore;
  readonly experiment: Experiment;
  readonly originals: ReadonlyMap<string, Partial<Example>>;
  readonly dryRun: boolean;
}

type Draft = ExampleDraft;
/** A dataset whose examples were handed in. */
type Inline = readonly Draft[] | AsyncIterable<Draft> | NamedExamples<Draft>;

/** Saves an inline dataset where it must be, and creates the experiment. Nothing is written in a dry run. */
export async function prepareExperiment(
  options: ExperimentOptions<Draft, unknown>,
  evaluators: readonly NamedEvaluator[],
): Promise<Prepared> {
  const { repetitions = 1, store: given, name, description } = options;
  wholeNumber('repetitions', repetitions, 1);
  ofType('name', name, 'string');
  ofType('description', description, 'string');
  plainObject('metadata', options.metadata);
  checkStore(given);
  checkSeed(options.seed);
  const size = sampleSize(options.dryRun);
  const seed = options.seed ?? randomSeed();
  const dataset = size === null ? options.dataset : await sampled(options.dataset, given, size, seed);
  const store = size === null ? (given ?? createMemoryStore()) : createMemoryStore([], { experimentId: 'dry-run' });

  const info = isRef(dataset) ? await storedDataset(dataset, given) : await savedDataset(dataset, store);
  if (info.exampleCount === 0) {
    throw new AssayError(
      'invalid-config',
      `Expected a dataset with examples, got none${info.splits === null ? '' : ` in the splits ${info.splits.join(', ')}`}`,
    );
  }
  const experiment = await store.createExperiment({
    datasetId: info.id,
    datasetVersionId: info.versionId,
    splits: info.splits,
    name,
    description,
    repetitions,
    metadata: {
      ...options.metadata,
      ...(size !== null && 'random' in size ? { seed } : {}),
      [fingerprintKey]: fingerprintOf(options.task, evaluators),
    },
  });
  return {
    store,
    experiment,
    originals: isRef(dataset) ? new Map() : originalsOf(examplesOf(dataset)),
    dryRun: size !== null,
  };
}

type SampleSize = { readonly random: number } | { readonly first: number };

/** `null`: not a dry run. @throws AssayError `invalid-config`. */
function sampleSize(dryRun: ExperimentOptions<Draft, unknown>['dryRun']): SampleSize | null {
  if (dryRun === undefined || dryRun === false || dryRun === 0) return null;
  if (dryRun === true) return { random: 1 };
  if (typeof dryRun === 'object' && dryRun !== null) {
    wholeNumber('dryRun.first', dryRun.first, 1);
    return { first: dryRun.first };
  }
  wholeNumber('dryRun', dryRun, 0);
  return { random: dryRun };
}

async function sampled(
  dataset: Dataset<Draft>,
  store: ExperimentStore | undefined,
  size: SampleSize,
  seed: number,
): Promise<NamedExamples<Draft>> {
  const examples = isRef(dataset) ? await storedExamples(dataset, store) : examplesOf(dataset);
  const name = !isRef(dataset) && isNamed(dataset) ? dataset.name : 'dry-run';
  if ('first' in size) return { name, examples: await firstOf(examples, size.first) };
  if (Symbol.asyncIterator in examples)
    return { name, examples: await sampleStream(checked(examples), size.random, seed) };
  return { name, examples: sampleDataset(examples, { count: size.random, seed }) };
}

async function storedExamples(dataset: DatasetRef, store: ExperimentStore | undefined): Promise<AsyncIterable<Draft>> {
  const info = await storedDataset(dataset, store);
  return storeOf(dataset, store).listExamples({ datasetId: info.id, versionId: info.versionId, splits: info.splits });
}

function storedDataset(dataset: DatasetRef, store: ExperimentStore | undefined): Promise<DatasetInfo> {
  const { versionId, splits } = dataset;
  listOfText('the splits of a dataset', splits);
  const ref = dataset.id === undefined ? { name: dataset.name } : { id: dataset.id };
  return storeOf(dataset, store).getDataset(ref, { versionId, splits });
}

function storeOf(dataset: DatasetRef, store: ExperimentStore | undefined): ExperimentStore {
  if (store !== undefined) return store;
  throw new AssayError(
    'invalid-config',
    `Expected a store that holds the dataset ${dataset.name ?? dataset.id}, got none: pass \`store\``,
  );
}

function savedDataset(dataset: Inline, store: ExperimentStore): Promise<DatasetInfo> {
  const examples = examplesOf(dataset);
  if (!(Symbol.asyncIterator in examples) && examples.length === 0) {
    throw new AssayError('invalid-config', 'Expected a dataset with examples, got an empty list');
  }
  const { name = null, description, metadata } = isNamed(dataset) ? dataset : {};
  return store.saveDataset({
    name,
    description,
    metadata,
    examples: Symbol.asyncIterator in examples ? checked(examples) : examples.map(checkedDraft),
  });
}

async function* checked(examples: AsyncIterable<Draft>): AsyncGenerator<Draft, void, undefined> {
  let index = 0;
  for await (const example of examples) yield checkedDraft(example, index++);
  // Said before the store has saved anything: a stream without rows must not empty the dataset of that name.
  if (index === 0) throw new AssayError('invalid-config', 'Expected a dataset with examples, got an empty stream');
}

/** An object that lacks the field is told from what is no object: most often the field has another name. */
function shownExample(example: unknown): string {
  if (typeof example !== 'object' || example === null) return example === null ? 'null' : typeof example;
  const fields = Object.keys(example);
  return fields.length === 0 ? 'one without fields' : `one with ${fields.slice(0, 10).join(', ')}`;
}

function checkedDraft(example: Draft, index: number): Draft {
  if (typeof example === 'object' && example !== null && 'input' in example) return example;
  throw new AssayError(
    'invalid-config',
    `Expected example ${index + 1} to be an object with \`input\`, got ${shownExample(example)}`,
  );
}

async function firstOf(examples: readonly Draft[] | AsyncIterable<Draft>, count: number): Promise<Draft[]> {
  if (!(Symbol.asyncIterator in examples)) return examples.slice(0, count);
  const first: Draft[] = [];
  for await (const example of checked(examples)) {
    first.push(example);
    if (first.length === count) break;
  }
  return first;
}

function examplesOf(dataset: Inline): readonly Draft[] | AsyncIterable<Draft> {
  return isNamed(dataset) ? dataset.examples : dataset;
}

function isNamed(dataset: Dataset<Draft>): dataset is NamedExamples<Draft> {
  return 'examples' in dataset;
}

function isExamples(value: unknown): value is readonly Draft[] | AsyncIterable<Draft> {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Symbol.asyncIterator in value);
}

/** @throws AssayError `invalid-config` for anything that is no dataset. */
function isRef(dataset: Dataset<Draft>): dataset is DatasetRef {
  if (typeof dataset === 'object' && dataset !== null) {
    if (isExamples(dataset)) return false;
    if (isNamed(dataset)) {
      if (isExamples(dataset.examples)) return false;
      throw new AssayError(
        'invalid-config',
        `Expected the examples of dataset ${dataset.name} to be a list or an async iterable, got ${typeof dataset.examples}`,
      );
    }
    if ('name' in dataset || 'id' in dataset) return true;
  }
  throw new AssayError(
    'invalid-config',
    `Expected dataset to be a list or an async iterable of examples, { name } or { id }, got ${dataset === null ? 'null' : typeof dataset}`,
  );
}
