import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { textOf, textsOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';
import { countRuns, words } from './words.ts';

export interface ChrfOptions {
  readonly ignoreCase?: boolean | undefined;
  /** How many times recall counts as much as precision. Default 2. */
  readonly beta?: number | undefined;
  /** The longest run of words that counts too. Default 0: chrF. 2 is chrF++. */
  readonly wordOrder?: number | undefined;
}

/**
 * The F-score of runs of 1 to 6 characters, blanks left out (chrF: Popović 2015; with `wordOrder: 2` chrF++: Popović
 * 2017). Precision and recall are averaged over the orders that both texts have. Of several expected texts the best counts.
 *
 * Range 0 to 1, higher is better: a hundredth of `sacrebleu.sentence_chrf`. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { chrf } from '@assay/evaluators';
 *
 * console.log(chrf({ output: 'Bahnhöfe', expected: 'Bahnhof' }).score);
 * ```
 */
export const chrf: CodeEvaluator<
  { readonly output: string; readonly expected: string | readonly string[] | null },
  ChrfOptions
> = defineEvaluator({
  name: 'chrf',
  options: z.strictObject({
    ignoreCase: z.boolean().optional(),
    beta: z.number().positive().optional(),
    wordOrder: z.int().min(0).max(4).optional(),
  }),
  evaluate: ({ output, expected }, { ignoreCase = false, beta = 2, wordOrder = 0 }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const runsOf = (text: string): readonly ReadonlyMap<string, number>[] =>
      allRuns(ignoreCase ? text.toLowerCase() : text, wordOrder);
    const given = runsOf(textOf('output', output));
    return scored(Math.max(...textsOf('expected', expected).map((text) => fScore(given, runsOf(text), beta))));
  },
});

const longestRun = 6;

function allRuns(text: string, wordOrder: number): readonly ReadonlyMap<string, number>[] {
  const characters = Array.from(words(text).join(''));
  const separated = wordOrder === 0 ? [] : words(text).flatMap(separatePunctuation);
  return [
    ...Array.from({ length: longestRun }, (_, index) => countRuns(characters, index + 1)),
    ...Array.from({ length: wordOrder }, (_, index) => countRuns(separated, index + 1)),
  ];
}

function fScore(
  given: readonly ReadonlyMap<string, number>[],
  expected: readonly ReadonlyMap<string, number>[],
  beta: number,
): number {
  let [precision, recall, orders] = [0, 0, 0];
  for (const [index, runs] of given.entries()) {
    const reference = expected[index]!;
    if (runs.size === 0 || reference.size === 0) continue;
    let found = 0;
    for (const [run, count] of runs) found += Math.min(count, reference.get(run) ?? 0);
    precision += found / total(runs);
    recall += found / total(reference);
    orders += 1;
  }
  if (precision + recall === 0) return 0;
  const weight = beta ** 2;
  return ((1 + weight) * (precision / orders) * (recall / orders)) / ((weight * precision) / orders + recall / orders);
}

function total(runs: ReadonlyMap<string, number>): number {
  return [...runs.values()].reduce((sum, count) => sum + count, 0);
}

/** A mark at the end of a word, else one at its start, is a word of its own. */
function separatePunctuation(word: string): readonly string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  if (isPunctuation(characters.at(-1)!)) return [characters.slice(0, -1).join(''), characters.at(-1)!];
  return isPunctuation(characters[0]!) ? [characters[0]!, characters.slice(1).join('')] : [word];
}

function isPunctuation(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}
