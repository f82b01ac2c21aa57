import { AssayError } from '@assay/core/errors';
import { usedCodes } from './pairing.ts';
import type { MetricSource, SlicedExample } from './metric-source.ts';

/**
 * How to cut the examples: by `splits` (an example may be in several), by a key of the metadata such as
 * `metadata.topic`, or by a function that gives the name of the slice, several, or `null` for none.
 */
export type SliceBy = 'splits' | `metadata.${string}` | ((example: SlicedExample) => string | readonly string[] | null);

/** The examples of one slice. */
export interface Slice {
  /** `splits`, the metadata key, or the function's name. */
  readonly key: string;
  readonly value: string;
  /** 1 where the example of that code belongs to the slice. */
  readonly has: Uint8Array;
  readonly size: number;
}

/**
 * The slices of an experiment's examples, by name.
 *
 * @throws AssayError `invalid-config` for splits of a runs frame, which does not know them, and for another word.
 */
export function slicesOf(source: MetricSource, by: SliceBy): readonly Slice[] {
  const read = readerOf(source, by);
  const slices = new Map<string, Uint8Array>();
  const { dictionary } = source.examples;
  usedCodes(source).forEach((isUsed, code) => {
    if (isUsed === 0) return;
    for (const value of read(source.example(code))) {
      const has = slices.get(value) ?? new Uint8Array(dictionary.length);
      has[code] = 1;
      slices.set(value, has);
    }
  });
  const key = typeof by === 'function' ? by.name || 'slice' : by;
  return [...slices]
    .map(([value, has]): Slice => ({ key, value, has, size: has.reduce((sum, one) => sum + one, 0) }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** The name of each example's one slice, by code, for tests that need groups which do not overlap. */
export function groupsOf(source: MetricSource, by: SliceBy): readonly (string | null)[] {
  const groups: (string | null)[] = source.examples.dictionary.map(() => null);
  for (const { value, has } of slicesOf(source, by)) {
    has.forEach((one, code) => {
      if (one === 1) groups[code] = groups[code] === null ? value : JSON.stringify([groups[code], value]);
    });
  }
  return groups;
}

function readerOf(source: MetricSource, by: SliceBy): (example: SlicedExample) => readonly string[] {
  if (typeof by === 'function') {
    return (example) => {
      const value = by(example);
      return value === null ? [] : typeof value === 'string' ? [value] : value;
    };
  }
  if (by === 'splits') {
    if (!source.listsExamples)
      throw new AssayError(
        'invalid-config',
        'Expected records to slice by splits, got a runs frame, which has none; slice by splitsIn(examplesFrame(…)) instead',
      );
    return (example) => example.splits;
  }
  if (!by.startsWith('metadata.'))
    throw new AssayError(
      'invalid-config',
      `Expected a slice to be 'splits', 'metadata.KEY' or a function, got '${String(by)}'`,
    );
  const path = by.slice('metadata.'.length).split('.');
  return (example) => {
    let value: unknown = example.metadata;
    for (const key of path)
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
    if (value === undefined || value === null) return [];
    return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
  };
}
