import { sameLength, needInput, needList } from './check.ts';
import { type TTestOptions, differenceT } from './t-test.ts';
import { isPresent, moments, type Values } from './values.ts';

/** The score of one repetition of one example; `null` is missing. */
export interface ScoreRow {
  readonly exampleId: string;
  readonly repetition?: number | undefined;
  readonly score: number | null;
}

/**
 * The mean over examples of the mean over repetitions, and its standard error over examples. Examples without any value
 * are left out; `null` without an example, the error below two.
 *
 * Source: Inspect AI's epochs with the reducer `mean`, then the central limit theorem over examples.
 */
export function meanOverExamples(input: { readonly values: Values; readonly examples: ArrayLike<string | number> }): {
  readonly mean: number | null;
  readonly stderr: number | null;
  readonly n: number;
} {
  const { values, examples } = needInput('values, examples', input);
  sameLength('values and examples', values, examples);
  const { count: n, mean, squares } = moments([...exampleMeans(Array.from(examples), values).values()]);
  if (n === 0) return { mean: null, stderr: null, n };
  return { mean, stderr: n < 2 ? null : Math.sqrt(squares / (n - 1) / n), n };
}

/**
 * Compares two experiments example by example: repetitions are averaged first, then Student's paired t. Missing scores
 * are left out before averaging; `onlyA` and `onlyB` count examples with a score on one side only.
 *
 * Source: `scipy.stats.ttest_1samp` of the differences of example means. `compare` does this for every metric of whole
 * experiments.
 */
export function compareExperiments(
  input: { readonly a: readonly ScoreRow[]; readonly b: readonly ScoreRow[] },
  options: TTestOptions = {},
): {
  readonly n: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly meanA: number | null;
  readonly meanB: number | null;
  readonly meanDifference: number | null;
  readonly stderr: number | null;
  readonly t: number | null;
  readonly df: number | null;
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly improved: number;
  readonly regressed: number;
  readonly equal: number;
} {
  const { a, b } = needInput('a, b', input);
  const first = meansOfRows(needList('a', a));
  const second = meansOfRows(needList('b', b));
  const shared = [...first.keys()].filter((id) => second.has(id));
  const differences = shared.map((id) => second.get(id)! - first.get(id)!);
  const improved = differences.filter((difference) => difference > 0).length;
  const regressed = differences.filter((difference) => difference < 0).length;
  const meanOver = (means: ReadonlyMap<string | number, number>) =>
    shared.length === 0 ? null : moments(shared.map((id) => means.get(id)!)).mean;
  return {
    ...differenceT(differences, options),
    onlyA: first.size - shared.length,
    onlyB: second.size - shared.length,
    meanA: meanOver(first),
    meanB: meanOver(second),
    improved,
    regressed,
    equal: shared.length - improved - regressed,
  };
}

function meansOfRows(rows: readonly ScoreRow[]): ReadonlyMap<string | number, number> {
  return exampleMeans(
    rows.map(({ exampleId }) => exampleId),
    rows.map(({ score }) => score),
  );
}

function exampleMeans(examples: readonly (string | number)[], values: Values): ReadonlyMap<string | number, number> {
  const sums = new Map<string | number, { sum: number; count: number }>();
  examples.forEach((example, row) => {
    const value = values[row];
    if (!isPresent(value)) return;
    const entry = sums.get(example) ?? { sum: 0, count: 0 };
    sums.set(example, { sum: entry.sum + value, count: entry.count + 1 });
  });
  return new Map([...sums].map(([example, { sum, count }]) => [example, sum / count]));
}
