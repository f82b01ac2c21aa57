import equal from 'fast-deep-equal';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { nothingExpected, passed } from '../result.ts';

export interface ExactMatchOptions {
  readonly ignoreCase?: boolean | undefined;
  /** Ignores blanks at both ends. */
  readonly trim?: boolean | undefined;
  /** Reads every run of blanks as one. */
  readonly collapseWhitespace?: boolean | undefined;
  readonly ignorePunctuation?: boolean | undefined;
  /** The Unicode form both texts are brought to first, so that `é` is `é` however it was typed. */
  readonly unicode?: 'NFC' | 'NFKC' | undefined;
}

/**
 * 1 when the output is what was expected, else 0. Texts are compared as the options say (default: character by
 * character); anything else as JSON, where the order of keys does not count.
 *
 * Range 0 or 1, higher is better. Labels `match`, `mismatch`. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { exactMatch } from '@assay/evaluators';
 *
 * console.log(exactMatch({ output: 'Paris.', expected: 'paris', ignoreCase: true, ignorePunctuation: true }).score); // 1
 * ```
 */
export const exactMatch: CodeEvaluator<{ readonly output: unknown; readonly expected: unknown }, ExactMatchOptions> =
  defineEvaluator({
    name: 'exactMatch',
    options: z.strictObject({
      ignoreCase: z.boolean().optional(),
      trim: z.boolean().optional(),
      collapseWhitespace: z.boolean().optional(),
      ignorePunctuation: z.boolean().optional(),
      unicode: z.enum(['NFC', 'NFKC']).optional(),
    }),
    evaluate: ({ output, expected }, options) => {
      if (expected === null || expected === undefined) return nothingExpected;
      const both = typeof output === 'string' && typeof expected === 'string';
      return passed(both ? plain(output, options) === plain(expected, options) : equal(output, expected), [
        'match',
        'mismatch',
      ]);
    },
  });

function plain(
  text: string,
  { ignoreCase, trim, collapseWhitespace, ignorePunctuation, unicode }: ExactMatchOptions,
): string {
  let plain = unicode === undefined ? text : text.normalize(unicode);
  if (ignorePunctuation === true) plain = plain.replaceAll(/\p{P}/gu, '');
  if (collapseWhitespace === true) plain = plain.replaceAll(/\s+/gu, ' ');
  if (trim === true) plain = plain.trim();
  return ignoreCase === true ? plain.toLowerCase() : plain;
}
