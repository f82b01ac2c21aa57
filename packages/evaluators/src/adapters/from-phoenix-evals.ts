import { AssayError, type EvaluationResult, type Evaluator } from '@assay/core';
import { type AdapterOptions, withoutNull } from './adapter-options.ts';

/** An evaluator of `@arizeai/phoenix-evals`, made by its `createEvaluator`, `createClassificationEvaluator` and so on. */
export interface PhoenixEvaluator<Params> {
  readonly name: string;
  readonly kind: 'LLM' | 'CODE';
  readonly optimizationDirection?: 'MAXIMIZE' | 'MINIMIZE' | 'NEUTRAL';
  evaluate(params: Params): Promise<PhoenixResult>;
}

/** Its parameters, where it has named them: a bare `Record` says nothing, and would refuse what a run gives. */
export type PhoenixParams<Params> = string extends keyof Params ? object : Params;

export interface PhoenixResult {
  readonly score?: number;
  readonly label?: string;
  readonly explanation?: string;
}

/**
 * Makes an evaluator of one of Arize's `@arizeai/phoenix-evals`, with its name, kind and direction.
 *
 * A result with nothing in it, which that library makes of booleans, is a failed evaluation and no silent success. What
 * its models spend is not known, and they retry by themselves, beside core.
 *
 * @throws AssayError `invalid-config` for what is no evaluator.
 *
 * @example
 * ```ts
 * import { createEvaluator } from '@arizeai/phoenix-evals';
 * import { fromPhoenixEvals } from '@assay/evaluators';
 *
 * const length = fromPhoenixEvals(createEvaluator(({ output }: { output: string }) => output.length, { name: 'length' }));
 * console.log(await length.evaluate({ output: 'Lima' })); // score 4
 * ```
 */
export function fromPhoenixEvals<Params>(
  evaluator: PhoenixEvaluator<Params>,
  options: AdapterOptions = {},
): Evaluator<PhoenixParams<Params>> {
  if (typeof evaluator !== 'object' || evaluator === null || typeof evaluator.evaluate !== 'function') {
    throw new AssayError(
      'invalid-config',
      `Expected an evaluator of phoenix-evals to be an object with evaluate, got ${evaluator === null ? 'null' : typeof evaluator}`,
    );
  }
  const { name, kind, optimizationDirection } = evaluator;
  return {
    kind,
    direction:
      optimizationDirection === 'MINIMIZE' ? 'minimize' : optimizationDirection === 'NEUTRAL' ? 'neutral' : 'maximize',
    ...options,
    name: options.name ?? name,
    evaluate: async (params) => resultOf(await evaluator.evaluate(withoutNull(params) as Params)),
  };
}

/** Core refuses a result with nothing in it. */
function resultOf({ score, label, explanation }: PhoenixResult): EvaluationResult {
  return { score: score ?? null, label: label ?? null, explanation: explanation ?? null, metadata: {} };
}
