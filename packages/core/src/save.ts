import pRetry from 'p-retry';
import { AssayError, ConflictError, messageOf } from './errors.ts';
import type { EvaluationRun, EvaluationRunDraft, TaskRun, TaskRunDraft } from './experiment.ts';
import { Stopped, type StopSwitch } from './stop.ts';
import type { ExperimentStore } from './store.ts';

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

/** Saves, and tries again while the store is unavailable. */
export async function saving<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    return savedLater(error, save);
  }
}

/** Hears of saved records: before they stop to count as in flight. */
export interface SaveListener {
  readonly taskRunSaved: (run: TaskRun) => void;
  readonly evaluationSaved: (evaluation: EvaluationRun) => void;
  /** A save has ended, either way. */
  readonly changed: () => void;
}

/** Saves the records of a run. One that the store cannot take stops the run, and is kept for the error it ends with. */
export class Records {
  readonly #store: ExperimentStore;
  readonly #stop: StopSwitch;
  readonly #listener: SaveListener;
  readonly #unsaved = { taskRuns: [] as TaskRunDraft[], evaluationRuns: [] as EvaluationRunDraft[] };
  #failure: unknown;
  #saving = 0;

  constructor(store: ExperimentStore, stop: StopSwitch, listener: SaveListener) {
    this.#store = store;
    this.#stop = stop;
    this.#listener = listener;
  }

  /** Records that await their durable write. */
  get saving(): number {
    return this.#saving;
  }

  /** What could not be saved; `undefined` when everything was. */
  get failure(): UnsavedError | undefined {
    return this.#failure === undefined ? undefined : new UnsavedError(this.#failure, this.#unsaved);
  }

  /** Saves a run; over a success, which another process was faster to save, that success is the result. @throws Stopped. */
  async taskRun(draft: TaskRunDraft): Promise<{ readonly run: TaskRun; readonly wasThere: boolean }> {
    let wasThere = false;
    const run = await this.#save(draft, this.#unsaved.taskRuns, this.#listener.taskRunSaved, {
      write: (record) => this.#store.saveTaskRun(record),
      refused: (record, reason) => ({ ...record, output: null, error: reason }),
      standing: (error) => {
        if (!ConflictError.is(error)) return undefined;
        wasThere = true;
        return error.existing as TaskRun;
      },
    });
    return { run, wasThere };
  }

  /** @throws Stopped. */
  evaluation(draft: EvaluationRunDraft): Promise<EvaluationRun> {
    return this.#save(draft, this.#unsaved.evaluationRuns, this.#listener.evaluationSaved, {
      write: (record) => this.#store.saveEvaluationRun(record),
      refused: (record, reason) => ({
        ...record,
        status: 'failed' as const,
        score: null,
        label: null,
        explanation: null,
        metadata: {},
        error: reason,
      }),
      standing: () => undefined,
    });
  }

  async #save<Draft, Saved>(
    draft: Draft,
    unsaved: Draft[],
    tell: (saved: Saved) => void,
    how: Saving<Draft, Saved>,
  ): Promise<Saved> {
    this.#saving += 1;
    try {
      let saved: Saved;
      try {
        saved = await how.write(draft);
      } catch (error) {
        saved = how.standing(error) ?? (await saveAgain(error, draft, how));
      }
      tell(saved);
      return saved;
    } catch (error) {
      unsaved.push(draft);
      this.#failure ??= error;
      this.#stop.stop('error');
      throw new Stopped('A record could not be saved');
    } finally {
      this.#saving -= 1;
      this.#listener.changed();
    }
  }
}

interface Saving<Draft, Saved> {
  readonly write: (draft: Draft) => Promise<Saved>;
  /** The record of a failure that stands for one that the store refuses: it fails its own run only. */
  readonly refused: (draft: Draft, reason: string) => Draft;
  /** What stands in the store already, by its error; `undefined` when the error says nothing of the kind. */
  readonly standing: (error: unknown) => Saved | undefined;
}

async function saveAgain<Draft, Saved>(
  error: unknown,
  draft: Draft,
  { write, refused, standing }: Saving<Draft, Saved>,
): Promise<Saved> {
  if (AssayError.is(error) && error.code === 'invalid-input') return write(refused(draft, messageOf(error)));
  try {
    return await savedLater(error, () => write(draft));
  } catch (again) {
    const there = standing(again);
    if (there === undefined) throw again;
    return there;
  }
}

/** Tries a save again while its store is unavailable: the call behind the record has been paid for. @throws the error of another kind. */
function savedLater<T>(error: unknown, save: () => Promise<T>): Promise<T> {
  if (!isPassing(error)) throw error;
  return pRetry(save, {
    retries: 4,
    minTimeout: 250,
    randomize: true,
    shouldRetry: ({ error: again }) => isPassing(again),
  });
}

function isPassing(error: unknown): boolean {
  return AssayError.is(error) && error.code === 'unavailable';
}
