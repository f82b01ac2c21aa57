import { needIterable, needObject, needStore } from '@assay/core';
import type { Catalog, EvaluationRun, Example, Experiment, RanExperiment, TaskRun } from '@assay/core';

/** A finished task run with everything that was said of it. */
export interface JudgedRun<
  Input = unknown,
  Output = unknown,
  Expected = unknown,
  Metadata = Readonly<Record<string, unknown>>,
> {
  readonly example: Example<Input, Expected, Metadata>;
  readonly output: Output;
  readonly taskRun: TaskRun<Output>;
  /** The score an evaluator or a person gave, by name; `null` when there is none. */
  readonly score: (name: string) => number | null;
  /** The label an evaluator or a person gave, by name; `null` when there is none. */
  readonly label: (name: string) => string | null;
}

/** A figure about a whole experiment. */
export interface MetricValue {
  /** `null` when it is not defined for these runs. */
  readonly value: number | null;
  /** How many runs it rests on, and of how many that finished. */
  readonly n: number;
  readonly of: number;
}

/** Works out a figure from all finished runs. A pure function: write your own as you like. */
export type ExperimentMetric<
  Input = unknown,
  Output = unknown,
  Expected = unknown,
  Metadata = Readonly<Record<string, unknown>>,
> = (runs: readonly JudgedRun<Input, Output, Expected, Metadata>[]) => MetricValue;

/** Where `saveExperimentMetrics` keeps the figures, in the metadata of the experiment. */
export const metricsKey = 'assay.metrics';

/**
 * Works out figures that are about an experiment and not about one run: precision, recall and F of a classifier, the
 * correlation of a judge with people. Failed task runs are left out; each figure says how many runs it rests on.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { experimentMetrics, fScore } from '@assay/evaluators';
 *
 * const ran = await runExperiment({
 *   dataset: [{ input: 'great', expected: 'good' }, { input: 'awful', expected: 'bad' }, { input: 'meh', expected: 'bad' }],
 *   task: ({ input }) => (input === 'awful' ? 'bad' : 'good'),
 *   printSummary: false,
 * });
 * const metrics = experimentMetrics(ran, {
 *   f1: fScore({ given: ({ output }) => output, expected: ({ example }) => example.expected, positive: 'good' }),
 * });
 * console.log(metrics.f1); // { value: 0.667, n: 3, of: 3 }
 * ```
 */
export function experimentMetrics<Input, Output, Expected, Metadata, Name extends string>(
  ran: Pick<RanExperiment<Input, Output, Expected, Metadata>, 'examples' | 'taskRuns' | 'evaluationRuns'>,
  metrics: Readonly<Record<Name, ExperimentMetric<Input, Output, Expected, Metadata>>>,
): Record<Name, MetricValue> {
  const runs = judgedRuns(needObject('an experiment that was run', ran));
  const named = needObject('metrics as functions by name', metrics, 'invalid-config');
  const entries = Object.entries<ExperimentMetric<Input, Output, Expected, Metadata>>(named).map(([name, metric]) => [
    name,
    metric(runs),
  ]);
  return Object.fromEntries(entries) as Record<Name, MetricValue>;
}

/**
 * Keeps figures with their experiment, in `metadata["assay.metrics"]`. Figures of other names that are there stay.
 *
 * @throws AssayError `not-found`, and what else the store says.
 */
export async function saveExperimentMetrics(
  catalog: Catalog,
  experimentId: string,
  metrics: Readonly<Record<string, MetricValue>>,
): Promise<Experiment> {
  needStore('a store to save in', catalog);
  const { metadata } = await catalog.getExperiment(experimentId);
  const before = metadata[metricsKey];
  const all = { ...(typeof before === 'object' && before !== null ? before : {}), ...metrics };
  return catalog.patchExperiment(experimentId, { metadata: { ...metadata, [metricsKey]: all } });
}

function judgedRuns<Input, Output, Expected, Metadata>({
  examples,
  taskRuns,
  evaluationRuns,
}: Pick<RanExperiment<Input, Output, Expected, Metadata>, 'examples' | 'taskRuns' | 'evaluationRuns'>): JudgedRun<
  Input,
  Output,
  Expected,
  Metadata
>[] {
  const exampleOf = new Map(
    Array.from(needIterable('the examples of an experiment as a list', examples), (example) => [example.id, example]),
  );
  const evaluationsOf = new Map<string, Map<string, EvaluationRun>>();
  for (const evaluation of evaluationRuns) {
    if (evaluation.status !== 'ok') continue;
    const ofRun = evaluationsOf.get(evaluation.taskRunId) ?? new Map<string, EvaluationRun>();
    evaluationsOf.set(evaluation.taskRunId, ofRun.set(evaluation.name, evaluation));
  }
  return taskRuns.flatMap((taskRun) => {
    const example = exampleOf.get(taskRun.exampleId);
    if (taskRun.error !== null || example === undefined) return [];
    const ofRun = evaluationsOf.get(taskRun.id);
    return [
      {
        example,
        output: taskRun.output as Output,
        taskRun,
        score: (name) => ofRun?.get(name)?.score ?? null,
        label: (name) => ofRun?.get(name)?.label ?? null,
      },
    ];
  });
}
