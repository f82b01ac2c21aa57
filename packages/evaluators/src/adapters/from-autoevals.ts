import { AssayError, type EvaluationResult, type Evaluator } from '@assay/core';
import { EvaluationError } from '../evaluation-error.ts';
import { declined, scored } from '../result.ts';
import { type AdapterOptions, withoutNull } from './adapter-options.ts';

/** What a scorer of `autoevals` returns. */
export interface AutoevalsScore {
  readonly name: string;
  readonly score: number | null;
  readonly metadata?: Record<string, unknown>;
  readonly error?: unknown;
}

/**
 * Makes an evaluator of a scorer of Braintrust's `autoevals`, or of any function of that form.
 *
 * A score of `null` is a skip, an `error` a failed evaluation. A model's `metadata.choice` becomes the label and
 * `metadata.rationale` the explanation. A scorer does not say whether it asks a model: give `kind: 'LLM'` for one that
 * does, so that the run's limit holds for it. What it spends is not known.
 *
 * @throws AssayError `invalid-config` for what is no function, or has no name.
 *
 * @example
 * ```ts
 * import { fromAutoevals } from '@assay/evaluators';
 * import { Levenshtein } from 'autoevals';
 *
 * const similar = fromAutoevals(Levenshtein);
 * console.log(await similar.evaluate({ output: 'Lima', expected: 'Limo' })); // score 0.75
 * ```
 */
export function fromAutoevals<Params>(
  scorer: (params: Params) => AutoevalsScore | PromiseLike<AutoevalsScore>,
  options: AdapterOptions = {},
): Evaluator<Params> {
  if (typeof scorer !== 'function')
    throw new AssayError('invalid-config', `Expected a scorer of autoevals to be a function, got ${typeof scorer}`);
  const name = options.name ?? scorer.name;
  if (name === '')
    throw new AssayError('invalid-config', 'Expected the scorer to have a name, got none: give one as { name }');
  return {
    kind: 'CODE',
    direction: 'maximize',
    ...options,
    name,
    evaluate: async (params) => resultOf(await scorer(withoutNull(params))),
  };
}

function resultOf({ score, metadata = {}, error }: AutoevalsScore): EvaluationResult {
  if (error !== undefined && error !== null)
    throw new EvaluationError(error instanceof Error ? error.message : String(error), {
      cause: error,
      isRetryable: true,
    });
  if (score === null) return declined('The scorer gave no score');
  const { choice, rationale } = metadata;
  return scored(score, {
    label: typeof choice === 'string' ? choice : null,
    explanation: typeof rationale === 'string' ? rationale : null,
    metadata,
  });
}
