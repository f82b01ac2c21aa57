import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { textOf, textsOf } from '../read-params.ts';
import { nothingExpected, passed } from '../result.ts';

export interface ContainsOptions {
  readonly ignoreCase?: boolean | undefined;
  /** Of several expected texts, whether all must be there or any will do. Default `all`. */
  readonly mode?: 'all' | 'any' | undefined;
  /** What to look for in every output, instead of what each example expects. */
  readonly text?: string | readonly string[] | undefined;
}

/**
 * 1 when the output contains the expected text, or all (or any) of several, else 0.
 *
 * Range 0 or 1, higher is better. Labels `contained`, `absent`; the explanation names what is absent. The empty text is
 * in every text. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { contains } from '@assay/evaluators';
 *
 * console.log(contains({ output: 'Lima, Peru', expected: ['Lima', 'Cusco'] }).explanation); // Absent: "Cusco"
 * ```
 */
export const contains: CodeEvaluator<
  { readonly output: string; readonly expected: string | readonly string[] | null },
  ContainsOptions
> = defineEvaluator({
  name: 'contains',
  options: z.strictObject({
    ignoreCase: z.boolean().optional(),
    mode: z.enum(['all', 'any']).optional(),
    text: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  }),
  evaluate: ({ output, expected }, { ignoreCase = false, mode = 'all', text }) => {
    const sought = text ?? expected;
    if (sought === null || sought === undefined) return nothingExpected;
    const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
    const searched = fold(textOf('output', output));
    const all = textsOf('expected', sought);
    const absent = all.filter((one) => !searched.includes(fold(one)));
    const pass = mode === 'all' ? absent.length === 0 : absent.length < all.length;
    return passed(pass, ['contained', 'absent'], {
      explanation: absent.length === 0 ? null : `Absent: ${absent.map((one) => JSON.stringify(one)).join(', ')}`,
    });
  },
});
