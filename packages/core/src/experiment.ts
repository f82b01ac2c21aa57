import type { Example } from './dataset.ts';
import type { ExperimentSummary } from './summary.ts';

/** One task over one dataset version, `repetitions` times. Its examples are fixed when it is created. */
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly datasetId: string;
  readonly datasetVersionId: string;
  /** The splits it is limited to; `null`: all examples. */
  readonly splits: readonly string[] | null;
  /** How often each example is run. */
  readonly repetitions: number;
  readonly exampleCount: number;
  /** The tracing project; `null` where the store has none. */
  readonly projectName: string | null;
  readonly createdAt: Date;
}

/** What `createExperiment` takes. */
export interface ExperimentDraft {
  readonly datasetId: string;
  readonly datasetVersionId: string;
  readonly splits?: readonly string[] | null | undefined;
  /** Default: made from the dataset's name. */
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly repetitions: number;
}

/** Tokens and money of one call; each `null` where it is not known. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costUsd: number | null;
  /** The part of `promptTokens` that the provider read from its cache; left out where there is none, or it is not known. */
  readonly cachedPromptTokens?: number | undefined;
  /** Answers of models that were replayed: no call was made, so they took no time and cost nothing. Left out when there are none. */
  readonly replayedCalls?: number | undefined;
}

/** What the task returned, or why it failed, for one example and one repetition. */
export interface TaskRun<Output = unknown> {
  readonly id: string;
  readonly experimentId: string;
  readonly exampleId: string;
  /** Counts from 1. */
  readonly repetition: number;
  /** `null` when the task failed, and when it returned nothing. */
  readonly output: Output | null;
  /** The message of the last attempt's error, never empty; `null` when the task returned. */
  readonly error: string | null;
  /** How many times the task was called, counting the last. */
  readonly attempts: number;
  /** When the final attempt began and ended: for display, as a clock may step. Durations are in `latencyMs`. */
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** How long the final attempt took, in milliseconds of the monotonic clock; `null` when not known. */
  readonly latencyMs: number | null;
  /** Milliseconds spent waiting for a limit or in a back-off; `null` when not known. */
  readonly waitMs: number | null;
  readonly traceId: string | null;
  readonly usage: Usage | null;
}

/** A task run before it has an id. The key is (experiment, example, repetition). */
export type TaskRunDraft<Output = unknown> = Omit<TaskRun<Output>, 'id'>;

/** Who judged: code, a model, or a person. */
export type EvaluatorKind = 'CODE' | 'LLM' | 'HUMAN';

/** Which scores are better: higher, lower, or neither. */
export type Direction = 'maximize' | 'minimize' | 'neutral';

/** What an evaluator found. At least one of score, label and explanation is there, unless it failed. */
export interface EvaluationResult {
  /** Finite. */
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What one evaluator said of one task run, or why it could not. */
export interface EvaluationRun extends EvaluationResult {
  readonly id: string;
  readonly taskRunId: string;
  readonly experimentId: string;
  readonly exampleId: string;
  /** The repetition of the task run. Counts from 1. */
  readonly repetition: number;
  /** The evaluator's name; `name/part` when it gives several results. */
  readonly name: string;
  readonly kind: EvaluatorKind;
  readonly direction: Direction;
  /** `skipped`: the evaluator declined, and its reason is the explanation. A resume leaves it. */
  readonly status: 'ok' | 'failed' | 'skipped';
  /** The message of the last attempt's error when it failed, else `null`. */
  readonly error: string | null;
  readonly attempts: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly latencyMs: number | null;
  readonly waitMs: number | null;
  readonly traceId: string | null;
  readonly usage: Usage | null;
}

/** An evaluation run before it has an id. The key is (task run, name). */
export type EvaluationRunDraft = Omit<EvaluationRun, 'id'>;

/** An experiment with everything that is on record for it. */
export interface RanExperiment<
  Input = unknown,
  Output = unknown,
  Expected = unknown,
  Metadata = Readonly<Record<string, unknown>>,
> extends Experiment {
  /** In dataset order. */
  readonly examples: readonly Example<Input, Expected, Metadata>[];
  /** Ordered by (dataset order, repetition); after a resume old and new together. */
  readonly taskRuns: readonly TaskRun<Output>[];
  /** Ordered as their task runs, then as the evaluators were given. */
  readonly evaluationRuns: readonly EvaluationRun[];
  readonly summary: ExperimentSummary;
  /** What the run warned of. */
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}

/** A movable pointer to an experiment, unique by name within the dataset. */
export interface Tag {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly description: string | null;
}

/** An evaluation attached afterwards, by a person or by another program. */
export interface Annotation {
  readonly taskRunId: string;
  readonly name: string;
  /** Default `HUMAN`. */
  readonly kind?: EvaluatorKind | undefined;
  readonly score?: number | null | undefined;
  readonly label?: string | null | undefined;
  readonly explanation?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}
