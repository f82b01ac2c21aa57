/** One row of a dataset. */
export interface Example<Input = unknown, Expected = unknown, Metadata = Readonly<Record<string, unknown>>> {
  /** Unique in its dataset. The user's own where there is one. */
  readonly id: string;
  readonly input: Input;
  /** The reference answer; `null` when there is none. */
  readonly expected: Expected;
  readonly metadata: Metadata;
  /** The names of the splits it belongs to. */
  readonly splits: readonly string[];
}

/**
 * An example as a user writes it. Only `input` is required.
 *
 * Without an `id` it gets the first 16 hex digits of its content hash, with `-2`, `-3`, … for equal rows.
 */
export interface ExampleDraft<Input = unknown, Expected = unknown, Metadata extends object = object> {
  readonly id?: string | undefined;
  readonly input: Input;
  readonly expected?: Expected;
  readonly metadata?: Metadata | undefined;
  readonly splits?: readonly string[] | undefined;
}

/** The input type of a draft. */
export type InputOf<E> = E extends { readonly input: infer Input } ? Input : unknown;

/** The type of the reference answer of a draft: `null` where it is left out. */
export type ExpectedOf<E> = E extends { readonly expected: infer Expected }
  ? Exclude<Expected, undefined> | (undefined extends Expected ? null : never)
  : E extends { readonly expected?: infer Expected }
    ? [Exclude<Expected, undefined>] extends [never]
      ? [E] extends [Untyped]
        ? never
        : null
      : unknown extends Expected
        ? unknown
        : Exclude<Expected, undefined> | null
    : null;

/** The metadata type of a draft. */
export type MetadataOf<E> = E extends { readonly metadata: infer Metadata }
  ? undefined extends Metadata
    ? Partial<Exclude<Metadata, undefined>>
    : Metadata
  : E extends { readonly metadata?: infer Metadata }
    ? object extends Exclude<Metadata, undefined>
      ? Readonly<Record<string, unknown>>
      : Partial<Exclude<Metadata, undefined>>
    : Readonly<Record<string, unknown>>;

/**
 * An example of a stored dataset, of which the compiler knows nothing: tasks and evaluators say what they take, as in
 * `({ input }: { input: string }) => …`.
 */
export interface Untyped {
  readonly id?: string | undefined;
  readonly input: never;
  readonly expected?: never;
  readonly metadata: never;
  readonly splits?: readonly string[] | undefined;
}

/** A type, or the other one where nothing is known of it. */
export type Known<T, Otherwise = unknown> = [T] extends [never] ? Otherwise : T;

/** The example that a draft becomes: nothing optional is left. */
export type ExampleOf<E> = Example<InputOf<E>, ExpectedOf<E>, MetadataOf<E>>;

/** A dataset in a store, by name or by id. Without `versionId`: the newest version. Without `splits`: every example. */
export type DatasetRef = (
  | { readonly name: string; readonly id?: never }
  | { readonly id: string; readonly name?: never }
) & {
  readonly versionId?: string | undefined;
  readonly splits?: readonly string[] | undefined;
};

/** Examples with a name, under which a durable store keeps them. */
export interface NamedExamples<E> {
  readonly name: string;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly examples: readonly E[] | AsyncIterable<E>;
}

/** What an experiment can run over. Examples are saved first, when the store is durable. */
export type Dataset<E> = readonly E[] | AsyncIterable<E> | NamedExamples<E> | DatasetRef;

/** A dataset as a store knows it, at one of its versions. */
export interface DatasetInfo {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The version that this information is about: the newest, or the one that was asked for. */
  readonly versionId: string;
  /** The splits it was asked for with; `null`: all examples. */
  readonly splits: readonly string[] | null;
  /** How many examples this version has in these splits. */
  readonly exampleCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An immutable snapshot of the examples of a dataset. */
export interface DatasetVersion {
  readonly id: string;
  readonly datasetId: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** A dataset pinned to a version and to splits. */
export interface DatasetPin {
  readonly datasetId: string;
  readonly versionId: string;
  readonly splits?: readonly string[] | null | undefined;
}

/** A named subset of a dataset. */
export interface Split {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** How many examples of this dataset's newest version it holds. */
  readonly exampleCount: number;
}

/** What `saveDataset` takes. `name: null` asks the store for `inline-` and 8 hex digits of the content. */
export interface DatasetDraft {
  readonly name: string | null;
  readonly description?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly examples: Iterable<ExampleDraft> | AsyncIterable<ExampleDraft>;
}
