import { ConflictError, AssayError } from './errors.ts';
import { needObject } from './given.ts';
import type { Annotation, EvaluationRun, EvaluationRunDraft, TaskRun, TaskRunDraft } from './experiment.ts';
import type { MemoryDataset, MemoryExample } from './memory-datasets.ts';
import type { SupersededRecord } from './store.ts';
import { evaluationRunOf, storedEvaluationRun, storedTaskRun, taskRunOf } from './stored-record.ts';
import type { StoredEvaluationRun, StoredTaskRun } from './stored-record.ts';

/** An experiment as the memory store holds it, with its runs. */
export interface MemoryExperiment {
  readonly id: string;
  readonly dataset: MemoryDataset;
  readonly datasetVersionId: string;
  readonly splits: readonly string[] | null;
  readonly repetitions: number;
  readonly createdAt: number;
  name: string;
  description: string | null;
  /** JSON. */
  metadata: string;
  /** Fixed when it was created, in dataset order. */
  readonly examples: ReadonlyMap<string, MemoryExample>;
  /** The runs of each example, by repetition: the first is at 1. */
  readonly runs: Map<string, (MemoryRun | undefined)[]>;
  /** Oldest first. */
  readonly superseded: SupersededRecord[];
}

interface MemoryRun {
  readonly id: string;
  readonly experiment: MemoryExperiment;
  run: StoredTaskRun;
  /** By name. Most runs have few, and a run without any needs no map. */
  evaluations: Map<string, { readonly id: string; readonly run: StoredEvaluationRun }> | null;
}

/** The task runs and evaluation runs of a memory store. */
export function createMemoryRuns(newId: (type: string) => string) {
  const byId = new Map<string, MemoryRun>();

  function saveTaskRun(experiment: MemoryExperiment, draft: TaskRunDraft): TaskRun {
    const run = storedTaskRun(draft);
    if (!experiment.examples.has(run.exampleId)) {
      throw new AssayError('not-found', `Experiment ${experiment.id} has no example ${run.exampleId}`);
    }
    if (run.repetition > experiment.repetitions) {
      throw new AssayError(
        'invalid-input',
        `Expected repetition to be at most ${experiment.repetitions}, got ${run.repetition}`,
      );
    }
    const ofExample = experiment.runs.get(run.exampleId) ?? [];
    experiment.runs.set(run.exampleId, ofExample);
    const standing = ofExample[run.repetition];
    if (!standing)
      return recordOf((ofExample[run.repetition] = add({ id: newId('run'), experiment, run, evaluations: null })));
    if (standing.run.error === null) {
      throw new ConflictError(
        `Example ${run.exampleId} has a result for repetition ${run.repetition}, which is final`,
        recordOf(standing),
      );
    }
    supersede(experiment, { kind: 'task-run', record: recordOf(standing) });
    standing.run = run;
    for (const [name, evaluation] of standing.evaluations ?? []) {
      if (evaluation.run.kind === 'HUMAN') continue;
      const record = evaluationRunOf(evaluation.id, taskRunKey(standing), evaluation.run);
      supersede(experiment, { kind: 'evaluation-run', record });
      standing.evaluations?.delete(name);
    }
    return recordOf(standing);
  }

  function saveEvaluationRun(draft: EvaluationRunDraft): EvaluationRun {
    const run = storedEvaluationRun(draft);
    const taskRun = byId.get(run.taskRunId);
    if (!taskRun) throw new AssayError('not-found', `No task run has the id ${run.taskRunId}`);
    const standing = taskRun.evaluations?.get(run.name);
    if (standing && run.status === 'failed' && standing.run.status !== 'failed')
      return evaluationRunOf(standing.id, taskRunKey(taskRun), standing.run);
    return place(taskRun, run);
  }

  function annotate(experiment: MemoryExperiment, annotations: readonly Annotation[], now: Date) {
    const known = annotations.filter(({ taskRunId }) => byId.get(taskRunId)?.experiment === experiment);
    const checked = known.map((annotation) => {
      const taskRun = byId.get(annotation.taskRunId)!;
      const run = storedEvaluationRun(evaluationOfAnnotation(annotation, taskRunKey(taskRun), now));
      // A person who corrects a judge says nothing of which scores are better.
      const direction = taskRun.evaluations?.get(run.name)?.run.direction ?? run.direction;
      return { taskRun, run: { ...run, direction } };
    });
    return {
      saved: checked.map(({ taskRun, run }) => place(taskRun, run)),
      unknownTaskRunIds: annotations
        .filter((annotation) => !known.includes(annotation))
        .map(({ taskRunId }) => taskRunId),
    };
  }

  function place(taskRun: MemoryRun, run: StoredEvaluationRun): EvaluationRun {
    taskRun.evaluations ??= new Map();
    const standing = taskRun.evaluations.get(run.name);
    if (standing !== undefined) {
      const record = evaluationRunOf(standing.id, taskRunKey(taskRun), standing.run);
      supersede(taskRun.experiment, { kind: 'evaluation-run', record });
    }
    const id = standing?.id ?? newId('evaluation');
    taskRun.evaluations.set(run.name, { id, run });
    return evaluationRunOf(id, taskRunKey(taskRun), run);
  }

  function add(run: MemoryRun): MemoryRun {
    byId.set(run.id, run);
    return run;
  }

  /** Forgets the runs of an experiment that is deleted. */
  function forget(experiment: MemoryExperiment): void {
    for (const run of runsOf(experiment)) byId.delete(run.id);
  }

  return { saveTaskRun, saveEvaluationRun, annotate, forget };
}

/** The task runs of an experiment, or of the given examples. */
export function* taskRunsOf(experiment: MemoryExperiment, exampleIds?: readonly string[]): Iterable<TaskRun> {
  for (const run of runsOf(experiment, exampleIds)) yield recordOf(run);
}

/** The evaluation runs of an experiment, or of the given examples. */
export function* evaluationRunsOf(
  experiment: MemoryExperiment,
  exampleIds?: readonly string[],
): Iterable<EvaluationRun> {
  for (const taskRun of runsOf(experiment, exampleIds)) {
    for (const { id, run } of taskRun.evaluations?.values() ?? []) yield evaluationRunOf(id, taskRunKey(taskRun), run);
  }
}

/** The evaluation run that an annotation is. @throws AssayError `invalid-input` when it says nothing. */
export function evaluationOfAnnotation(
  annotation: Annotation,
  of: {
    readonly taskRunId: string;
    readonly experimentId: string;
    readonly exampleId: string;
    readonly repetition: number;
  },
  now: Date,
): EvaluationRunDraft {
  const {
    name,
    kind = 'HUMAN',
    score = null,
    label = null,
    explanation = null,
    metadata = {},
  } = needObject('an annotation as an object', annotation);
  if (score === null && label === null && explanation === null) {
    throw new AssayError(
      'invalid-input',
      `Expected annotation ${name} to have a score, a label or an explanation, got none`,
    );
  }
  return {
    ...of,
    name,
    kind,
    direction: 'maximize',
    status: 'ok',
    score,
    label,
    explanation,
    metadata,
    error: null,
    attempts: 1,
    startedAt: now,
    endedAt: now,
    latencyMs: null,
    waitMs: null,
    traceId: null,
    usage: null,
  };
}

function* runsOf(
  experiment: MemoryExperiment,
  exampleIds: Iterable<string> = experiment.runs.keys(),
): Iterable<MemoryRun> {
  for (const id of new Set(exampleIds)) {
    for (const run of experiment.runs.get(id) ?? []) if (run) yield run;
  }
}

type Replaced =
  | { readonly kind: 'task-run'; readonly record: TaskRun }
  | { readonly kind: 'evaluation-run'; readonly record: EvaluationRun };

function supersede({ superseded }: MemoryExperiment, replaced: Replaced): void {
  superseded.push({ supersededAt: new Date(), epoch: null, ...replaced });
}

function recordOf({ id, experiment, run }: MemoryRun): TaskRun {
  return taskRunOf(id, experiment.id, run);
}

function taskRunKey({ id, experiment, run }: MemoryRun) {
  return { taskRunId: id, experimentId: experiment.id, exampleId: run.exampleId, repetition: run.repetition };
}
