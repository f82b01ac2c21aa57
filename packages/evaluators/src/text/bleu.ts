import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { textOf, textsOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';
import { countRuns, words } from './words.ts';

export interface BleuOptions {
  readonly ignoreCase?: boolean | undefined;
  /** How texts become words. Default `13a`, the rules of WMT for Western languages; `characters` suits Chinese and Japanese. */
  readonly tokenize?: '13a' | 'none' | 'characters' | undefined;
}

/**
 * Sentence BLEU: brevity penalty × geometric mean of the precisions of runs of 1 to 4 words (Papineni et al. 2002), with
 * a run found nowhere counted as ½, ¼, … of a find (NIST smoothing, method 3 of Chen and Cherry 2014) and orders longer
 * than the output left out. Several expected texts are references of one sentence.
 *
 * Range 0 to 1, higher is better: a hundredth of `sacrebleu.sentence_bleu`. Made for corpora; one sentence is noisy.
 * Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { bleu } from '@assay/evaluators';
 *
 * console.log(bleu({ output: 'the cat sat on the mat', expected: 'the cat sat on a mat' }).score);
 * ```
 */
export const bleu: CodeEvaluator<
  { readonly output: string; readonly expected: string | readonly string[] | null },
  BleuOptions
> = defineEvaluator({
  name: 'bleu',
  options: z.strictObject({
    ignoreCase: z.boolean().optional(),
    tokenize: z.enum(['13a', 'none', 'characters']).optional(),
  }),
  evaluate: ({ output, expected }, { ignoreCase = false, tokenize = '13a' }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const split = (text: string): readonly string[] => tokenizers[tokenize](ignoreCase ? text.toLowerCase() : text);
    return scored(sentenceBleu(split(textOf('output', output)), textsOf('expected', expected).map(split)));
  },
});

const longestRun = 4;

function sentenceBleu(given: readonly string[], references: readonly (readonly string[])[]): number {
  const precisions: number[] = [];
  let smoothing = 1;
  let anyFound = false;
  for (let order = 1; order <= longestRun && given.length >= order; order += 1) {
    const found = matches(
      countRuns(given, order),
      references.map((reference) => countRuns(reference, order)),
    );
    const all = given.length - order + 1;
    anyFound ||= found > 0;
    precisions.push(found > 0 ? found / all : 1 / ((smoothing *= 2) * all));
  }
  if (!anyFound) return 0;
  const mean = Math.exp(precisions.reduce((sum, precision) => sum + Math.log(precision), 0) / precisions.length);
  return (
    brevityPenalty(
      given.length,
      references.map(({ length }) => length),
    ) * mean
  );
}

/** Each run counts as often as the reference that has it most often has it. */
function matches(given: ReadonlyMap<string, number>, references: readonly ReadonlyMap<string, number>[]): number {
  let found = 0;
  for (const [run, count] of given)
    found += Math.min(count, Math.max(...references.map((reference) => reference.get(run) ?? 0)));
  return found;
}

/** Against the reference whose length is nearest; of two equally near the shorter. */
function brevityPenalty(length: number, references: readonly number[]): number {
  const nearest = references.reduce((best, reference) => {
    const [nearer, farther] = [Math.abs(reference - length), Math.abs(best - length)];
    return nearer < farther || (nearer === farther && reference < best) ? reference : best;
  });
  return length < nearest ? Math.exp(1 - nearest / length) : 1;
}

const tokenizers: Readonly<Record<'13a' | 'none' | 'characters', (text: string) => readonly string[]>> = {
  '13a': (text) =>
    words(
      ` ${text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ').replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>')} `
        .replaceAll(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
        .replaceAll(/([^0-9])([.,])/gu, '$1 $2 ')
        .replaceAll(/([.,])([^0-9])/gu, ' $1 $2')
        .replaceAll(/([0-9])(-)/g, '$1 $2 '),
    ),
  none: words,
  characters: (text) => words(Array.from(text).join(' ')),
};
