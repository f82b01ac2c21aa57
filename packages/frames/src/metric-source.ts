import type { Direction, UsageTotal } from '@assay/core';
import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { metricsOfFrame } from './metric-frame.ts';
import { metricsOfRecords } from './metric-records.ts';
import type { Codes } from './read-column.ts';
import type { RecordSource } from './source.ts';

/** What can be summarised and compared: an experiment with its records, or its runs frame. */
export type AnalysisSource = RecordSource | ColumnTable;

/** What a task run itself measures. Lower is better in each. */
export const runMetrics = ['latency_ms', 'prompt_tokens', 'completion_tokens', 'cost_usd'] as const;

export type RunMetric = (typeof runMetrics)[number];

export function isRunMetric(name: string): name is RunMetric {
  return runMetrics.some((metric) => metric === name);
}

/** The state of one evaluation: 0 when there is none. */
export const evaluationStatus = { missing: 0, ok: 1, failed: 2, skipped: 3 } as const;

/** What one evaluator said, a row a task run. */
export interface EvaluatorColumns {
  readonly direction: Direction;
  /** Numbers of `evaluationStatus`. */
  readonly status: Uint8Array;
  /** NaN where there is none. */
  readonly scores: Float64Array;
  readonly labels: Codes;
}

/** An example as a slice function sees it. From a frame, texts that are JSON are read as such, and splits are unknown. */
export interface SlicedExample {
  readonly id: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly splits: readonly string[];
}

/** An experiment as columns, a row a task run: the one form that all analysis reads. */
export interface MetricSource {
  readonly experimentId: string | null;
  readonly name: string | null;
  readonly datasetId: string | null;
  readonly datasetVersionId: string | null;
  /** How often each example was to be run. */
  readonly repetitions: number;
  /** How many examples were to be run, with a row or not. */
  readonly plannedExamples: number;
  /** The examples: a code per row, and the id of each code. Some codes may have no row. */
  readonly examples: Codes;
  /** 1 where the task returned. */
  readonly isOk: Uint8Array;
  readonly evaluatorNames: readonly string[];
  evaluator(name: string): EvaluatorColumns | null;
  /** A number per run; NaN where it is not known, and 0 rows long where the source has none. */
  runColumn(name: RunMetric | 'wait_ms' | 'attempts'): Float64Array;
  example(code: number): SlicedExample;
  /** Whether it knows its examples and their splits, run or not: records do, a frame knows those it has rows of. */
  readonly listsExamples: boolean;
  readonly evaluatorUsage: UsageTotal;
}

/**
 * Reads records or a runs frame as columns.
 *
 * @throws AssayError `invalid-config` for anything else, such as a `Promise` that was not awaited.
 */
export function metricSource(source: AnalysisSource): MetricSource {
  return isFrame(source) ? metricsOfFrame(source) : metricsOfRecords(source);
}

/** Whether a source is a runs frame, and not records. @throws AssayError `invalid-config` for what is neither. */
export function isFrame(source: AnalysisSource): source is ColumnTable {
  if (typeof source === 'object' && source !== null) {
    if ('columnNames' in source) return true;
    if ('taskRuns' in source && 'evaluationRuns' in source) return false;
  }
  const given: unknown = source;
  const got =
    given instanceof Promise
      ? 'a Promise: await it first'
      : typeof given === 'object'
        ? 'another object'
        : String(given);
  throw new AssayError(
    'invalid-config',
    `Expected an experiment to be a RanExperiment, { experiment, examples, taskRuns, evaluationRuns } or a runs frame, got ${got}`,
  );
}

/**
 * The evaluators to report, in order. One that gives several results, `name/part`, is reported by them alone; where it
 * failed as a whole, each of them failed.
 */
export function reportedEvaluators(
  names: readonly string[],
  read: (name: string) => EvaluatorColumns,
): { readonly names: readonly string[]; readonly evaluator: (name: string) => EvaluatorColumns | null } {
  const wholeOf = (name: string) => names.find((whole) => name.startsWith(`${whole}/`));
  const reported = names.filter((whole) => !names.some((name) => name.startsWith(`${whole}/`)));
  const known = new Map<string, EvaluatorColumns>();
  return {
    names: reported,
    evaluator: (name) => {
      if (!reported.includes(name)) return null;
      const columns = known.get(name) ?? withWholeFailures(read(name), wholeOf(name), read);
      known.set(name, columns);
      return columns;
    },
  };
}

function withWholeFailures(
  columns: EvaluatorColumns,
  whole: string | undefined,
  read: (name: string) => EvaluatorColumns,
): EvaluatorColumns {
  if (whole === undefined) return columns;
  const failed = read(whole).status;
  const status = columns.status.map((own, row) =>
    own === evaluationStatus.missing && failed[row] === evaluationStatus.failed ? evaluationStatus.failed : own,
  );
  return { ...columns, status };
}
