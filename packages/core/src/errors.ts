import type { ExperimentStore } from './store.ts';

/** What went wrong, for code to branch on. Messages may be reworded; codes may not. */
export type ErrorCode =
  | 'invalid-config'
  | 'not-found'
  | 'ambiguous'
  | 'conflict'
  | 'unavailable'
  | 'unauthorized'
  | 'halted'
  | 'run-failed'
  | 'invalid-input'
  | 'unsupported'
  | 'full';

const brand = Symbol.for('@assay/core/AssayError');

/**
 * The base of every error these packages throw.
 *
 * Test with `AssayError.is(error)`, not `instanceof`: a notebook may load two
 * copies of this package, and each has its own class.
 */
export class AssayError extends Error {
  override readonly name: string = 'AssayError';
  /** @internal */
  readonly [brand] = true;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static is(error: unknown): error is AssayError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}

/** Thrown by a store when what is to be saved is there already, as a success. Carries what stands. */
export class ConflictError<Existing = unknown> extends AssayError {
  override readonly name = 'ConflictError';
  readonly existing: Existing;

  constructor(message: string, existing: Existing, options?: ErrorOptions) {
    super('conflict', message, options);
    this.existing = existing;
  }

  static override is(error: unknown): error is ConflictError {
    return AssayError.is(error) && error.code === 'conflict' && 'existing' in error;
  }
}

/** Where the results are of a run that ended early. */
interface Unfinished {
  readonly experimentId: string;
  readonly store: ExperimentStore;
}

/**
 * Thrown when calls fail for a reason that is the provider's, not the row's, too often in a row, so that a broken key
 * does not cost a whole dataset.
 *
 * Everything finished before it is saved, in `store`: also where none was given, and it is in memory. Mend the cause,
 * then `resumeExperiment({ experimentId: error.experimentId, store: error.store, task })`.
 */
export class HaltedError extends AssayError implements Unfinished {
  override readonly name = 'HaltedError';
  readonly experimentId: string;
  readonly #store: ExperimentStore;

  constructor({ experimentId, store }: Unfinished, consecutiveFailures: number, cause: unknown) {
    super(
      'halted',
      `Halted experiment ${experimentId} after ${consecutiveFailures} provider failures in a row: ${messageOf(cause)}`,
      { cause },
    );
    this.experimentId = experimentId;
    this.#store = store;
  }

  // Not a field, so that a store is not printed with the error.
  get store(): ExperimentStore {
    return this.#store;
  }
}

/**
 * Thrown with `exitOnError`, once what was started when the first run or evaluation failed is saved too, in `store`.
 */
export class RunFailedError extends AssayError implements Unfinished {
  override readonly name = 'RunFailedError';
  readonly experimentId: string;
  readonly #store: ExperimentStore;

  constructor({ experimentId, store }: Unfinished, what: string, cause: unknown) {
    super('run-failed', what, { cause });
    this.experimentId = experimentId;
    this.#store = store;
  }

  get store(): ExperimentStore {
    return this.#store;
  }
}

/**
 * The text of anything thrown, never empty: an `Error('')` gives its name, since a record with an empty error would
 * read as a success elsewhere.
 */
export function messageOf(thrown: unknown): string {
  try {
    return textOf(thrown);
  } catch {
    // A getter or a proxy may throw when it is read.
    return 'An error that has no text';
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string') {
    const name = 'name' in thrown && typeof thrown.name === 'string' && thrown.name !== '' ? thrown.name : 'Error';
    return thrown.message.trim() === '' ? name : thrown.message;
  }
  const text = typeof thrown === 'object' && thrown !== null ? JSON.stringify(thrown) : String(thrown);
  return text.trim() === '' ? 'Unknown error' : text;
}
