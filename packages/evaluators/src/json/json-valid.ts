import { messageOf } from '@assay/core';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { passed } from '../result.ts';

/**
 * 1 when the output is JSON (RFC 8259), else 0. A text is parsed; anything else has been JSON since it was saved. Text
 * around the JSON, such as a fence, makes it invalid.
 *
 * Range 0 or 1, higher is better. Labels `valid`, `invalid`; the explanation says where the text stops being JSON.
 *
 * @example
 * ```ts
 * import { jsonValid } from '@assay/evaluators';
 *
 * console.log(jsonValid({ output: '{"city": "Lima"' }).explanation);
 * ```
 */
export const jsonValid: CodeEvaluator<{ readonly output: unknown }, Readonly<Record<never, never>>> = defineEvaluator({
  name: 'jsonValid',
  options: z.strictObject({}),
  evaluate: ({ output }) => {
    if (typeof output !== 'string') return passed(true, labels);
    try {
      JSON.parse(output);
      return passed(true, labels);
    } catch (error) {
      return passed(false, labels, { explanation: messageOf(error) });
    }
  },
});

const labels = ['valid', 'invalid'] as const;
