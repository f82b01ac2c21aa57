import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { textOf, textsOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';

export interface RougeLOptions {
  /** Which of the three is the score. Default `f1`; all are in the metadata. */
  readonly measure?: 'f1' | 'precision' | 'recall' | undefined;
  /** What a word is made of. Default `unicode`: letters and digits of every script. `ascii` is what Python's `rouge-score` does, which finds no word in Cyrillic or Chinese text. */
  readonly words?: 'unicode' | 'ascii' | undefined;
}

interface Overlap {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * How much of the expected text's wording the output has in the same order: with L the length of the longest common
 * subsequence of words (lower case), precision = L ÷ words of the output, recall = L ÷ words expected, and their
 * harmonic mean (Lin 2004). Of several expected texts the best counts.
 *
 * Range 0 to 1, higher is better; 0 when either has no words. Agrees with `rouge-score` without stemming. Skipped when
 * nothing is expected.
 *
 * @example
 * ```ts
 * import { rougeL } from '@assay/evaluators';
 *
 * console.log(rougeL({ output: 'the cat sat', expected: 'the cat lay' }).score); // 0.666…
 * ```
 */
export const rougeL: CodeEvaluator<
  { readonly output: string; readonly expected: string | readonly string[] | null },
  RougeLOptions
> = defineEvaluator({
  name: 'rougeL',
  options: z.strictObject({
    measure: z.enum(['f1', 'precision', 'recall']).optional(),
    words: z.enum(['unicode', 'ascii']).optional(),
  }),
  evaluate: ({ output, expected }, { measure = 'f1', words: kind = 'unicode' }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const given = wordsOf(textOf('output', output), kind);
    const overlaps = textsOf('expected', expected).map((text) => overlap(given, wordsOf(text, kind)));
    const best = overlaps.reduce((a, b) => (b[measure] > a[measure] ? b : a));
    return scored(best[measure], { metadata: { ...best } });
  },
});

function wordsOf(text: string, kind: 'unicode' | 'ascii'): readonly string[] {
  return text.toLowerCase().match(kind === 'ascii' ? /[a-z0-9]+/g : /[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function overlap(given: readonly string[], expected: readonly string[]): Overlap {
  if (given.length === 0 || expected.length === 0) return { f1: 0, precision: 0, recall: 0 };
  const common = longestCommonSubsequence(given, expected);
  const precision = common / given.length;
  const recall = common / expected.length;
  return { precision, recall, f1: common === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Its length, by one row of the classic table. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const row = new Uint32Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let column = 1; column <= b.length; column += 1) {
      const above = row[column]!;
      row[column] = word === b[column - 1] ? diagonal + 1 : Math.max(above, row[column - 1]!);
      diagonal = above;
    }
  }
  return row[b.length]!;
}
