import type { Direction, EvaluationRun, TaskRun, UsageTotal } from '@assay/core';
import { createRunsFrameBuilder, summarize } from '@assay/frames';
import type { NodeExample, Store } from '@assay/store';

type Frame = Parameters<typeof summarize>[0];

/**
 * The numbers of an experiment as a frame: its texts are left out, so that a million runs take a tenth of the memory.
 *
 * @param onEvaluation - Is told of each evaluation run on the way.
 */
export async function numbersOf(
  store: Store,
  experimentId: string,
  onEvaluation: (run: EvaluationRun) => void = () => undefined,
): Promise<Frame> {
  const builder = createRunsFrameBuilder();
  builder.setExperiment(await store.getExperiment(experimentId));
  for await (const example of store.nodes.listExamples({ experimentId })) builder.addExample(withoutContent(example));
  for await (const run of store.listTaskRuns(experimentId)) builder.addTaskRun(withoutOutput(run));
  for await (const run of store.listEvaluationRuns(experimentId)) {
    onEvaluation(run);
    builder.addEvaluationRun({ ...run, explanation: null, metadata: {}, traceId: null });
  }
  return builder.table();
}

/** Counts, means and intervals of an experiment, in the words of the wire. */
export async function summaryToWire(store: Store, experimentId: string) {
  const usage = new UsageSum();
  const summary = summarize(await numbersOf(store, experimentId, (run) => usage.add(run)));
  return {
    experiment_id: experimentId,
    task_runs: summary.taskRuns,
    evaluators: Object.fromEntries(
      Object.entries(summary.evaluators).map(([name, evaluator]) => [name, evaluatorToWire(evaluator)]),
    ),
    latency_ms: summary.latencyMs,
    wait_ms: summary.waitMs,
    attempts: summary.attempts,
    retries: summary.retries,
    usage: { task: usageToWire(summary.usage.task), evaluators: usageToWire(usage.total()) },
    stopped: summary.stopped,
  };
}

function evaluatorToWire(evaluator: {
  readonly planned: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly missing: number;
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly interval: readonly [number, number] | null;
  readonly labels: Readonly<Record<string, number>>;
  readonly direction: Direction;
}) {
  const { planned, ok, failed, skipped, missing, mean, standardError, interval, labels, direction } = evaluator;
  return { planned, ok, failed, skipped, missing, mean, standard_error: standardError, interval, labels, direction };
}

function usageToWire({ promptTokens, completionTokens, costUsd }: UsageTotal) {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, cost_usd: costUsd };
}

function withoutContent(example: NodeExample): NodeExample {
  return { ...example, input: null, expected: null, metadata: {} };
}

function withoutOutput(run: TaskRun): TaskRun {
  return { ...run, output: null, traceId: null };
}

/** Adds up what is known; `null` when nothing is. */
class UsageSum {
  #promptTokens: number | null = null;
  #completionTokens: number | null = null;
  #costUsd: number | null = null;

  add({ usage }: EvaluationRun): void {
    this.#promptTokens = plus(this.#promptTokens, usage?.promptTokens);
    this.#completionTokens = plus(this.#completionTokens, usage?.completionTokens);
    this.#costUsd = plus(this.#costUsd, usage?.costUsd);
  }

  total(): UsageTotal {
    return { promptTokens: this.#promptTokens, completionTokens: this.#completionTokens, costUsd: this.#costUsd };
  }
}

function plus(sum: number | null, value: number | null | undefined): number | null {
  return value === null || value === undefined ? sum : (sum ?? 0) + value;
}
