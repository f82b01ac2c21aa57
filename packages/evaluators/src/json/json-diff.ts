import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { wrong } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';
import { compareFields, type FieldDifference } from './compare-fields.ts';
import { readJson } from './read-json.ts';

export interface JsonDiffOptions {
  /** Fields that do not count, with all that is in them, as JSON Pointers: `/address/zip`. */
  readonly ignore?: readonly string[] | undefined;
  /** Numbers this close are equal. Default 0. */
  readonly tolerance?: number | undefined;
}

/**
 * The share of fields that are as expected. A field is a value that holds no other, by its path; the fields are those of
 * the output and of the expected value together, so that missing and extra ones both count against.
 *
 * score = equal fields ÷ all fields. Range 0 to 1, higher is better. `metadata.fields` has the share for each top-level
 * key, `metadata.differences` the first 100 as `{ path, kind: 'missing' | 'extra' | 'changed', expected, output }`.
 * Texts are read as JSON where they are JSON. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { jsonDiff } from '@assay/evaluators';
 *
 * console.log(jsonDiff({ output: { city: 'Lima', people: 11 }, expected: { city: 'Lima', people: 10 } }).score); // 0.5
 * ```
 */
export const jsonDiff: CodeEvaluator<{ readonly output: unknown; readonly expected: unknown }, JsonDiffOptions> =
  defineEvaluator({
    name: 'jsonDiff',
    options: z.strictObject({
      ignore: z.array(z.string().regex(/^\//, 'a JSON Pointer begins with /')).optional(),
      tolerance: z.number().nonnegative().optional(),
    }),
    evaluate: ({ output, expected }, { ignore = [], tolerance = 0 }) => {
      if (expected === null || expected === undefined) return nothingExpected;
      const given = readJson(output);
      if (!given.ok && typeof expected !== 'string') throw wrong('output', 'JSON', output);
      const to = readJson(expected);
      const { total, equal, differences, byKey } = compareFields(
        given.ok ? given.value : output,
        to.ok ? to.value : expected,
        new Set(ignore),
        tolerance,
      );
      const fields = Object.fromEntries([...byKey].map(([key, counts]) => [key, counts.equal / counts.total]));
      return scored(total === 0 ? 1 : equal / total, {
        explanation: differences.length === 0 ? null : differences.slice(0, 10).map(inWords).join('\n'),
        metadata: { fields, differences: differences.slice(0, 100) },
      });
    },
  });

function inWords({ path, kind, expected, output }: FieldDifference): string {
  const at = path === '' ? 'The value' : path;
  if (kind === 'changed') return `${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(output)}`;
  return `${at}: ${kind}`;
}
