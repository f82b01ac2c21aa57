import { AssayError, messageOf } from '@assay/core';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { textOf } from '../read-params.ts';
import { passed } from '../result.ts';

export interface MatchesRegexOptions {
  /** An expression, or its source. */
  readonly pattern: RegExp | string;
  /** The flags of a pattern that is given as its source. Default `u`. */
  readonly flags?: string | undefined;
  /** Whether the whole output must match. Default `false`: some part of it. */
  readonly whole?: boolean | undefined;
}

/**
 * 1 when the output matches a regular expression, else 0.
 *
 * Range 0 or 1, higher is better. Labels `match`, `mismatch`; `metadata.match` is the first part that matched, `null`
 * when none did. JavaScript's expressions have no time limit: take no patterns from people you do not trust.
 *
 * @example
 * ```ts
 * import { matchesRegex } from '@assay/evaluators';
 *
 * const isoDate = matchesRegex.with({ pattern: /\d{4}-\d\d-\d\d/, whole: true });
 * console.log(isoDate({ output: '2026-11-20' }).score); // 1
 * ```
 */
export const matchesRegex: CodeEvaluator<{ readonly output: string }, MatchesRegexOptions> = defineEvaluator({
  name: 'matchesRegex',
  options: z.strictObject({
    pattern: z.union([z.instanceof(RegExp), z.string()]),
    flags: z.string().optional(),
    whole: z.boolean().optional(),
  }),
  check: (options) => void expressionOf(options),
  evaluate: ({ output }, options) => {
    const match = expressionOf(options).exec(textOf('output', output))?.[0] ?? null;
    return passed(match !== null, ['match', 'mismatch'], { metadata: { match } });
  },
});

function expressionOf({ pattern, flags, whole = false }: MatchesRegexOptions): RegExp {
  const source = typeof pattern === 'string' ? pattern : pattern.source;
  // With `g` or `y` an expression remembers where it stopped, and judges the next output from there.
  const stateless = (typeof pattern === 'string' ? (flags ?? 'u') : pattern.flags).replaceAll(/[gy]/g, '');
  try {
    return new RegExp(whole ? `^(?:${source})$` : source, whole ? stateless.replaceAll('m', '') : stateless);
  } catch (cause) {
    throw new AssayError(
      'invalid-config',
      `Expected pattern to be a regular expression, got ${JSON.stringify(source)}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
