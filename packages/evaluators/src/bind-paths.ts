import { AssayError, bindEvaluator, type Evaluator, type EvaluatorParams, needObject } from '@assay/core';
import { EvaluationError } from './evaluation-error.ts';

const roots = ['input', 'output', 'expected', 'reference', 'metadata', 'taskRun'] as const;

/** From which path of a run each parameter is read: `{ "answer": "output.text", "k": "metadata.k" }`. */
export type PathMapping = Readonly<Record<string, string>>;

/**
 * Adapts an evaluator to a run by paths, for where a mapping must be JSON. In code, `bindEvaluator` of core does it with a
 * function that the compiler checks. Parameters that are not mapped are the run's own fields.
 *
 * A path that leads nowhere is a failed evaluation; under `expected` it is `null`, for the evaluator to skip.
 *
 * @throws AssayError `invalid-config` for a path that does not begin with `input`, `output`, `expected`, `reference`,
 * `metadata` or `taskRun`.
 *
 * @example
 * ```ts
 * import { bindPaths, exactMatch } from '@assay/evaluators';
 *
 * const evaluator = bindPaths(exactMatch, { output: 'output.answer', expected: 'expected.answer' });
 * console.log(evaluator.name); // exactMatch
 * ```
 */
export function bindPaths<Params>(
  evaluator: Evaluator<Params>,
  mapping: PathMapping,
): Evaluator<EvaluatorParams<unknown, unknown>> {
  const paths = Object.entries(needObject('the paths of parameters as an object', mapping, 'invalid-config')).map(
    ([parameter, path]) => [parameter, readPath(parameter, path)] as const,
  );
  return bindEvaluator(evaluator as Evaluator<object>, (run: EvaluatorParams<unknown, unknown>) => {
    const { input, output, expected, reference, metadata, taskRun } = run;
    const mapped = Object.fromEntries(paths.map(([parameter, path]) => [parameter, valueAt(run, path)]));
    return { input, output, expected, reference, metadata, taskRun, ...mapped };
  });
}

function readPath(parameter: string, path: unknown): readonly string[] {
  const fields = typeof path === 'string' ? path.split('.') : [];
  if (!roots.some((root) => root === fields[0]) || fields.includes('')) {
    throw new AssayError(
      'invalid-config',
      `Expected mapping.${parameter} to be a path such as "expected.answer" that begins with ${roots.join(', ')}, got ${JSON.stringify(path)}`,
    );
  }
  return fields;
}

function valueAt(run: object, path: readonly string[]): unknown {
  let value: unknown = run;
  for (const field of path) {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, field)) {
      value = (value as Readonly<Record<string, unknown>>)[field];
    } else if (path[0] === 'expected' || path[0] === 'reference') {
      return null;
    } else {
      throw new EvaluationError(`Expected a value at ${path.join('.')}, got none`);
    }
  }
  return value;
}
