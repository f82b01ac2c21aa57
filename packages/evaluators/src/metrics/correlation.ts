import { AssayError, needObject } from '@assay/core';
import type { MetricValue } from './experiment-metrics.ts';

export interface CorrelationOptions<Run> {
  /** The two numbers of a run, such as a judge's score and a person's. A run that lacks one (`null`) is left out. */
  readonly between: readonly [(run: Run) => number | null, (run: Run) => number | null];
  /** Default `pearson`: how nearly they lie on a line. `spearman`: how far their order agrees, ties at their mean rank. */
  readonly method?: 'pearson' | 'spearman' | undefined;
}

/**
 * How far two numbers go together over an experiment, from −1 to 1: the way to see whether a judge says what people say.
 * As SciPy's `pearsonr` and `spearmanr`; `null` for fewer than two runs, or when one of the two never changes.
 *
 * @example
 * ```ts
 * import { correlation, type JudgedRun } from '@assay/evaluators';
 *
 * export const judgeIsRight = correlation({
 *   between: [(run: JudgedRun) => run.score('correctness'), (run: JudgedRun) => run.score('human correctness')],
 *   method: 'spearman',
 * });
 * ```
 */
export function correlation<Run>(options: CorrelationOptions<Run>): (runs: readonly Run[]) => MetricValue {
  const { between, method = 'pearson' } = needObject('a correlation as { between }', options, 'invalid-config');
  if (!Array.isArray(between) || between.length !== 2 || between.some((read) => typeof read !== 'function'))
    throw new AssayError('invalid-config', 'Expected between to be two functions that each read a number of a run');
  const [first, second] = between;
  return (runs) => {
    const pairs = runs.flatMap((run) => {
      const [one, other] = [first(run), second(run)];
      return one === null || other === null ? [] : [[one, other] as const];
    });
    const [ones, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
    const value = method === 'pearson' ? pearson(ones, others) : pearson(ranks(ones), ranks(others));
    return { value, n: pairs.length, of: runs.length };
  };
}

function pearson(a: readonly number[], b: readonly number[]): number | null {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [together, ofA, ofB] = [0, 0, 0];
  for (const [index, one] of a.entries()) {
    const [fromA, fromB] = [one - meanA, b[index]! - meanB];
    together += fromA * fromB;
    ofA += fromA * fromA;
    ofB += fromB * fromB;
  }
  return a.length < 2 || ofA === 0 || ofB === 0
    ? null
    : Math.max(-1, Math.min(1, together / Math.sqrt(ofA) / Math.sqrt(ofB)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = values.map(() => 0);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let at = start; at < end; at += 1) ranks[order[at]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
