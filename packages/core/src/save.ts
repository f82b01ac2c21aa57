import pRetry from 'p-retry';
import { AssayError, ConflictError, messageOf } from './errors.ts';
import type { EvaluationRunDraft, TaskRun, TaskRunDraft } from './experiment.ts';
import type { ExperimentStore } from './store.ts';

/**
 * Thrown when finished results could not be saved, although saving was tried again. The results are in `unsaved`, so
 * that nothing that was paid for is lost with the store. The code says why: `unavailable`, `full`, …
 */
export class UnsavedError extends AssayError {
  override readonly name = 'UnsavedError';
  readonly unsaved: { readonly taskRuns: readonly TaskRunDraft[]; readonly evaluationRuns: readonly EvaluationRunDraft[] };

  constructor(cause: unknown, unsaved: UnsavedError['unsaved']) {
    const count = unsaved.taskRuns.length + unsaved.evaluationRuns.length;
    super(
      AssayError.is(cause) ? cause.code : 'unavailable',
      `${count} finished ${count === 1 ? 'result' : 'results'} could not be saved, and ${count === 1 ? 'is' : 'are'} in this error's \`unsaved\`: ${messageOf(cause)}`,
      { cause },
    );
    this.unsaved = unsaved;
  }
}

/** What was saved, or the run that stood there already: another process was faster. */
export interface SavedTaskRun {
  readonly run: TaskRun;
  readonly wasThere: boolean;
}

/** Saves a run; over a success, that success is the result. */
export async function saveTaskRun(store: ExperimentStore, draft: TaskRunDraft): Promise<SavedTaskRun> {
  try {
    return { run: await saving(() => store.saveTaskRun(draft)), wasThere: false };
  } catch (error) {
    if (ConflictError.is(error)) return { run: error.existing as TaskRun, wasThere: true };
    throw error;
  }
}

/** Tries a save again while its store is unavailable: the call behind the record has been paid for. */
export async function saving<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    if (!isPassing(error)) throw error;
    return pRetry(save, { retries: 4, minTimeout: 250, randomize: true, shouldRetry: ({ error: again }) => isPassing(again) });
  }
}

function isPassing(error: unknown): boolean {
  return AssayError.is(error) && error.code === 'unavailable';
}
