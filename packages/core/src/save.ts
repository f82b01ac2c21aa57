import pRetry from 'p-retry';
import { AssayError, messageOf } from './errors.ts';
import type { EvaluationRunDraft, TaskRunDraft } from './experiment.ts';

/**
 * Thrown when finished results could not be saved, although saving was tried again. The results are in `unsaved`, so
 * that nothing that was paid for is lost with the store. The code says why: `unavailable`, `full`, …
 */
export class UnsavedError extends AssayError {
  override readonly name = 'UnsavedError';
  readonly unsaved: {
    readonly taskRuns: readonly TaskRunDraft[];
    readonly evaluationRuns: readonly EvaluationRunDraft[];
  };

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

/** Tries a save again while its store is unavailable: the call behind the record has been paid for. @throws the error of another kind. */
export async function retriedSave<T>(error: unknown, save: () => Promise<T>): Promise<T> {
  if (!isPassing(error)) throw error;
  return pRetry(save, {
    retries: 4,
    minTimeout: 250,
    randomize: true,
    shouldRetry: ({ error: again }) => isPassing(again),
  });
}

/** Saves, and tries again while the store is unavailable. */
export async function saving<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    return retriedSave(error, save);
  }
}

function isPassing(error: unknown): boolean {
  return AssayError.is(error) && error.code === 'unavailable';
}
