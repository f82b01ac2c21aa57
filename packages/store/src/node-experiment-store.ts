import type {
  EvaluationRunDraft,
  EvaluationRunFigures,
  Experiment,
  ExperimentDraft,
  StoredTaskRun,
  TaskRun,
  TaskRunDraft,
  TaskRunFigures,
} from '@assay/core';
import type { NodeExample } from './node-dataset-store.ts';
import type { Page, PageRequest, PassingPage } from './node-page.ts';

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

/** What a task run and its evaluations count for. The example goes by its node id. */
export interface RunFigures extends TaskRunFigures {
  /** Sorted by name. */
  readonly evaluations: readonly EvaluationRunFigures[];
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

/** The part of a node store that is about experiments and their runs. */
export interface NodeExperimentStore {
  /** Creates an experiment with a tracing project of its own. */
  createExperiment(draft: ExperimentDraft): Promise<NodeExperiment>;
  getExperiment(experimentId: string): Promise<NodeExperiment>;
  /** Newest first. @throws AssayError `not-found` when there is no such dataset. */
  listExperiments(datasetId: string, page: PageRequest): Promise<Page<NodeExperiment>>;
  removeTag(experimentId: string, idOrName: string): Promise<void>;

  /** Newest first; none for an experiment that is not there. */
  listTaskRuns(experimentId: string, page: PageRequest): Promise<PassingPage<StoredNodeRun>>;
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
}
