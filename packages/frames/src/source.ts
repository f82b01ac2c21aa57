import { AssayError } from '@assay/core/errors';
import type { EvaluationRun, Example, Experiment, ExperimentStore, RanExperiment, TaskRun } from '@assay/core';

/** An experiment with its records at hand. A `RanExperiment` is one, as it carries the fields of its experiment itself. */
export type RecordSource =
  | RanExperiment
  | {
      readonly experiment: Experiment;
      readonly examples: Iterable<Example>;
      readonly taskRuns: Iterable<TaskRun>;
      readonly evaluationRuns: Iterable<EvaluationRun>;
    };

/** An experiment with records that are still to be read, each list once. */
export interface AsyncRecordSource {
  readonly experiment: Experiment;
  readonly examples: Iterable<Example> | AsyncIterable<Example>;
  readonly taskRuns: Iterable<TaskRun> | AsyncIterable<TaskRun>;
  readonly evaluationRuns: Iterable<EvaluationRun> | AsyncIterable<EvaluationRun>;
}

/** What a frame reads of a store. Every `ExperimentStore` has it. */
export type RecordStore = Pick<
  ExperimentStore,
  'getExperiment' | 'listExamples' | 'listTaskRuns' | 'listEvaluationRuns'
>;

/** An experiment in a store. */
export interface StoredExperiment {
  readonly store: RecordStore;
  readonly experimentId: string;
}

/** Everything on record for some examples that follow each other. */
export interface RecordPage {
  readonly examples: readonly Example[];
  readonly taskRuns: readonly TaskRun[];
  readonly evaluationRuns: readonly EvaluationRun[];
}

/** The experiment of a source in a store. @throws AssayError `invalid-config` for what is no store, and for what is no id. */
export async function readExperiment({ store, experimentId }: StoredExperiment): Promise<Experiment> {
  const given: unknown = store;
  const isStore = typeof given === 'object' && given !== null && 'getExperiment' in given && 'listTaskRuns' in given;
  if (isStore && typeof experimentId === 'string') return store.getExperiment(experimentId);
  throw new AssayError(
    'invalid-config',
    `Expected a store and the id of an experiment in it, got ${isStore ? `${typeof experimentId} as the id` : 'no store'}`,
  );
}

export function isStored(source: object): source is StoredExperiment {
  return 'store' in source && 'experimentId' in source;
}

/** @throws AssayError `invalid-config` for what has neither a store nor records, such as a `Promise` that was not awaited. */
export function checkSource(source: unknown): void {
  if (typeof source === 'object' && source !== null) {
    if (isStored(source) || ['examples', 'taskRuns', 'evaluationRuns'].every((name) => hasRecords(source, name)))
      return;
  }
  const isPromise = source instanceof Promise;
  const got = isPromise ? 'a Promise: await it first' : typeof source === 'object' ? 'another object' : typeof source;
  throw new AssayError(
    'invalid-config',
    `Expected a source of a frame to be a RanExperiment, { experiment, examples, taskRuns, evaluationRuns } or { store, experimentId }, got ${got}`,
  );
}

function hasRecords(source: object, name: string): boolean {
  const records: unknown = Reflect.get(source, name);
  return typeof records === 'object' && records !== null;
}

/** Whether the source can be read without waiting. */
export function isRecordSource(source: RecordSource | AsyncRecordSource): source is RecordSource {
  return [source.examples, source.taskRuns, source.evaluationRuns].every((records) => Symbol.iterator in records);
}

export function experimentOf(source: RecordSource | AsyncRecordSource): Experiment {
  return 'experiment' in source ? source.experiment : source;
}

/** Task runs that a page holds at most, unless one example alone has more. */
const runsPerPage = 4096;

/** The records of an experiment in dataset order, a page at a time, so that no more than a page is in memory. */
export async function* readPages(
  { store, experimentId }: StoredExperiment,
  experiment: Experiment,
): AsyncGenerator<RecordPage> {
  const examplesPerPage = Math.max(1, Math.min(1000, Math.floor(runsPerPage / experiment.repetitions)));
  let examples: Example[] = [];
  for await (const example of store.listExamples({ experimentId })) {
    examples.push(example);
    if (examples.length < examplesPerPage) continue;
    yield await readPage(store, experimentId, examples);
    examples = [];
  }
  if (examples.length > 0) yield await readPage(store, experimentId, examples);
}

async function readPage(store: RecordStore, experimentId: string, examples: readonly Example[]): Promise<RecordPage> {
  const of = { exampleIds: examples.map(({ id }) => id) };
  const taskRuns = await collect(store.listTaskRuns(experimentId, of));
  const evaluationRuns = await collect(store.listEvaluationRuns(experimentId, of));
  const rank = new Map(examples.map(({ id }, index) => [id, index]));
  const rankOf = (run: TaskRun | EvaluationRun): number => rank.get(run.exampleId) ?? examples.length;
  // A store promises no order; a frame does.
  const inOrder = (a: TaskRun | EvaluationRun, b: TaskRun | EvaluationRun): number =>
    rankOf(a) - rankOf(b) || a.repetition - b.repetition;
  return { examples, taskRuns: taskRuns.toSorted(inOrder), evaluationRuns: evaluationRuns.toSorted(inOrder) };
}

async function collect<Record>(records: AsyncIterable<Record>): Promise<Record[]> {
  const list: Record[] = [];
  for await (const record of records) list.push(record);
  return list;
}
