import { AssayError, messageOf, needIterable, needObject, storedEvaluationRun, storedTaskRun } from '@assay/core';
import type { DatasetPin, EvaluationRun, EvaluationRunDraft, Experiment, TaskRun, TaskRunDraft } from '@assay/core';
import { type Plain, plain } from '../plain.ts';
import { isNodeId } from './node-id.ts';
import { mapWide } from './lists.ts';
import { refOf } from './client-datasets.ts';
import type { NewExperiment } from './client-experiments.ts';
import type { PhoenixParts } from './store.ts';

/** The outcome of a run that was carried out elsewhere. What is left out is not known; without times, it is now. */
export type LoggedRun = Pick<TaskRunDraft, 'exampleId'> & Partial<Omit<TaskRunDraft, 'exampleId' | 'experimentId'>>;

/** A verdict that was given elsewhere. It is ok, unless there is an `error`. */
export type LoggedEvaluation = Pick<EvaluationRunDraft, 'name'> &
  Partial<Omit<EvaluationRunDraft, 'name' | 'taskRunId' | 'experimentId' | 'exampleId' | 'repetition'>>;

/** A run with its verdicts. What `resultsFromTable` of `@assay/frames` gives is a list of these. */
export interface LoggedResult {
  readonly taskRun: LoggedRun;
  readonly evaluationRuns?: readonly LoggedEvaluation[] | undefined;
}

/** What `log` did. */
export interface LogReport {
  readonly experiment: Plain<Experiment>;
  readonly taskRuns: readonly TaskRun[];
  readonly evaluationRuns: readonly EvaluationRun[];
}

/** Keeping results that were computed elsewhere. */
export function createLogs(
  { datasets, runs }: PhoenixParts,
  create: (experiment: NewExperiment) => Promise<Plain<Experiment>>,
) {
  async function logRun(experimentId: string, run: LoggedRun): Promise<Plain<TaskRun>> {
    return plain(await runs.saveTaskRun(runDraftOf(experimentId, run)));
  }

  async function logEvaluation(taskRun: RunKey, evaluation: LoggedEvaluation): Promise<Plain<EvaluationRun>> {
    return plain(await runs.saveEvaluationRun(evaluationDraftOf(taskRun, evaluation)));
  }

  async function logResult(experimentId: string, { taskRun, evaluationRuns = [] }: LoggedResult) {
    const saved = await runs.saveTaskRun(runDraftOf(experimentId, taskRun));
    const evaluations: EvaluationRun[] = [];
    for (const evaluation of evaluationRuns)
      evaluations.push(await runs.saveEvaluationRun(evaluationDraftOf(saved, evaluation)));
    return { saved, evaluations };
  }

  /** Checks everything before the experiment is created, so that a bad row leaves nothing half done. */
  async function log(
    options: NewExperiment & { readonly runs: Iterable<LoggedResult>; readonly concurrency?: number | undefined },
  ): Promise<LogReport> {
    needObject('what to log as { dataset, name, runs }', options);
    const results = [...needIterable('runs as a list of { taskRun, evaluationRuns }', options.runs)];
    results.forEach(checkShape);
    const repetitions = Math.max(options.repetitions ?? 1, ...results.map(({ taskRun }) => taskRun.repetition ?? 1));
    checkResults(results);
    const { id, versionId, splits } = await datasets.get(refOf(options.dataset), options);
    await checkExamples(id, { datasetId: id, versionId, splits }, results);
    const experiment = await create({ ...options, dataset: { id }, versionId, repetitions });
    try {
      const logged = await mapWide(results, options.concurrency ?? 10, (result) => logResult(experiment.id, result));
      return {
        experiment,
        taskRuns: logged.map(({ saved }) => plain(saved)),
        evaluationRuns: logged.flatMap(({ evaluations }) => evaluations.map(plain)),
      };
    } catch (error) {
      throw AssayError.is(error)
        ? new AssayError(
            error.code,
            `Could not log everything to the experiment ${experiment.id}: ${messageOf(error)}`,
            { cause: error },
          )
        : error;
    }
  }

  async function checkExamples(name: string, pin: DatasetPin, results: readonly LoggedResult[]): Promise<void> {
    const known = new Set<string>();
    for await (const example of datasets.examplesOf(pin)) known.add(example.id);
    const row = results.findIndex(({ taskRun }) => !known.has(taskRun.exampleId));
    if (row !== -1)
      throw new AssayError(
        'invalid-input',
        `Row ${row + 1}: the dataset ${name} has no example ${JSON.stringify(results[row]?.taskRun.exampleId)}`,
      );
  }

  return { log, logRun, logEvaluation };
}

type RunKey = Pick<TaskRun, 'id' | 'experimentId' | 'exampleId' | 'repetition'>;

/** @throws AssayError `invalid-input` with the row: what is no run with its verdicts is not read any further. */
function checkShape(result: LoggedResult, index: number): void {
  const { taskRun, evaluationRuns = [] } = needObject(
    `row ${index + 1} as { taskRun, evaluationRuns }, as resultsFromTable gives them`,
    result,
  );
  needObject(`the taskRun of row ${index + 1} as an object`, taskRun);
  for (const run of needIterable(`the evaluationRuns of row ${index + 1} as a list`, evaluationRuns))
    needObject(`each evaluation of row ${index + 1} as an object`, run);
}

/** @throws AssayError `invalid-input` with the row, which counts from 1. */
function checkResults(results: readonly LoggedResult[]): void {
  const rows = new Map<string, number>();
  results.forEach(({ taskRun, evaluationRuns = [] }, index) => {
    const key = JSON.stringify([taskRun.exampleId, taskRun.repetition ?? 1]);
    const first = rows.get(key);
    if (first !== undefined)
      throw new AssayError(
        'invalid-input',
        `Expected one result for each example and repetition, got rows ${first} and ${index + 1} for ${taskRun.exampleId}`,
      );
    rows.set(key, index + 1);
    try {
      storedTaskRun(runDraftOf('', taskRun));
      for (const evaluation of evaluationRuns)
        storedEvaluationRun(evaluationDraftOf({ id: '', experimentId: '', exampleId: '', repetition: 1 }, evaluation));
    } catch (error) {
      throw new AssayError('invalid-input', `Row ${index + 1}: ${messageOf(error)}`, { cause: error });
    }
  });
}

function runDraftOf(experimentId: string, run: LoggedRun): TaskRunDraft {
  const { startedAt, endedAt } = timesOf(needObject('a run to log as { exampleId, output, … }', run));
  return {
    experimentId,
    exampleId: run.exampleId,
    repetition: run.repetition ?? 1,
    output: run.output ?? null,
    error: run.error ?? null,
    attempts: run.attempts ?? 1,
    startedAt,
    endedAt,
    latencyMs: run.latencyMs ?? null,
    waitMs: run.waitMs ?? null,
    traceId: run.traceId ?? null,
    usage: run.usage ?? null,
  };
}

function evaluationDraftOf(taskRun: RunKey, evaluation: LoggedEvaluation): EvaluationRunDraft {
  needObject('the task run of an evaluation as { id, exampleId, … }', taskRun);
  const {
    error = null,
    score = null,
    label = null,
    explanation = null,
  } = needObject('an evaluation to log as { name, score, … }', evaluation);
  if (!isNodeId('ExperimentRun', taskRun.id) && taskRun.id !== '')
    throw new AssayError('not-found', `No task run has the id ${JSON.stringify(taskRun.id)}`);
  if (error === null && score === null && label === null && explanation === null) {
    throw new AssayError(
      'invalid-input',
      `Expected the evaluation ${evaluation.name} to have a score, a label, an explanation or an error, got none`,
    );
  }
  return {
    taskRunId: taskRun.id,
    experimentId: taskRun.experimentId,
    exampleId: taskRun.exampleId,
    repetition: taskRun.repetition,
    name: evaluation.name,
    kind: evaluation.kind ?? 'CODE',
    direction: evaluation.direction ?? 'maximize',
    status: evaluation.status ?? (error === null ? 'ok' : 'failed'),
    score,
    label,
    explanation,
    metadata: evaluation.metadata ?? {},
    error,
    attempts: evaluation.attempts ?? 1,
    ...timesOf(evaluation),
    latencyMs: evaluation.latencyMs ?? null,
    waitMs: evaluation.waitMs ?? null,
    traceId: evaluation.traceId ?? null,
    usage: evaluation.usage ?? null,
  };
}

/** A latency that is known gives the time that is not. */
function timesOf({
  startedAt,
  endedAt,
  latencyMs,
}: {
  readonly startedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
  readonly latencyMs?: number | null | undefined;
}) {
  const end = endedAt ?? (startedAt === undefined ? new Date() : new Date(startedAt.getTime() + (latencyMs ?? 0)));
  return { startedAt: startedAt ?? new Date(end.getTime() - (latencyMs ?? 0)), endedAt: end };
}
