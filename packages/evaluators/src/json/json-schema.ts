import type { EvaluationResult } from '@assay/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { passed } from '../result.ts';
import { readJson, pointerTo } from './read-json.ts';
import { validatorOf, type Violation } from './schema-validator.ts';

export interface JsonSchemaOptions {
  /** A JSON Schema (drafts 06, 07, 2019-09, 2020-12 by its `$schema`; default 2020-12), or a zod, Valibot, ArkType or other Standard Schema. */
  readonly schema: boolean | Readonly<Record<string, unknown>> | StandardSchemaV1;
  /** Whether an output that is text is read as JSON first. Default `true`. */
  readonly parse?: boolean | undefined;
  /** Whether `format` is checked. Default `true`; the specification makes it a remark. */
  readonly formats?: boolean | undefined;
}

/**
 * 1 when the output conforms to a schema, else 0.
 *
 * Range 0 or 1, higher is better. Labels `valid`, `invalid`; `metadata.errors` lists `{ path, message }`, with JSON
 * Pointers. JSON Schema is checked by Ajv and agrees with Python's `jsonschema`; a `$ref` to elsewhere is not fetched.
 *
 * @example
 * ```ts
 * import { jsonSchema } from '@assay/evaluators';
 * import { z } from 'zod';
 *
 * const isCity = jsonSchema.with({ schema: z.object({ city: z.string() }) });
 * console.log((await isCity({ output: '{"city": 7}' })).explanation); // /city: Invalid input: expected string, received number
 * ```
 */
export const jsonSchema: CodeEvaluator<
  { readonly output: unknown },
  JsonSchemaOptions,
  EvaluationResult | Promise<EvaluationResult>
> = defineEvaluator({
  name: 'jsonSchema',
  options: z.strictObject({
    schema: z.union([
      z.boolean(),
      z.custom<object>((value) => (typeof value === 'object' || typeof value === 'function') && value !== null),
    ]),
    parse: z.boolean().optional(),
    formats: z.boolean().optional(),
  }),
  check: ({ schema, formats = true }) => {
    if (!isStandard(schema)) validatorOf(schema, formats);
  },
  evaluate: ({ output }, { schema, parse = true, formats = true }) => {
    const read = readJson(output, parse);
    if (!read.ok) return verdictOf([{ path: '', message: read.error }]);
    if (!isStandard(schema)) return verdictOf(validatorOf(schema, formats)(read.value));
    const checked = schema['~standard'].validate(read.value);
    return checked instanceof Promise
      ? checked.then((result) => verdictOf(violationsOf(result)))
      : verdictOf(violationsOf(checked));
  },
});

function verdictOf(errors: readonly Violation[]): EvaluationResult {
  const explanation = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n');
  return passed(errors.length === 0, ['valid', 'invalid'], {
    explanation: errors.length === 0 ? null : explanation,
    metadata: errors.length === 0 ? {} : { errors },
  });
}

function isStandard(schema: JsonSchemaOptions['schema']): schema is StandardSchemaV1 {
  return typeof schema !== 'boolean' && '~standard' in schema;
}

function violationsOf({
  issues = [],
}: {
  readonly issues?: readonly StandardSchemaV1.Issue[] | undefined;
}): readonly Violation[] {
  return issues.map(({ message, path = [] }) => ({
    message,
    path: path.reduce<string>(
      (pointer, part) => pointerTo(pointer, String(typeof part === 'object' ? part.key : part)),
      '',
    ),
  }));
}
