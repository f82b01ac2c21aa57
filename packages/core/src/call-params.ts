import type { Call } from './attempt.ts';
import { copyOf } from './copy.ts';
import type { Example } from './dataset.ts';
import type { EvaluatorParams } from './evaluator.ts';
import type { Experiment, TaskRun } from './experiment.ts';
import type { TaskParams } from './task.ts';

/** What users' functions learn of the experiment. */
export type ExperimentContext = Pick<Experiment, 'id' | 'name' | 'metadata'>;

/** What a task is called with. The signal is made when it is looked at. */
export function taskParams(original: Example, repetition: number, call: Call, experiment: ExperimentContext): TaskParams<Example> {
  const example = copyOf(original);
  const { input, expected, metadata } = example;
  return {
    input,
    expected,
    metadata,
    example,
    repetition,
    attempt: call.attempt,
    experiment,
    reportUsage: call.reportUsage,
    get signal() {
      return call.signal;
    },
  };
}

/** What an evaluator is called with. The output is the saved one, so that a resume judges the same. */
export function evaluatorParams(original: Example, run: TaskRun, call: Call, experiment: ExperimentContext): EvaluatorParams<Example, unknown> {
  const example = copyOf(original);
  const { input, expected, metadata } = example;
  const { startedAt, endedAt, usage } = run;
  const taskRun = { ...run, output: copyOf(run.output), startedAt: new Date(startedAt), endedAt: new Date(endedAt), usage: copyOf(usage) };
  return {
    input,
    expected,
    reference: expected,
    metadata,
    example,
    output: taskRun.output,
    taskRun,
    traceId: run.traceId,
    repetition: run.repetition,
    attempt: call.attempt,
    experiment,
    reportUsage: call.reportUsage,
    get signal() {
      return call.signal;
    },
  };
}
