import type { DatasetDraft, DatasetInfo, DatasetPin, DatasetVersion, Example, ExampleDraft, Split } from './dataset.ts';
import type {
  Annotation,
  EvaluationRun,
  EvaluationRunDraft,
  Experiment,
  ExperimentDraft,
  Tag,
  TaskRun,
  TaskRunDraft,
} from './experiment.ts';

/**
 * Where datasets and experiments live. The engine knows nothing else about the outside: not HTTP, not SQL.
 *
 * Implemented by `createMemoryStore` (core), `createPhoenixStore` (client) and `openStore` (store); all pass
 * `describeExperimentStore` from `@assay/core/testing`. Every method rejects with an `AssayError` and nothing else.
 */
export interface ExperimentStore {
  /**
   * Makes the dataset of that name hold exactly these examples. Content that is there already makes no new version,
   * so the version of what comes back is new only when something changed.
   *
   * Examples match by id. Reads `examples` in chunks, so that they need not fit in memory.
   *
   * @throws AssayError `invalid-config` when two examples have the same id, with both positions; nothing is saved then.
   */
  saveDataset(draft: DatasetDraft): Promise<DatasetInfo>;

  /** One dataset, pinned: the newest version, or `at.versionId`. @throws AssayError `not-found`. */
  getDataset(
    ref: { readonly id: string } | { readonly name: string },
    at?: { readonly versionId?: string | undefined; readonly splits?: readonly string[] | null | undefined },
  ): Promise<DatasetInfo>;

  /** The examples of a pinned dataset, or the fixed ones of an experiment, in dataset order. */
  listExamples(of: DatasetPin | { readonly experimentId: string }): AsyncIterable<Example>;

  /** Creates an experiment and fixes its examples to those of the version and splits. @throws AssayError `not-found`. */
  createExperiment(draft: ExperimentDraft): Promise<Experiment>;

  /** @throws AssayError `not-found`. */
  getExperiment(experimentId: string): Promise<Experiment>;

  /**
   * Saves the outcome of one run. Resolves only once it is durable.
   *
   * The key is (experiment, example, repetition). A failed run may be saved over: the run keeps its id, and its `CODE`
   * and `LLM` evaluations are dropped, so that the new output is judged.
   *
   * @throws ConflictError over a success, with the run that stands as `existing`.
   * @throws AssayError `not-found` when the experiment has no such example, `invalid-input` when `repetition` is not
   * one of its repetitions.
   */
  saveTaskRun<Output = unknown>(draft: TaskRunDraft<Output>): Promise<TaskRun<Output>>;

  /**
   * Saves what one evaluator said of one task run. Resolves only once it is durable.
   *
   * The key is (task run, name). A success (`ok` or `skipped`) replaces anything; a failure replaces nothing but a
   * failure. What comes back is the row that stands.
   *
   * @throws AssayError `not-found` when there is no such task run.
   */
  saveEvaluationRun(draft: EvaluationRunDraft): Promise<EvaluationRun>;

  /** Every task run of the experiment, or of the given examples, in no promised order. */
  listTaskRuns(experimentId: string, of?: { readonly exampleIds: readonly string[] }): AsyncIterable<TaskRun>;

  /** Every evaluation run of the experiment, or of the given examples, in no promised order. */
  listEvaluationRuns(
    experimentId: string,
    of?: { readonly exampleIds: readonly string[] },
  ): AsyncIterable<EvaluationRun>;

  /**
   * Every record of the experiment that was replaced, oldest first: what it cost has been spent. Left out by stores that
   * keep no history.
   */
  listSuperseded?(experimentId: string): AsyncIterable<SupersededRecord>;
}

/** What a record said before it was replaced. */
export type SupersededRecord = {
  readonly supersededAt: Date;
  /** Of the background job that replaced it; `null` when none did. */
  readonly epoch: number | null;
} & (
  | { readonly kind: 'task-run'; readonly record: TaskRun }
  | { readonly kind: 'evaluation-run'; readonly record: EvaluationRun }
);

/**
 * A store that can also be browsed and mended: what a shell, a notebook or a page needs beyond the engine.
 *
 * Lists come newest first. Every method rejects with an `AssayError` and nothing else.
 */
export interface Catalog extends ExperimentStore {
  listDatasets(of?: { readonly name?: string | undefined }): AsyncIterable<DatasetInfo>;

  listVersions(datasetId: string): AsyncIterable<DatasetVersion>;

  /** Adds examples to the newest version, or replaces those with the same id, as one new version. */
  appendExamples(
    datasetId: string,
    examples: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>,
  ): Promise<DatasetInfo>;

  /** Renames or describes a dataset; what is left out stays. @throws AssayError `conflict` when the name is taken. */
  updateDataset(
    datasetId: string,
    changes: {
      readonly name?: string | undefined;
      readonly description?: string | null | undefined;
      readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    },
  ): Promise<DatasetInfo>;

  /** Deletes a dataset with its versions and experiments. */
  deleteDataset(datasetId: string): Promise<void>;

  /** Makes the split of that name hold exactly these examples of the dataset. */
  saveSplit(split: {
    readonly datasetId: string;
    readonly name: string;
    readonly description?: string | null | undefined;
    readonly exampleIds: readonly string[];
  }): Promise<Split>;

  listExperiments(of?: {
    readonly datasetId?: string | undefined;
    readonly name?: string | undefined;
  }): AsyncIterable<Experiment>;

  /** Changes what is given; `metadata` is replaced whole. */
  patchExperiment(
    experimentId: string,
    changes: {
      readonly name?: string | undefined;
      readonly description?: string | null | undefined;
      readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    },
  ): Promise<Experiment>;

  /** Deletes an experiment with its runs and evaluations. */
  deleteExperiment(experimentId: string): Promise<void>;

  /** Attaches annotations, each replacing the one of the same name on its run. Ids that are no runs of the experiment are given back. */
  annotateRuns(
    experimentId: string,
    annotations: readonly Annotation[],
  ): Promise<{ readonly saved: readonly EvaluationRun[]; readonly unknownTaskRunIds: readonly string[] }>;

  /** Points the tag at the experiment, away from any other of the same dataset. */
  saveTag(tag: {
    readonly experimentId: string;
    readonly name: string;
    readonly description?: string | null | undefined;
  }): Promise<Tag>;

  listTags(experimentId: string): AsyncIterable<Tag>;
}
