import type { Direction, EvaluationRun, Example, TaskRun, UsageTotal } from '@assay/core';
import {
  type EvaluatorColumns,
  evaluationStatus,
  type MetricSource,
  reportedEvaluators,
  type RunMetric,
} from './metric-source.ts';
import { plannedEvaluators, withoutVerdict } from './planned-evaluators.ts';
import { experimentOf, type RecordSource } from './source.ts';

/** Reads records as columns. */
export function metricsOfRecords(source: RecordSource): MetricSource {
  const experiment = experimentOf(source);
  const taskRuns = [...source.taskRuns];
  const examples = [...source.examples];
  const known = new Map(examples.map((example, code) => [example.id, code]));
  const codes = Int32Array.from(taskRuns, (run) => codeOf(run.exampleId));
  const rowOf = new Map(taskRuns.map((run, row) => [run.id, row]));
  const evaluators = new Map<string, EvaluatorRows>();
  const usage = new UsageSums();
  for (const run of source.evaluationRuns) {
    usage.add(run);
    const row = rowOf.get(run.taskRunId);
    if (row === undefined) continue;
    const rows = evaluators.get(run.name) ?? new EvaluatorRows(taskRuns.length, run.direction);
    evaluators.set(run.name, rows);
    rows.set(row, run);
  }
  const planned = plannedEvaluators(experiment);
  for (const name of withoutVerdict(planned.keys(), evaluators.keys()))
    evaluators.set(name, new EvaluatorRows(taskRuns.length, planned.get(name) ?? 'maximize'));
  const { names, evaluator } = reportedEvaluators([...evaluators.keys()], (name) => evaluators.get(name)!);
  return {
    experimentId: experiment.id,
    name: experiment.name,
    datasetId: experiment.datasetId,
    datasetVersionId: experiment.datasetVersionId,
    repetitions: experiment.repetitions,
    plannedExamples: Math.max(experiment.exampleCount, known.size),
    examples: { codes, dictionary: [...known.keys()] },
    isOk: Uint8Array.from(taskRuns, (run) => Number(run.error === null)),
    evaluatorNames: names,
    evaluator,
    runColumn: (name) => Float64Array.from(taskRuns, (run) => readRun[name](run) ?? NaN),
    example: (code) => examples[code] ?? unknownExample([...known.keys()][code]!),
    listsExamples: true,
    evaluatorUsage: usage.total,
  };

  /** A run of an example that is not listed still counts, under a code of its own. */
  function codeOf(exampleId: string): number {
    const code = known.get(exampleId) ?? known.size;
    known.set(exampleId, code);
    return code;
  }
}

const readRun: Readonly<Record<RunMetric | 'wait_ms' | 'attempts', (run: TaskRun) => number | null | undefined>> = {
  latency_ms: (run) => run.latencyMs,
  prompt_tokens: (run) => run.usage?.promptTokens,
  completion_tokens: (run) => run.usage?.completionTokens,
  cost_usd: (run) => run.usage?.costUsd,
  wait_ms: (run) => run.waitMs,
  attempts: (run) => run.attempts,
};

/** The evaluations of one evaluator, spread over the rows of their task runs. */
class EvaluatorRows implements EvaluatorColumns {
  readonly direction: Direction;
  readonly status: Uint8Array;
  readonly scores: Float64Array;
  readonly labels: { readonly codes: Int32Array; readonly dictionary: string[] };
  readonly #codes = new Map<string, number>();

  constructor(rows: number, direction: Direction) {
    this.direction = direction;
    this.status = new Uint8Array(rows);
    this.scores = new Float64Array(rows).fill(NaN);
    this.labels = { codes: new Int32Array(rows).fill(-1), dictionary: [] };
  }

  set(row: number, run: EvaluationRun): void {
    this.status[row] = evaluationStatus[run.status];
    this.scores[row] = run.score ?? NaN;
    if (run.label === null) return;
    const code = this.#codes.get(run.label) ?? this.#codes.size;
    if (code === this.#codes.size) this.labels.dictionary.push(run.label);
    this.#codes.set(run.label, code);
    this.labels.codes[row] = code;
  }
}

class UsageSums {
  total: UsageTotal = { promptTokens: null, completionTokens: null, costUsd: null };

  add({ usage }: EvaluationRun): void {
    if (usage === null) return;
    const plus = (sum: number | null, more: number | null) => (more === null ? sum : (sum ?? 0) + more);
    this.total = {
      promptTokens: plus(this.total.promptTokens, usage.promptTokens),
      completionTokens: plus(this.total.completionTokens, usage.completionTokens),
      costUsd: plus(this.total.costUsd, usage.costUsd),
    };
  }
}

function unknownExample(id: string): Example {
  return { id, input: null, expected: null, metadata: {}, splits: [] };
}
