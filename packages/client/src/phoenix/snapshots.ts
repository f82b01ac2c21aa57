import type { EvaluationRun, TaskRun } from '@assay/core';
import type { Transport } from '../transport.ts';
import type { WireRecord } from '../wire/experiment.ts';
import type { ExperimentApi } from './api-experiments.ts';
import type { ExperimentHandle, Handles } from './handles.ts';
import { evaluationFromWire, taskRunFromWire } from './records.ts';
import { isBefore } from './version.ts';

/** What is on record for an experiment, by task run id. */
export interface Snapshot {
  readonly takenAt: number;
  readonly taskRuns: Map<string, TaskRun>;
  readonly evaluations: Map<string, Map<string, EvaluationRun>>;
}

/** Milliseconds for which a page of examples is answered from what was read for the page before. */
const freshMs = 10_000;

/**
 * Phoenix lists the runs and the evaluations of a whole experiment only. A resume asks for them page by page, 200
 * examples at a time: without a memory of some seconds it would read everything once a page.
 */
export function createSnapshots(
  api: ExperimentApi,
  handles: Handles,
  transport: Transport,
  now: () => number = Date.now,
) {
  const kept = new Map<string, Promise<Snapshot>>();

  async function take(experimentId: string): Promise<Snapshot> {
    const handle = await handles.open(experimentId);
    const takenAt = now();
    const [taskRuns, records] = await Promise.all([runsOf(handle), api.records(experimentId)]);
    const bySlot = new Map(
      [...taskRuns.values()].map((run) => [
        slotOf(handle.nodeIdOf(run.exampleId) ?? run.exampleId, run.repetition),
        run,
      ]),
    );
    const evaluations = new Map<string, Map<string, EvaluationRun>>();
    const keepsStale = isBefore(transport.serverVersion(), 20, 26);
    for (const record of records) {
      const run = bySlot.get(slotOf(record.example_id, record.repetition_number));
      if (run) evaluations.set(run.id, evaluationsOf(record, run, keepsStale));
    }
    return { takenAt, taskRuns, evaluations };
  }

  async function runsOf(handle: ExperimentHandle): Promise<Map<string, TaskRun>> {
    const runs = new Map<string, TaskRun>();
    for await (const page of api.runPages(handle.experiment.id)) {
      for (const run of page)
        runs.set(run.id, taskRunFromWire(run, handle.exampleIdOf(run.dataset_example_id) ?? run.dataset_example_id));
    }
    return runs;
  }

  return {
    /** What is on record now. */
    async fresh(experimentId: string): Promise<Snapshot> {
      const taking = take(experimentId);
      kept.set(experimentId, taking);
      taking.catch(() => kept.delete(experimentId));
      return taking;
    },
    /** What was on record at most ten seconds ago, and what this store has saved since. */
    async recent(experimentId: string): Promise<Snapshot> {
      const known = await kept.get(experimentId)?.catch(() => undefined);
      if (known && now() - known.takenAt < freshMs) return known;
      kept.delete(experimentId);
      return this.fresh(experimentId);
    },
    async addTaskRun(run: TaskRun): Promise<void> {
      const snapshot = await kept.get(run.experimentId)?.catch(() => undefined);
      if (snapshot === undefined) return;
      snapshot.taskRuns.set(run.id, run);
      const evaluations = snapshot.evaluations.get(run.id);
      for (const [name, { kind }] of evaluations ?? []) if (kind !== 'HUMAN') evaluations?.delete(name);
    },
    async addEvaluation(evaluation: EvaluationRun): Promise<void> {
      const snapshot = await kept.get(evaluation.experimentId)?.catch(() => undefined);
      if (snapshot === undefined) return;
      const ofRun = snapshot.evaluations.get(evaluation.taskRunId) ?? new Map<string, EvaluationRun>();
      snapshot.evaluations.set(evaluation.taskRunId, ofRun.set(evaluation.name, evaluation));
    },
    forget: (experimentId: string) => void kept.delete(experimentId),
    forgetAll: () => kept.clear(),
  };
}

export type Snapshots = ReturnType<typeof createSnapshots>;

/**
 * @param keepsStale - Whether the server keeps the verdicts on a failed run when it is saved over, as Phoenix did
 * before 20.26. They are of an older output: begun before the run that stands.
 */
function evaluationsOf(record: WireRecord, run: TaskRun, keepsStale: boolean): Map<string, EvaluationRun> {
  const evaluations = record.annotations.map((annotation) => evaluationFromWire(annotation, run));
  const current = evaluations.filter(
    ({ kind, startedAt }) => !keepsStale || kind === 'HUMAN' || startedAt >= run.startedAt,
  );
  return new Map(current.map((evaluation) => [evaluation.name, evaluation]));
}

function slotOf(nodeId: string, repetition: number): string {
  return `${repetition} ${nodeId}`;
}
