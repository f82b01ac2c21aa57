import type {
  DatasetInfo,
  DatasetVersion,
  EvaluationRunDraft,
  EvaluationRunFigures,
  Example,
  ExampleDraft,
  Experiment,
  ExperimentDraft,
  Split,
  StoredTaskRun,
  TaskRun,
  TaskRunDraft,
  TaskRunFigures,
} from '@assay/core';

/** Which page of a list is wanted. */
export interface PageRequest {
  /** The id of the first item of the page, as the page before has it in `next`. Left out: the first page. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The id of the first item of the next page; `null` at the end. */
  readonly next: string | null;
}

/** An example with both of its ids. */
export interface NodeExample extends Example {
  /** The store's id. `id` is the user's own where there is one, else this one. */
  readonly nodeId: string;
  /** When the version was made in which it got this content. */
  readonly revisedAt: Date;
}

/** An experiment with how far it has come. */
export interface NodeExperiment extends Experiment {
  readonly updatedAt: Date;
  readonly okRunCount: number;
  readonly failedRunCount: number;
}

/** A task run with both ids of its example. */
export interface NodeTaskRun extends TaskRun {
  readonly exampleNodeId: string;
}

/** A task run as it is kept: its output is JSON text, which a long list sends on as it is, and its times are milliseconds. */
export interface StoredNodeRun extends Omit<StoredTaskRun, 'exampleId'> {
  readonly id: string;
  readonly experimentId: string;
  readonly exampleNodeId: string;
}

/** A split with everything that is on record for it. */
export interface NodeSplit extends Split {
  /** As `#rrggbb`. */
  readonly color: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface UploadDraft {
  readonly name: string;
  /** `create` refuses a name that is taken, `update` takes away what is not in the upload, `append` does not. */
  readonly action: 'create' | 'append' | 'update';
  /** Of a new dataset; one that is there keeps its own. */
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** `id` is a node id of the dataset, or the user's own. Without one an example matches by its content. */
  readonly examples: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>;
}

/** What an upload came to. */
export interface UploadReport {
  readonly datasetId: string;
  readonly versionId: string;
  readonly createdCount: number;
  /** Of examples that were there and got other content or other splits. */
  readonly updatedCount: number;
  readonly deletedCount: number;
}

/** A label that a dataset may have. Labels are shared by all datasets. */
export interface DatasetLabel {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** As `#rrggbb`. */
  readonly color: string;
}

export interface LabelDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly color: string;
}

export interface LabelPatch {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
}

export interface SplitDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly color: string;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Own ids or node ids. */
  readonly exampleIds: readonly string[];
}

export interface SplitPatch {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly color?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly addExampleIds?: readonly string[] | undefined;
  /** Removed after the others are added. */
  readonly removeExampleIds?: readonly string[] | undefined;
}

/** An example without a success for every repetition. */
export interface IncompleteExample {
  readonly example: NodeExample;
  /** Without a success. Counts from 1. */
  readonly repetitions: readonly number[];
}

/** A successful run without a success of every evaluator that was asked for. */
export interface IncompleteRun {
  readonly run: NodeTaskRun;
  readonly example: NodeExample;
  /** Sorted. */
  readonly evaluatorNames: readonly string[];
}

/** A span of a trace, as OpenTelemetry has it, with what OpenInference says of a model's call. */
export interface Span {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentId: string | null;
  readonly projectName: string;
  readonly name: string;
  readonly kind: string;
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly statusMessage: string;
  /** Microseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly modelName: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEvent[];
}

/** Something that happened in a span. */
export interface SpanEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A span with its id. */
export interface NodeSpan extends Span {
  readonly id: string;
}

/** What experiments and spans are traced under. */
export interface Project {
  readonly name: string;
  /** `null` while it has no spans. */
  readonly id: string | null;
}

/** Which spans of a project are wanted. What is left out does not limit them. */
export interface SpanFilter {
  /** Microseconds since 1970, the end not included. */
  readonly startedFrom?: number | undefined;
  readonly startedBefore?: number | undefined;
  readonly traceIds?: readonly string[] | undefined;
  readonly spanIds?: readonly string[] | undefined;
  /** `null`: without a parent. */
  readonly parentId?: string | null | undefined;
  readonly names?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
}

/** A trace of a project. */
export interface ProjectTrace {
  readonly id: string;
  readonly traceId: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** What somebody says of a span or a trace. */
export interface TraceAnnotation {
  readonly target: 'span' | 'trace';
  /** 16 hex digits of a span, 32 of a trace. */
  readonly targetId: string;
  readonly name: string;
  /** Tells annotations of one name apart; empty when there is only one. */
  readonly identifier: string;
  readonly kind: 'CODE' | 'LLM' | 'HUMAN';
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What the spans of a trace add up to. */
export interface Trace {
  readonly traceId: string;
  readonly startedAt: Date;
  /** From the first start to the last end, in milliseconds. */
  readonly latencyMs: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly modelNames: readonly string[];
}

/** What a task run and its evaluations count for. The example goes by its node id. */
export interface RunFigures extends TaskRunFigures {
  /** Sorted by name. */
  readonly evaluations: readonly EvaluationRunFigures[];
}

/**
 * What a REST API needs of a store beyond `Catalog`: pages with cursors, both ids of an example, and Phoenix's rules for
 * uploads. Every method rejects with an `AssayError` and nothing else; an id or a cursor of another kind is `not-found`.
 */
export interface NodeStore {
  /** Newest first. */
  listDatasets(page: PageRequest & { readonly name?: string | undefined }): Promise<Page<DatasetInfo>>;
  /** Newest first. */
  listVersions(datasetId: string, page: PageRequest): Promise<Page<DatasetVersion>>;
  /** In dataset order. */
  listExamples(
    of:
      | {
          readonly datasetId: string;
          readonly versionId: string;
          readonly splits?: readonly string[] | null | undefined;
        }
      | { readonly experimentId: string },
  ): AsyncIterable<NodeExample>;
  /**
   * @throws AssayError `conflict` when the name is taken and the action is `create`, `invalid-config` for two examples
   * that are the same one, `invalid-input` for a node id that no example of the dataset has.
   */
  upload(draft: UploadDraft): Promise<UploadReport>;

  /** The splits that have an example in the dataset, newest first. */
  listSplits(datasetId: string, page: PageRequest): Promise<Page<NodeSplit>>;
  /** @throws AssayError `conflict` when the name is taken: splits are shared by all datasets. */
  createSplit(datasetId: string, split: SplitDraft): Promise<NodeSplit>;
  changeSplit(datasetId: string, splitId: string, changes: SplitPatch): Promise<NodeSplit>;
  deleteSplit(datasetId: string, splitId: string): Promise<void>;
  /** The names of splits that are given by name or by id. @throws AssayError `not-found`. */
  splitNames(refs: readonly string[]): Promise<readonly string[]>;

  /** Newest first. */
  listLabels(page: PageRequest): Promise<Page<DatasetLabel>>;
  getLabel(labelId: string): Promise<DatasetLabel>;
  /** @throws AssayError `conflict` when the name is taken. */
  createLabel(label: LabelDraft): Promise<DatasetLabel>;
  /** What is left out stays. @throws AssayError `conflict` when the name is taken. */
  changeLabel(labelId: string, changes: LabelPatch): Promise<DatasetLabel>;
  /** Takes it off every dataset, too. */
  deleteLabel(labelId: string): Promise<void>;
  /** Newest first. */
  listDatasetLabels(datasetId: string): Promise<readonly DatasetLabel[]>;
  /** Puts these on the dataset and takes off all others. */
  setLabels(datasetId: string, labelIds: readonly string[]): Promise<readonly DatasetLabel[]>;
  addLabel(datasetId: string, labelId: string): Promise<DatasetLabel>;
  /** One that is not on the dataset is no error. */
  removeLabel(datasetId: string, labelId: string): Promise<void>;

  /** Creates an experiment with a tracing project of its own. */
  createExperiment(draft: ExperimentDraft): Promise<NodeExperiment>;
  getExperiment(experimentId: string): Promise<NodeExperiment>;
  /** Newest first. @throws AssayError `not-found` when there is no such dataset. */
  listExperiments(datasetId: string, page: PageRequest): Promise<Page<NodeExperiment>>;
  removeTag(experimentId: string, idOrName: string): Promise<void>;

  /** Newest first; none for an experiment that is not there. */
  listTaskRuns(experimentId: string, page: PageRequest): Promise<Page<StoredNodeRun>>;
  /** What every run and its evaluations count for, in dataset order, for whoever adds a million of them up. */
  listFigures(experimentId: string): AsyncIterable<RunFigures>;
  /** In dataset order. */
  listIncompleteExamples(experimentId: string, page: PageRequest): Promise<Page<IncompleteExample>>;
  /** Oldest first. */
  listIncompleteRuns(experimentId: string, names: readonly string[], page: PageRequest): Promise<Page<IncompleteRun>>;
  /** As `saveTaskRun` of the port, with the example's node id. */
  saveTaskRun(draft: Omit<TaskRunDraft, 'exampleId'> & { readonly exampleNodeId: string }): Promise<string>;
  /** As `saveEvaluationRun` of the port, for a run that may be of any experiment. @returns The id of what stands. */
  saveEvaluationRun(draft: Omit<EvaluationRunDraft, 'experimentId' | 'exampleId' | 'repetition'>): Promise<string>;

  /** The experiment of a task run. @throws AssayError `not-found`. */
  experimentOf(taskRunId: string): Promise<string>;

  /** Saves spans; one that is there already stays as it is. */
  saveSpans(spans: readonly Span[]): Promise<void>;
  /** Saves all of them, or none when some are there already. @returns The span ids of those. */
  createSpans(spans: readonly Span[]): Promise<readonly string[]>;
  /** Those of the traces that are known. */
  listTraces(traceIds: readonly string[]): Promise<readonly Trace[]>;
  /** A project by its name or its id. It is there when a span or an experiment names it. @throws AssayError `not-found`. */
  getProject(idOrName: string): Promise<Project>;
  /** Newest first. */
  listSpans(projectName: string, filter: SpanFilter, page: PageRequest): Promise<Page<NodeSpan>>;
  /** That whose first span came last comes first. */
  listProjectTraces(
    projectName: string,
    filter: Pick<SpanFilter, 'startedFrom' | 'startedBefore'>,
    page: PageRequest,
  ): Promise<Page<ProjectTrace>>;
  /**
   * Saves annotations, each in the place of that of its name and identifier. @returns Their ids.
   *
   * @param isKnownOnly - Refuses all of them when one is of a span or a trace that is not there (yet).
   * @throws AssayError `not-found`.
   */
  annotateTraces(annotations: readonly TraceAnnotation[], isKnownOnly: boolean): Promise<readonly string[]>;
}
