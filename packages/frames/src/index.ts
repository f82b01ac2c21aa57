export { fromArrowIPC } from './arrow-read.ts';
export { type ArrowOptions, toArrowIPC } from './arrow-write.ts';
export { evaluationsFrame } from './evaluations-frame.ts';
export { type ExamplesSource, examplesFrame } from './examples-frame.ts';
export { type FrameInfo, frameInfo } from './frame-info.ts';
export { fromParquet, type ParquetOptions, toParquet } from './parquet.ts';
export { loadParquet, type ParquetSource } from './parquet-module.ts';
export { type Codes, codesOf, evaluatorNames, numbersOf } from './read-column.ts';
export {
  createRunsFrameBuilder,
  type RunsFrameBuilder,
  type RunsFrameOptions,
  type RunsFrameShape,
} from './runs-builder.ts';
export { plannedEvaluators, withoutVerdict } from './planned-evaluators.ts';
export { runsFrame } from './runs-frame.ts';
// So that a cell of a notebook can name what it is given (docs/decisions/0115-packages-name-the-types-they-give.md).
export type * from '@assay/core';
export type { ColumnTable } from 'arquero';
export type { AsyncRecordSource, RecordSource, RecordStore, StoredExperiment } from './source.ts';
export {
  agreement,
  type AgreementSettings,
  correctedPassRate,
  type CorrectedPassRate,
  type CorrectionSettings,
  type JudgePair,
} from './agreement.ts';
export { classification, type Classification, type ClassificationSettings } from './classification.ts';
export { compare, type CompareOptions } from './compare.ts';
export type { Comparison, ComparisonRow, ExampleComparisonRow, SliceComparisonRow } from './comparison.ts';
export { gate, type GateCheck, type GateResult } from './gate.ts';
export type { GateRules } from './gate-rules.ts';
export type { AnalysisSource, RunMetric, SlicedExample } from './metric-source.ts';
export type { PairedTestName } from './paired-test.ts';
export { pairwise, type PairwiseSettings } from './pairwise.ts';
export { passAtK, type PassAtK, type PassAtKSettings } from './pass-at-k.ts';
export type { SliceBy } from './slices.ts';
export { splitsIn } from './splits-in.ts';
export {
  summarize,
  type EvaluatorFrameSummary,
  type FrameSummary,
  type MetricMean,
  type SliceSummary,
} from './summarize.ts';
export type { EvaluationsFrame, ExamplesFrame, RunsFrame, TypedFrame } from './typed-frame.ts';
export type { Change, ComparisonVerdict } from './verdict.ts';
export { type CSVReadOptions, fromCSV } from './csv-read.ts';
export { type CSVWriteOptions, toCSV } from './csv-write.ts';
export { type DatasetMapping, datasetFromTable, type FieldColumns } from './dataset-from-table.ts';
export type { EvaluatorFields } from './evaluator-columns.ts';
export { fromJSON, fromJSONL, type JSONLReadOptions, toJSON, toJSONL } from './jsonl.ts';
export {
  type ImportedResults,
  type ImportedRun,
  resultsFromTable,
  type ResultsMapping,
  type ResultsReport,
  type TaskFields,
} from './results-from-table.ts';
export { summarizeBy, type SummarizeBySettings } from './summarize-by.ts';
