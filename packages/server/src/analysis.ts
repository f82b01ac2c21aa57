import { Tally } from '@assay/core';
import type { EvaluatorSummary, ExperimentSummary, TaskRun, UsageTotal } from '@assay/core';
import { createRunsFrameBuilder, withoutVerdict } from '@assay/frames';
import { plannedNames } from './planned-names.ts';
import type { NodeExample, Store } from '@assay/store';

type Frame = ReturnType<ReturnType<typeof createRunsFrameBuilder>['table']>;

/** The numbers of an experiment as a frame: its texts are left out, so that a million runs take a tenth of the memory. */
export async function numbersOf(store: Store, experimentId: string): Promise<Frame> {
  const builder = createRunsFrameBuilder();
  const experiment = await store.getExperiment(experimentId);
  builder.setExperiment(experiment);
  for await (const example of store.nodes.listExamples({ experimentId })) builder.addExample(withoutContent(example));
  for await (const run of store.listTaskRuns(experimentId)) builder.addTaskRun(withoutOutput(run));
  for await (const run of store.listEvaluationRuns(experimentId))
    builder.addEvaluationRun({ ...run, explanation: null, metadata: {}, traceId: null });
  const shape = builder.shape();
  const unmet = withoutVerdict(await plannedNames(store, experiment), shape.evaluators);
  return builder.table({ ...shape, evaluators: [...shape.evaluators, ...unmet] });
}

/** Counts, means and intervals of an experiment, in the words of the wire. A million runs take a few sums and their latencies. */
export async function summaryToWire(store: Store, experimentId: string) {
  const summary = await summaryOf(store, experimentId);
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
    usage: { task: usageToWire(summary.usage.task), evaluators: usageToWire(summary.usage.evaluators) },
    stopped: summary.stopped,
  };
}

async function summaryOf(store: Store, experimentId: string): Promise<ExperimentSummary> {
  const experiment = await store.getExperiment(experimentId);
  const planned = await plannedNames(store, experiment);
  const tally = new Tally(planned.map((name) => ({ name, direction: null })));
  let open: string | null = null;
  for await (const run of store.nodes.listFigures(experimentId)) {
    if (run.exampleId !== open) {
      if (open !== null) tally.close(open);
      tally.open((open = run.exampleId));
    }
    tally.addTaskRun(run);
    for (const evaluation of run.evaluations) tally.addEvaluation(evaluation);
  }
  return tally.summary(experiment, null);
}

function evaluatorToWire(evaluator: EvaluatorSummary) {
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
