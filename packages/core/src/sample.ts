import type { DatasetRef, NamedExamples } from './dataset.ts';
import { AssayError } from './errors.ts';
import { listOfText } from './kind-checks.ts';
import { checkSeed, wholeNumber } from './number-checks.ts';

export interface SampleOptions<E> {
  /** How many examples; all when there are fewer. */
  readonly count: number;
  /** The same seed gives the same sample. Default: random. */
  readonly seed?: number | undefined;
  /**
   * Keeps the shares of these groups in the sample, by largest remainder: a function, or the path of a field such as
   * `metadata.language`.
   */
  readonly stratifyBy?: string | ((example: E) => unknown) | undefined;
}

/**
 * A random sample of examples, in dataset order. The global random state is not touched.
 *
 * @throws AssayError `invalid-config` when `count` is not a whole number of at least 1, or `examples` is not a list.
 *
 * @example
 * ```ts
 * import { sampleDataset } from '@assay/core';
 *
 * const rows = [{ input: 'hello', metadata: { language: 'en' } }, { input: 'hallo', metadata: { language: 'de' } }];
 * const sample = sampleDataset(rows, { count: 1, seed: 7, stratifyBy: 'metadata.language' });
 * ```
 */
export function sampleDataset<E>(examples: readonly E[], options: SampleOptions<E>): E[] {
  if (!Array.isArray(examples))
    throw new AssayError('invalid-config', `Expected a list of examples to sample from, got ${typeof examples}`);
  const { count, seed = randomSeed(), stratifyBy } = (options ?? {}) as SampleOptions<E>;
  wholeNumber('count', count, 1);
  checkSeed(seed);
  if (stratifyBy !== undefined && typeof stratifyBy !== 'function' && typeof stratifyBy !== 'string')
    throw new AssayError('invalid-config', `Expected stratifyBy to be a path or a function, got ${String(stratifyBy)}`);
  const random = seededRandom(seed);
  const indices = examples.map((_, index) => index);
  if (stratifyBy === undefined) return chosen(examples, pick(indices, count, random));

  const keyOf = typeof stratifyBy === 'function' ? stratifyBy : (example: E) => valueAt(example, stratifyBy);
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const value = keyOf(examples[index]!);
    const key = typeof value === 'object' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  const shares = sharesOf([...groups.values()], Math.min(count, examples.length));
  return chosen(
    examples,
    shares.flatMap(([group, share]) => pick(group, share, random)),
  );
}

/** A sample of a stream in one pass, holding only the sample (Vitter's algorithm R, 1985). In the order of the stream. */
export async function sampleStream<E>(examples: AsyncIterable<E>, count: number, seed: number): Promise<E[]> {
  const random = seededRandom(seed);
  const kept: (readonly [position: number, example: E])[] = [];
  let position = 0;
  for await (const example of examples) {
    const place = position < count ? position : Math.floor(random() * (position + 1));
    if (place < count) kept[place] = [position, example];
    position += 1;
  }
  return kept.sort(([a], [b]) => a - b).map(([, example]) => example);
}

/**
 * The part of a dataset that belongs to any of the splits: of examples those that name one, of a stored dataset a
 * reference that is limited to them.
 */
export function selectSplits<E extends { readonly splits?: readonly string[] | undefined }>(
  dataset: readonly E[],
  names: readonly string[],
): E[];
export function selectSplits<E extends { readonly splits?: readonly string[] | undefined }>(
  dataset: AsyncIterable<E>,
  names: readonly string[],
): AsyncIterable<E>;
export function selectSplits<E extends { readonly splits?: readonly string[] | undefined }>(
  dataset: NamedExamples<E>,
  names: readonly string[],
): NamedExamples<E>;
export function selectSplits(dataset: DatasetRef, names: readonly string[]): DatasetRef;
export function selectSplits<E extends { readonly splits?: readonly string[] | undefined }>(
  dataset: readonly E[] | AsyncIterable<E> | NamedExamples<E> | DatasetRef,
  names: readonly string[],
): readonly E[] | AsyncIterable<E> | NamedExamples<E> | DatasetRef {
  listOfText('the names of splits', names);
  if (typeof dataset !== 'object' || dataset === null)
    throw new AssayError('invalid-config', `Expected a dataset to select splits of, got ${String(dataset)}`);
  const belongs = (example: E): boolean => example?.splits?.some((split) => names.includes(split)) ?? false;
  if (Symbol.asyncIterator in dataset) return filtered(dataset, belongs);
  if (isList(dataset)) return dataset.filter(belongs);
  if (!('examples' in dataset)) return { ...dataset, splits: names };
  const { examples } = dataset;
  return {
    ...dataset,
    examples: Symbol.asyncIterator in examples ? filtered(examples, belongs) : examples.filter(belongs),
  };
}

/** A seed for those who gave none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32, Tommy Ettinger 2017). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function* filtered<E>(examples: AsyncIterable<E>, belongs: (example: E) => boolean): AsyncIterable<E> {
  for await (const example of examples) if (belongs(example)) yield example;
}

/** How many to take of each group: its share rounded down, and what is left over to the largest remainders. */
function sharesOf(groups: readonly number[][], count: number): (readonly [group: number[], share: number])[] {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const exact = groups.map((group) => (count * group.length) / total);
  const left = count - exact.reduce((sum, share) => sum + Math.floor(share), 0);
  const byRemainder = exact
    .map((share, index) => [share - Math.floor(share), index] as const)
    .sort(([a, i], [b, j]) => b - a || i - j);
  const rounded = new Set(byRemainder.slice(0, left).map(([, index]) => index));
  return groups.map((group, index) => [group, Math.floor(exact[index]!) + (rounded.has(index) ? 1 : 0)] as const);
}

/** Some of the indices at random: the first steps of a Fisher-Yates shuffle. */
function pick(indices: readonly number[], count: number, random: () => number): number[] {
  const shuffled = [...indices];
  const taken = Math.min(count, shuffled.length);
  for (let place = 0; place < taken; place += 1) {
    const other = place + Math.floor(random() * (shuffled.length - place));
    [shuffled[place], shuffled[other]] = [shuffled[other]!, shuffled[place]!];
  }
  return shuffled.slice(0, taken);
}

function chosen<E>(examples: readonly E[], indices: readonly number[]): E[] {
  return [...indices].sort((a, b) => a - b).map((index) => examples[index]!);
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) =>
        typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>)[key] : undefined,
      value,
    );
}

function isList<E>(value: readonly E[] | NamedExamples<E> | DatasetRef): value is readonly E[] {
  return Array.isArray(value);
}
