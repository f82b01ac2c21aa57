export type { AdapterOptions } from './adapters/adapter-options.ts';
export { type AutoevalsScore, fromAutoevals } from './adapters/from-autoevals.ts';
export {
  fromPhoenixEvals,
  type PhoenixEvaluator,
  type PhoenixParams,
  type PhoenixResult,
} from './adapters/from-phoenix-evals.ts';
export { bindPaths, type PathMapping } from './bind-paths.ts';
export { type BuiltinName, builtinNames, type BuiltinSpec, createBuiltin } from './builtin.ts';
export type { CodeEvaluator, Loose } from './code-evaluator.ts';
export { EvaluationError } from './evaluation-error.ts';
export { jsonDiff, type JsonDiffOptions } from './json/json-diff.ts';
export { jsonSchema, type JsonSchemaOptions } from './json/json-schema.ts';
export { jsonValid } from './json/json-valid.ts';
export { JudgeAnswerError } from './judges/answer.ts';
export { type Choice, type ClassifierOptions, createClassifier } from './judges/classifier.ts';
export { conciseness } from './judges/conciseness.ts';
export { correctness } from './judges/correctness.ts';
export { documentRelevance } from './judges/document-relevance.ts';
export { faithfulness } from './judges/faithfulness.ts';
export { hallucination } from './judges/hallucination.ts';
export type { Judge, JudgeCall, JudgeOptions, ModelSettings } from './judges/judge.ts';
export { createPairwise, type PairwiseOptions, type PairwiseParams } from './judges/pairwise.ts';
export { createPanel, type PanelMember, type PanelOptions, type PanelParams } from './judges/panel.ts';
export type { Prompt, PromptMessage } from './judges/prompt.ts';
export { refusal } from './judges/refusal.ts';
export { createRubric, type RubricOptions } from './judges/rubric.ts';
export type { TemplateParams } from './judges/template.ts';
export { toolInvocation } from './judges/tool-invocation.ts';
export { toolResponseHandling } from './judges/tool-response-handling.ts';
export { toolSelection } from './judges/tool-selection.ts';
export { toxicity } from './judges/toxicity.ts';
export { userFriction } from './judges/user-friction.ts';
export { costBelow, type CostBelowOptions } from './limits/cost-below.ts';
export { latencyBelow, type LatencyBelowOptions } from './limits/latency-below.ts';
export { type ClassificationMetricOptions, fScore, precision, recall } from './metrics/classification.ts';
export { correlation, type CorrelationOptions } from './metrics/correlation.ts';
export {
  type ExperimentMetric,
  experimentMetrics,
  type JudgedRun,
  metricsKey,
  type MetricValue,
  saveExperimentMetrics,
} from './metrics/experiment-metrics.ts';
export { numericDifference, type NumericDifferenceOptions } from './numbers/numeric-difference.ts';
export { type CallCache, createCallCache } from './replay/call-cache.ts';
export { createReplay, type Replay, type ReplayCall, type ReplayOptions } from './replay/replay.ts';
export { listF1, type ListF1Options } from './retrieval/list-f1.ts';
export { mrr } from './retrieval/mrr.ts';
export { ndcg, type NdcgOptions } from './retrieval/ndcg.ts';
export { precisionAtK } from './retrieval/precision-at-k.ts';
export type { CutOffOptions, RetrievedItem } from './retrieval/ranked-items.ts';
export { recallAtK } from './retrieval/recall-at-k.ts';
export { bleu, type BleuOptions } from './text/bleu.ts';
export { chrf, type ChrfOptions } from './text/chrf.ts';
export { contains, type ContainsOptions } from './text/contains.ts';
export { editDistance, type EditDistanceOptions } from './text/edit-distance.ts';
export {
  embeddingSimilarity,
  type EmbeddingSimilarityOptions,
  type EmbeddingSimilarityParams,
} from './text/embedding-similarity.ts';
export { exactMatch, type ExactMatchOptions } from './text/exact-match.ts';
export { matchesRegex, type MatchesRegexOptions } from './text/matches-regex.ts';
export { rougeL, type RougeLOptions } from './text/rouge-l.ts';
export type { ArgumentMatch, ToolCallLike, ToolCallsLike } from './tools/tool-call.ts';
export { toolCalls, type ToolCallsOptions } from './tools/tool-calls.ts';
export { trajectory, type TrajectoryLike, type TrajectoryOptions } from './tools/trajectory.ts';
// So that a cell of a notebook can name what it is given (docs/decisions/0115-packages-name-the-types-they-give.md).
export type * from '@assay/core';
