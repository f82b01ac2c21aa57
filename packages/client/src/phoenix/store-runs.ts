import {
  type Annotation,
  AssayError,
  ConflictError,
  evaluationOfAnnotation,
  type EvaluationRun,
  type EvaluationRunDraft,
  evaluationRunOf,
  needIterable,
  storedEvaluationRun,
  storedTaskRun,
  type StoredTaskRun,
  type TaskRun,
  type TaskRunDraft,
} from '@assay/core';
import { hasStatus, HttpError } from '../http-error.ts';
import { wireInstant } from '../wire/instant.ts';
import { metadataKeys } from '../wire/metadata.ts';
import type { JsonObject } from '../wire/value.ts';
import type { ExperimentApi } from './api-experiments.ts';
import type { ExperimentHandle, Handles } from './handles.ts';
import { mapWide } from './lists.ts';
import { checkNodeId, isNodeId } from './node-id.ts';
import { evaluationIdOf, evaluationToWire, taskRunFromWire, taskRunToWire } from './records.ts';
import type { Snapshots } from './snapshots.ts';

type Of = { readonly exampleIds: readonly string[] } | undefined;

/** The task runs and evaluation runs of a Phoenix server, as a `Catalog` has them. */
export function createPhoenixRuns(api: ExperimentApi, handles: Handles, snapshots: Snapshots) {
  async function saveTaskRun<Output>(draft: TaskRunDraft<Output>): Promise<TaskRun<Output>> {
    const run = storedTaskRun(draft);
    const handle = await handles.open(draft.experimentId);
    const nodeId = handle.nodeIdOf(run.exampleId);
    const { repetitions } = handle.experiment;
    if (nodeId === undefined)
      throw new AssayError('not-found', `Experiment ${draft.experimentId} has no example ${run.exampleId}`);
    // Phoenix takes any repetition, and counts its missing runs below zero then.
    if (run.repetition > repetitions)
      throw new AssayError('invalid-input', `Expected repetition to be at most ${repetitions}, got ${run.repetition}`);
    const body = taskRunToWire(run, nodeId);
    try {
      const { id, metadata } = await postRun(draft.experimentId, run, body);
      const saved = recordOf(handle, run, nodeId, id, metadata ?? null);
      await snapshots.addTaskRun(saved);
      return saved as TaskRun<Output>;
    } catch (error) {
      if (HttpError.is(error) && error.status === 409)
        return (await standingOf(handle, run, nodeId, error.attempts > 1)) as TaskRun<Output>;
      if (hasStatus(error, 404, 422, 500) && (await handles.isGone(draft.experimentId)))
        throw gone(draft.experimentId, error);
      throw error;
    }
  }

  /** A clock that steps back must not make a save fail on a server that refuses an end before its start. */
  async function postRun(experimentId: string, run: StoredTaskRun, body: JsonObject) {
    try {
      return await api.saveRun(experimentId, body);
    } catch (error) {
      if (run.endedAt >= run.startedAt || !hasStatus(error, 422)) throw error;
      const metadata = {
        ...(body['metadata'] as JsonObject),
        [metadataKeys.endedAt]: wireInstant(new Date(run.endedAt)),
      };
      return api.saveRun(experimentId, { ...body, end_time: body['start_time'], metadata });
    }
  }

  /** The run as a list will have it: with what the server has kept of it. */
  function recordOf(
    { experiment }: ExperimentHandle,
    run: StoredTaskRun,
    nodeId: string,
    id: string,
    metadata: JsonObject | null,
  ): TaskRun {
    return taskRunFromWire(
      {
        id,
        experiment_id: experiment.id,
        dataset_example_id: nodeId,
        repetition_number: run.repetition,
        output: JSON.parse(run.output),
        error: run.error,
        start_time: new Date(run.startedAt),
        end_time: new Date(run.endedAt),
        trace_id: run.traceId,
        metadata,
      },
      run.exampleId,
    );
  }

  /** The success that stands in the slot: our own, when an answer was lost and the request repeated. @throws ConflictError. */
  async function standingOf(
    handle: ExperimentHandle,
    run: StoredTaskRun,
    nodeId: string,
    wasRepeated: boolean,
  ): Promise<TaskRun> {
    for await (const page of api.runPages(handle.experiment.id)) {
      const found = page.find(
        ({ dataset_example_id, repetition_number }) =>
          dataset_example_id === nodeId && repetition_number === run.repetition,
      );
      if (found === undefined) continue;
      const standing = taskRunFromWire(found, run.exampleId);
      if (wasRepeated && isSame(standing, run)) return standing;
      throw new ConflictError(
        `Example ${run.exampleId} has a result for repetition ${run.repetition}, which is final`,
        standing,
      );
    }
    throw new AssayError('not-found', `No experiment has the id ${handle.experiment.id}`);
  }

  async function saveEvaluationRun(draft: EvaluationRunDraft): Promise<EvaluationRun> {
    const run = storedEvaluationRun(draft);
    checkNodeId('ExperimentRun', run.taskRunId);
    if (run.status === 'failed') {
      const standing = await successOf(draft.experimentId, run.taskRunId, run.name);
      if (standing) return standing;
    }
    try {
      await api.saveEvaluation(evaluationToWire(run));
    } catch (error) {
      if (hasStatus(error, 404, 422, 500) && !(await hasRun(draft.experimentId, run.taskRunId))) {
        throw new AssayError('not-found', `No task run has the id ${run.taskRunId}`, { cause: error });
      }
      throw error;
    }
    const saved = evaluationRunOf(evaluationIdOf(run.taskRunId, run.name), draft, run);
    await snapshots.addEvaluation(saved);
    return saved;
  }

  /** The successful evaluation of this name that stands, which a failure must not replace. */
  async function successOf(experimentId: string, taskRunId: string, name: string): Promise<EvaluationRun | undefined> {
    if (!isNodeId('Experiment', experimentId) || (await api.lacksEvaluation(experimentId, taskRunId, name)))
      return undefined;
    const { evaluations } = await snapshots.fresh(experimentId);
    const standing = evaluations.get(taskRunId)?.get(name);
    return standing?.status === 'failed' ? undefined : standing;
  }

  async function hasRun(experimentId: string, taskRunId: string): Promise<boolean> {
    if (!isNodeId('Experiment', experimentId)) return false;
    for await (const page of api.runPages(experimentId)) if (page.some(({ id }) => id === taskRunId)) return true;
    return false;
  }

  async function* listTaskRuns(experimentId: string, of: Of): AsyncGenerator<TaskRun, void, undefined> {
    const handle = await handles.open(experimentId);
    if (of) {
      const wanted = new Set(of.exampleIds);
      const { taskRuns } =
        wanted.size === 0 ? { taskRuns: new Map<string, TaskRun>() } : await snapshots.recent(experimentId);
      for (const run of taskRuns.values()) if (wanted.has(run.exampleId)) yield structuredClone(run);
      return;
    }
    // Whoever asks for everything begins anew, as a resume does, and so do the pages that follow.
    snapshots.forget(experimentId);
    let isEmpty = true;
    for await (const page of api.runPages(experimentId)) {
      for (const run of page) {
        isEmpty = false;
        yield taskRunFromWire(run, handle.exampleIdOf(run.dataset_example_id) ?? run.dataset_example_id);
      }
    }
    // Phoenix lists nothing for an experiment that is gone.
    if (isEmpty && (await handles.isGone(experimentId))) throw gone(experimentId);
  }

  async function* listEvaluationRuns(experimentId: string, of: Of): AsyncGenerator<EvaluationRun, void, undefined> {
    await handles.open(experimentId);
    if (of && of.exampleIds.length === 0) return;
    const wanted = of && new Set(of.exampleIds);
    const { taskRuns, evaluations } = await (wanted ? snapshots.recent(experimentId) : snapshots.fresh(experimentId));
    if (taskRuns.size === 0 && (await handles.isGone(experimentId))) throw gone(experimentId);
    for (const ofRun of evaluations.values()) {
      for (const evaluation of ofRun.values())
        if (!wanted || wanted.has(evaluation.exampleId)) yield structuredClone(evaluation);
    }
  }

  async function annotateRuns(experimentId: string, given: readonly Annotation[]) {
    const annotations = [...needIterable('annotations as a list', given)];
    await handles.open(experimentId);
    const { taskRuns, evaluations } = await snapshots.fresh(experimentId);
    if (taskRuns.size === 0 && (await handles.isGone(experimentId))) throw gone(experimentId);
    const now = new Date();
    const known = annotations.filter(({ taskRunId }) => taskRuns.has(taskRunId));
    const drafts = known.map((annotation) => {
      const { exampleId, repetition } = taskRuns.get(annotation.taskRunId)!;
      const draft = evaluationOfAnnotation(
        annotation,
        { taskRunId: annotation.taskRunId, experimentId, exampleId, repetition },
        now,
      );
      // A person who corrects a judge says nothing of which scores are better.
      const direction = evaluations.get(annotation.taskRunId)?.get(draft.name.trim())?.direction ?? draft.direction;
      return { ...draft, direction };
    });
    // All are checked before the first is sent.
    for (const draft of drafts) storedEvaluationRun(draft);
    return {
      saved: await mapWide(drafts, 8, saveEvaluationRun),
      unknownTaskRunIds: annotations
        .filter(({ taskRunId }) => !taskRuns.has(taskRunId))
        .map(({ taskRunId }) => taskRunId),
    };
  }

  return { saveTaskRun, saveEvaluationRun, listTaskRuns, listEvaluationRuns, annotateRuns };
}

function isSame(standing: TaskRun, run: StoredTaskRun): boolean {
  const isSameOutput = JSON.stringify(standing.output) === run.output;
  return isSameOutput && standing.startedAt.getTime() === run.startedAt && standing.endedAt.getTime() === run.endedAt;
}

function gone(experimentId: string, cause?: unknown): AssayError {
  return new AssayError('not-found', `No experiment has the id ${experimentId}`, { cause });
}
