import type { DatasetInfo, ExampleDraft } from '../dataset.ts';
import { AssayError } from '../errors.ts';
import type { EvaluationRunDraft, Experiment, TaskRun, TaskRunDraft } from '../experiment.ts';
import type { ExperimentStore } from '../store.ts';

/** What the suites need of a test runner: vitest's and jest's fit as they are, node's with an `expect`. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  test(name: string, run: () => Promise<void>): unknown;
  expect(actual: unknown): Expectation;
}

/** The matchers that the suites use. */
export interface Expectation {
  toEqual(expected: unknown): unknown;
  toMatchObject(expected: object): unknown;
}

/** What a store cannot promise, because what it stands on does not. */
export interface ContractOptions {
  /** Whether a late failure never overwrites a success, also when both are saved at once. Default `true`. */
  readonly guardsConcurrentErrors?: boolean | undefined;
  /** Whether attempts, waiting, latency and usage come back as they were saved. Default `true`. */
  readonly keepsMeasurements?: boolean | undefined;
}

export type CreateStore<Store = ExperimentStore> = () => Store | Promise<Store>;

let count = 0;

/** A name that no other test, and no other run of the tests, has used. */
export function uniqueName(name: string): string {
  return `${name} ${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}-${++count}`;
}

export const capitals: readonly ExampleDraft[] = [
  { id: 'france', input: { country: 'France' }, expected: { capital: 'Paris' }, metadata: { continent: 'Europe' } },
  { id: 'peru', input: { country: 'Peru' }, expected: { capital: 'Lima' }, metadata: { continent: 'America' } },
  { id: 'kenya', input: { country: 'Kenya' }, expected: { capital: 'Nairobi' }, metadata: { continent: 'Africa' } },
];

/** Saves a dataset and starts an experiment over it. */
export async function startExperiment<Store extends ExperimentStore>(
  createStore: CreateStore<Store>,
  {
    examples = capitals,
    repetitions = 2,
  }: { readonly examples?: readonly ExampleDraft[]; readonly repetitions?: number } = {},
): Promise<{ store: Store; dataset: DatasetInfo; experiment: Experiment }> {
  const store = await createStore();
  const dataset = await store.saveDataset({ name: uniqueName('capitals'), examples });
  const experiment = await store.createExperiment({
    datasetId: dataset.id,
    datasetVersionId: dataset.versionId,
    repetitions,
  });
  return { store, dataset, experiment };
}

/** Saves a dataset, starts an experiment over it, and saves a success for its first example. */
export async function startTaskRun<Store extends ExperimentStore>(createStore: CreateStore<Store>) {
  const started = await startExperiment(createStore);
  const taskRun = await started.store.saveTaskRun(successOf(started.experiment, 'france'));
  return { ...started, taskRun };
}

export function successOf(experiment: Experiment, exampleId: string, repetition = 1): TaskRunDraft {
  return {
    experimentId: experiment.id,
    exampleId,
    repetition,
    output: { answer: `Of ${exampleId}` },
    error: null,
    attempts: 2,
    startedAt: new Date('2026-03-01T12:00:00.123Z'),
    endedAt: new Date('2026-03-01T12:00:01.456Z'),
    latencyMs: 1333,
    waitMs: 250.5,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    usage: { promptTokens: 12, completionTokens: 3, costUsd: 0.00015 },
  };
}

export function failureOf(experiment: Experiment, exampleId: string, repetition = 1): TaskRunDraft {
  return { ...successOf(experiment, exampleId, repetition), output: null, error: 'overloaded' };
}

export function evaluationOf(taskRun: TaskRun, changes: Partial<EvaluationRunDraft> = {}): EvaluationRunDraft {
  return {
    taskRunId: taskRun.id,
    experimentId: taskRun.experimentId,
    exampleId: taskRun.exampleId,
    repetition: taskRun.repetition,
    name: 'exact',
    kind: 'CODE',
    direction: 'maximize',
    status: 'ok',
    score: 0.75,
    label: 'close',
    explanation: 'One letter is wrong',
    metadata: { distance: 1 },
    error: null,
    attempts: 1,
    startedAt: new Date('2026-03-01T12:00:02.001Z'),
    endedAt: new Date('2026-03-01T12:00:02.999Z'),
    latencyMs: 998,
    waitMs: 0,
    traceId: null,
    usage: null,
    ...changes,
  };
}

/** A failed evaluation says nothing but its error. */
export function failedEvaluationOf(taskRun: TaskRun, changes: Partial<EvaluationRunDraft> = {}): EvaluationRunDraft {
  return evaluationOf(taskRun, {
    status: 'failed',
    error: 'overloaded',
    score: null,
    label: null,
    explanation: null,
    metadata: {},
    ...changes,
  });
}

export async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** The code of the `AssayError` that a call rejects with. Anything else is given as text, so that a test shows it. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    return AssayError.is(error) ? error.code : `not an AssayError: ${String(error)}`;
  }
}
