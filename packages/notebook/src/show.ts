import type {
  DatasetInfo,
  EvaluationRun,
  Example,
  ExampleDraft,
  Experiment,
  ExperimentSummary,
  NamedExamples,
  RanExperiment,
  TaskRun,
} from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { Classification, Comparison, GateResult } from '@assay/frames';
import type { ColumnTable } from 'arquero';
import { classificationView } from './classification-view.ts';
import { comparisonView } from './comparison-view.ts';
import { datasetInfoView, examplesView } from './dataset-view.ts';
import { Display, type View } from './display.ts';
import { experimentRecordView, experimentView } from './experiment-view.ts';
import { frameView } from './frame-view.ts';
import { gateView } from './gate-view.ts';
import * as is from './kinds.ts';
import { runView } from './run-view.ts';
import { evaluationsView, runsView } from './runs-view.ts';
import { summaryView } from './summary-view.ts';

/** What `show` shows. */
export type Showable =
  | ColumnTable
  | RanExperiment
  | Experiment
  | ExperimentSummary
  | Comparison
  | Classification
  | GateResult
  | DatasetInfo
  | NamedExamples<ExampleDraft>
  | Example
  | TaskRun
  | readonly Example[]
  | readonly ExampleDraft[]
  | readonly TaskRun[]
  | readonly EvaluationRun[]
  | Display;

export interface ShowOptions {
  /** The experiment that task runs belong to: their examples and evaluations are shown with them. */
  readonly of?: Pick<RanExperiment, 'examples' | 'evaluationRuns'> | undefined;
}

/**
 * Shows a dataset, a frame, an experiment, its summary, its runs, a comparison, a classification or a gate: as the last
 * expression of a cell in tslab or Deno, or by `.display()` from anywhere in a cell. Elsewhere it is plain text.
 *
 * @param options - `of`: for task runs, the experiment they belong to.
 * @throws AssayError `invalid-input` for anything else.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { runsFrame } from '@assay/frames';
 * import { show } from '@assay/notebook';
 *
 * const ran = await runExperiment({
 *   dataset: [{ input: 'Peru', expected: 'Lima' }, { input: 'France', expected: 'Paris' }],
 *   task: async ({ input }) => (input === 'Peru' ? 'Lima' : 'Lyon'),
 *   evaluators: { exact: ({ output, expected }) => output === expected },
 *   printSummary: false,
 * });
 * show(ran);
 * show(runsFrame(ran));
 * show(ran.taskRuns[1]!, { of: ran });
 * ```
 */
export function show(value: Showable, options: ShowOptions = {}): Display {
  return value instanceof Display ? value : new Display(viewOf(value, options));
}

function viewOf(value: unknown, { of = { examples: [], evaluationRuns: [] } }: ShowOptions): View {
  if (Array.isArray(value)) {
    if (value.every(is.isTaskRun) && value.length > 0) return runsView(value, of);
    if (value.every(is.isEvaluationRun) && value.length > 0) return evaluationsView(value);
    if (value.every(is.isExample)) return examplesView(value);
  }
  if (is.isFrame(value)) return frameView(value);
  if (is.isRan(value)) return experimentView(value);
  if (is.isSummary(value)) return summaryView(value);
  if (is.isComparison(value)) return comparisonView(value);
  if (is.isClassification(value)) return classificationView(value);
  if (is.isGate(value)) return gateView(value);
  if (is.isDatasetInfo(value)) return datasetInfoView(value);
  if (is.isExperiment(value)) return experimentRecordView(value);
  if (is.isTaskRun(value)) return runOf(value, of);
  if (is.isEvaluationRun(value)) return evaluationsView([value]);
  if (is.isNamedExamples(value)) return examplesView(value.examples, value.name);
  if (is.isExample(value)) return examplesView([value]);
  throw new AssayError(
    'invalid-input',
    `Expected a dataset, examples, a frame, an experiment, a summary, task runs, evaluations, a comparison, a classification, a gate or a chart, got ${whatIs(value)}`,
  );
}

function runOf(run: TaskRun, { examples, evaluationRuns }: Pick<RanExperiment, 'examples' | 'evaluationRuns'>): View {
  return runView({
    run,
    example: examples.find(({ id }) => id === run.exampleId),
    evaluations: evaluationRuns.filter(({ taskRunId }) => taskRunId === run.id),
  });
}

function whatIs(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value !== 'object') return `${typeof value} ${String(value)}`.slice(0, 60);
  if (value instanceof Promise) return 'a Promise: await it first';
  if (Symbol.asyncIterator in value) return 'a stream: give it to `live`';
  if (Array.isArray(value)) return 'a list of something else';
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 6).join(', ')}`;
}
