import type { Call } from './attempt.ts';
import { copyOf } from './copy.ts';
import type { Example } from './dataset.ts';
import type { EvaluatorParams } from './evaluator.ts';
import type { Experiment, TaskRun } from './experiment.ts';
import type { TaskParams } from './task.ts';

/** What users' functions learn of the experiment. */
export type ExperimentContext = Pick<Experiment, 'id' | 'name' | 'metadata'>;

/** What a task is called with. */
export function taskParams(
  original: Example,
  repetition: number,
  call: Call,
  experiment: ExperimentContext,
): TaskParams<Example> {
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
    signal: call.signal,
  };
}

/** What an evaluator is called with. The output is the saved one, so that a resume judges the same. */
export function evaluatorParams(
  original: Example,
  run: TaskRun,
  call: Call,
  experiment: ExperimentContext,
): EvaluatorParams<Example, unknown> {
  const example = copyOf(original);
  const { input, expected, metadata } = example;
  const output = copyOf(run.output);
  // Dates can be changed too.
  const taskRun = {
    ...run,
    output,
    startedAt: new Date(run.startedAt),
    endedAt: new Date(run.endedAt),
    usage: copyOf(run.usage),
  };
  return {
    input,
    expected,
    reference: expected,
    metadata,
    example,
    output,
    taskRun,
    traceId: run.traceId,
    repetition: run.repetition,
    attempt: call.attempt,
    experiment,
    reportUsage: call.reportUsage,
    signal: call.signal,
  };
}
