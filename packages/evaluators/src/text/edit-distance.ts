import { distance as unitDistance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { textOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';
import { words } from './words.ts';

export interface EditDistanceOptions {
  /** What is inserted, deleted or replaced. Default `characters`: Unicode code points. */
  readonly unit?: 'characters' | 'words' | undefined;
  /** Whether to divide by the length of the longer text. Default `true`. */
  readonly normalize?: boolean | undefined;
  readonly ignoreCase?: boolean | undefined;
}

/**
 * How many insertions, deletions and replacements turn the output into what was expected (Levenshtein 1966), divided by
 * the length of the longer one.
 *
 * Range 0 (equal) to 1, with `normalize: false` any whole number; **lower is better**. `metadata.distance` is the count.
 * Two empty texts are equal. Agrees with `rapidfuzz.distance.Levenshtein`. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { editDistance } from '@assay/evaluators';
 *
 * console.log(editDistance({ output: 'kitten', expected: 'sitting' }).metadata); // { distance: 3 }
 * ```
 */
export const editDistance: CodeEvaluator<
  { readonly output: string; readonly expected: string | null },
  EditDistanceOptions
> = defineEvaluator({
  name: 'editDistance',
  direction: 'minimize',
  options: z.strictObject({
    unit: z.enum(['characters', 'words']).optional(),
    normalize: z.boolean().optional(),
    ignoreCase: z.boolean().optional(),
  }),
  evaluate: ({ output, expected }, { unit = 'characters', normalize = true, ignoreCase = false }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const [from, to] = [textOf('output', output), textOf('expected', expected)].map((text) =>
      unitsOf(ignoreCase ? text.toLowerCase() : text, unit),
    );
    const distance = distanceOf(from!, to!);
    const longer = Math.max(from!.length, to!.length);
    return scored(!normalize ? distance : longer === 0 ? 0 : distance / longer, { metadata: { distance } });
  },
});

function unitsOf(text: string, unit: 'characters' | 'words'): readonly string[] {
  return unit === 'words' ? words(text) : Array.from(text);
}

/** The library compares UTF-16 units, so every different character or word is written as one unit. */
function distanceOf(from: readonly string[], to: readonly string[]): number {
  const codes = new Map<string, number>();
  const written = (units: readonly string[]): string => {
    let text = '';
    for (const unit of units) {
      let code = codes.get(unit);
      if (code === undefined) codes.set(unit, (code = codes.size));
      if (code > 0xffff)
        throw new EvaluationError(
          'Expected output and expected to have at most 65,536 different words or characters, got more',
        );
      text += String.fromCharCode(code);
    }
    return text;
  };
  return unitDistance(written(from), written(to));
}
