import { contentHashOfTexts, ownId } from './content-hash.ts';
import type { DatasetDraft, ExampleDraft } from './dataset.ts';
import { AssayError, messageOf } from './errors.ts';
import { needIterable, needObject } from './given.ts';
import { jsonObjectText, jsonText, storedName } from './stored-record.ts';

/** An example as every store keeps it, so that all stores refuse and change the same things: checked, and shared with nobody. */
export class StoredExample {
  /** The id that the user gave; `null` when there is none. */
  readonly ownId: string | null;
  /** JSON. */
  readonly input: string;
  /** JSON; `null` as text when there is no answer. */
  readonly expected: string;
  /** JSON of an object. */
  readonly metadata: string;
  /** `undefined`: what it belongs to is left as it is. */
  readonly splits: readonly string[] | undefined;
  #hash: string | undefined;

  /**
   * @param position - Counts from 1; for the message.
   * @throws AssayError `invalid-input` when it is not JSON, `invalid-config` when its id is not text.
   */
  constructor(draft: ExampleDraft, position: number) {
    if (typeof draft !== 'object' || draft === null) {
      throw new AssayError(
        'invalid-input',
        `Expected example ${position} to be an object, got ${draft === null ? 'null' : typeof draft}`,
      );
    }
    this.input = jsonText(draft.input, `the input of example ${position}`);
    this.expected = jsonText(draft.expected ?? null, `the expected answer of example ${position}`);
    this.metadata = jsonObjectText(draft.metadata, `the metadata of example ${position}`);
    this.ownId = ownId(draft);
    this.splits = splitsOf(draft.splits, position);
  }

  /** 64 hex digits. Hashing costs more than the rest, and a store in memory seldom needs it. The draft may have changed by then. */
  get hash(): string {
    return (this.#hash ??= contentHashOfTexts(this));
  }
}

function splitsOf(splits: unknown, position: number): readonly string[] | undefined {
  if (splits === undefined || splits === null) return undefined;
  if (!Array.isArray(splits)) {
    throw new AssayError(
      'invalid-input',
      `Expected the splits of example ${position} to be a list of names, got ${typeof splits}`,
    );
  }
  return splits.map((name) => storedName(name as string, `a split of example ${position}`));
}

/** Reads examples that are at hand, in their order. @throws AssayError as `StoredExample`, or `invalid-input` when reading fails. */
export function* storedExamples(examples: Iterable<ExampleDraft>): Iterable<StoredExample> {
  let position = 0;
  try {
    for (const draft of needIterable(expectedExamples, examples)) yield new StoredExample(draft, ++position);
  } catch (error) {
    throw unreadable(error, position);
  }
}

/** Reads examples from where they are, in their order. @throws AssayError as `storedExamples`. */
export async function* readExamples(examples: DatasetDraft['examples']): AsyncIterable<StoredExample> {
  if (!isAwaited(examples)) return yield* storedExamples(examples);
  let position = 0;
  try {
    for await (const draft of examples) yield new StoredExample(draft, ++position);
  } catch (error) {
    throw unreadable(error, position);
  }
}

/** Whether examples have to be waited for. @throws AssayError `invalid-input` for what holds no examples. */
export function isAwaited(examples: DatasetDraft['examples']): examples is AsyncIterable<ExampleDraft> {
  return Symbol.asyncIterator in needObject(expectedExamples, examples);
}

const expectedExamples = 'examples as a list or an (async) iterable';

/** @returns The error for two examples with one id, whose positions count from 1. */
export function sameIdTwice(id: string, first: number, second: number): AssayError {
  return new AssayError(
    'invalid-config',
    `Expected the ids of examples to be unique, got ${JSON.stringify(id)} as examples ${first} and ${second}`,
  );
}

function unreadable(error: unknown, position: number): AssayError {
  if (AssayError.is(error)) return error;
  return new AssayError('invalid-input', `Could not read the example after number ${position}: ${messageOf(error)}`, {
    cause: error,
  });
}
