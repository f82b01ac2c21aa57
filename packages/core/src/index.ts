export { bindEvaluator } from './bind.ts';
export { AdaptiveBucket, type BucketState } from './bucket.ts';
export type { Budget } from './budget.ts';
export { type Concurrency, createConcurrency } from './concurrency.ts';
export { contentHash, createContentName } from './content-hash.ts';
export * from './dataset.ts';
export { AssayError, ConflictError, type ErrorCode, HaltedError, messageOf, RunFailedError } from './errors.ts';
export {
  type EvaluateFunction,
  type Evaluator,
  type EvaluatorLike,
  type EvaluatorParams,
  type Evaluators,
  type Fixed,
  type NamedEvaluator,
  readEvaluators,
} from './evaluator.ts';
export * from './events.ts';
export * from './experiment.ts';
export type { ExperimentStream } from './experiment-stream.ts';
export { findExperiment } from './find.ts';
export { needReference, needIterable, needObject, needText } from './given.ts';
export { formatSummary } from './format-summary.ts';
export { createHaltAfter, type HaltAfter } from './halt-after.ts';
export { evaluationOfAnnotation } from './memory-experiments.ts';
export { needStore } from './kind-checks.ts';
export { createMemoryStore } from './memory-store.ts';
export { mirrorStore, type MirrorStore } from './mirror-store.ts';
export { partsKey, type PlannedRun, planRuns, type Progress } from './plan.ts';
export { createRateLimiter, type RateLimit, type RateLimiter, type RateLimitOptions } from './rate-limit.ts';
export {
  defineExperiment,
  evaluateExperiment,
  resumeExperiment,
  runExperiment,
  streamExperiment,
  streamResume,
} from './run.ts';
export { evaluationsLeft, type ProgressCounts, RunCounts } from './run-counts.ts';
export { sampleDataset, type SampleOptions, selectSplits } from './sample.ts';
export { UnsavedError } from './save.ts';
export type {
  EvaluateOptions,
  ExperimentOptions,
  ResumeOptions,
  RunSettings,
  StreamResumeOptions,
} from './settings.ts';
export * from './store.ts';
export { readExamples, sameIdTwice, type StoredExample } from './stored-example.ts';
export {
  evaluationRunOf,
  jsonObjectText,
  storedEvaluationRun,
  type StoredEvaluationRun,
  storedName,
  storedNameIfAny,
  storedTagName,
  storedTaskRun,
  type StoredTaskRun,
  storedText,
  taskRunOf,
} from './stored-record.ts';
export * from './summary.ts';
export { syncExperiment, type SyncReport } from './sync.ts';
export { type EvaluationRunFigures, Tally, type TaskRunFigures } from './tally.ts';
export type { Task, TaskParams } from './task.ts';
export type { Tracer, TraceSpan } from './tracer.ts';
export type { UsageReport } from './usage.ts';
export { type SingleVerdict, type Skip, skip, type Verdict, type VerdictParts } from './verdict.ts';
