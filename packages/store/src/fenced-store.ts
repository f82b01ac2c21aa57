import { ConflictError, evaluationRunOf, partsKey, storedEvaluationRun, storedTaskRun, taskRunOf } from '@assay/core';
import type { ExperimentStore, TaskRun, TaskRunDraft } from '@assay/core';
import type { Connection } from './connection.ts';
import { globalId, rowOf } from './global-id.ts';
import type { Fenced, FenceOptions } from './job-store.ts';
import { evaluationRunFromRow, evaluationRunToRow, microseconds, taskRunFromRow, taskRunToRow } from './rows.ts';

/**
 * The same store for whoever carries out a job: its saves are counted with the job, and those that come too late are kept
 * only if they are a success where nothing better stands. A record that is dropped comes back without an id.
 */
export function createFenced(store: ExperimentStore, { call }: Connection): Fenced {
  return ({ experimentId, token, holder, evaluatorNames, onDropped = () => {} }) => {
    const fence = { experimentId: rowOf('Experiment', experimentId, 'experiment'), token, writer: holder };

    async function saveTaskRun(draft: TaskRunDraft): Promise<TaskRun> {
      const run = storedTaskRun(draft);
      const saved = await call('saveFencedTaskRun', fence, taskRunToRow(draft.experimentId, run), now());
      if ('id' in saved) return taskRunOf(globalId('ExperimentRun', saved.id), draft.experimentId, run);
      if ('dropped' in saved) {
        onDropped(`the failed run of example ${run.exampleId}, repetition ${run.repetition}`);
        return taskRunOf('', draft.experimentId, run);
      }
      throw new ConflictError(
        `Example ${run.exampleId} has a result for repetition ${run.repetition}, which is final`,
        taskRunFromRow(saved.standing),
      );
    }

    return {
      ...store,
      // What a store gives back of an output is what JSON made of it, and its type is the caller's word.
      saveTaskRun: async <Output>(draft: TaskRunDraft<Output>) => (await saveTaskRun(draft)) as TaskRun<Output>,

      saveEvaluationRun: async (draft) => {
        const run = storedEvaluationRun(draft);
        const isCounted = standsForEvaluator(draft, evaluatorNames);
        const saved = await call('saveFencedEvaluationRun', fence, evaluationRunToRow(run), now(), isCounted);
        if ('standing' in saved) return evaluationRunFromRow(saved.standing);
        if ('id' in saved) return evaluationRunOf(globalId('ExperimentEvaluation', saved.id), draft, run);
        onDropped(`the failed evaluation ${run.name} of the task run ${run.taskRunId}`);
        return evaluationRunOf('', draft, run);
      },
    };
  };
}

/** Of several results of one evaluator only the first stands for it. */
function standsForEvaluator(
  { name, metadata }: { readonly name: string; readonly metadata: Readonly<Record<string, unknown>> },
  evaluatorNames: FenceOptions['evaluatorNames'],
): boolean {
  const parts: unknown = metadata[partsKey];
  if (!Array.isArray(parts)) return evaluatorNames.includes(name);
  return evaluatorNames.some((evaluator) => name === `${evaluator}/${String(parts[0])}`);
}

function now(): number {
  return microseconds(Date.now());
}
