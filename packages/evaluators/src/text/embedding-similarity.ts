import type { EvaluationResult, UsageReport } from '@assay/core';
import { cosineSimilarity, embedMany, type EmbeddingModel } from 'ai';
import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { usageOfAnswer } from '../judges/ask.ts';
import { textOf } from '../read-params.ts';
import { nothingExpected, scored } from '../result.ts';

export interface EmbeddingSimilarityOptions {
  /** Any embedding model of the AI SDK. */
  readonly model: EmbeddingModel;
}

export interface EmbeddingSimilarityParams {
  readonly output: string;
  readonly expected: string | null;
  readonly signal?: AbortSignal | undefined;
  readonly reportUsage?: ((usage: UsageReport) => void) | undefined;
}

/**
 * The cosine of the angle between the embeddings of output and expected text: u·v ÷ (|u|·|v|).
 *
 * Range −1 to 1, higher is better; what counts as near depends on the model. Asks the model once for both texts; core
 * retries and limits the call, and its tokens are on record as the evaluation's usage. An empty output is a failed
 * evaluation, as models have no embedding for it. Skipped when nothing is expected.
 *
 * @example
 * ```ts
 * import { embeddingSimilarity } from '@assay/evaluators';
 * import { MockEmbeddingModelV4 } from 'ai/test';
 *
 * const model = new MockEmbeddingModelV4({ maxEmbeddingsPerCall: 2, doEmbed: async () => ({ embeddings: [[1, 0], [1, 1]], warnings: [] }) });
 * const similar = embeddingSimilarity.with({ model });
 * console.log((await similar({ output: 'a car', expected: 'an automobile' })).score); // 0.707…
 * ```
 */
export const embeddingSimilarity: CodeEvaluator<
  EmbeddingSimilarityParams,
  EmbeddingSimilarityOptions,
  EvaluationResult | Promise<EvaluationResult>
> = defineEvaluator({
  name: 'embeddingSimilarity',
  options: z.strictObject({
    model: z.union([
      z.string().min(1),
      z.custom<object>((model) => typeof model === 'object' && model !== null && 'doEmbed' in model),
    ]),
  }),
  evaluate: ({ output, expected, signal, reportUsage }, { model }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const values = [textOf('output', output), textOf('expected', expected)];
    if (values.some((value) => value.trim() === ''))
      throw new EvaluationError('Expected output and expected to be some text, got an empty one');
    return similarity(model, values, signal, reportUsage);
  },
});

async function similarity(
  model: EmbeddingModel,
  values: string[],
  signal: AbortSignal | undefined,
  reportUsage: EmbeddingSimilarityParams['reportUsage'],
): Promise<EvaluationResult> {
  const { embeddings, usage } = await embedMany({
    model,
    values,
    maxRetries: 0,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  const known = Number.isFinite(usage.tokens) ? usage : {};
  reportUsage?.(await usageOfAnswer({ usage: known }, model));
  const [given, wanted] = embeddings;
  if (given === undefined || wanted === undefined)
    throw new EvaluationError(`Expected the model to give 2 embeddings, got ${embeddings.length}`, {
      isRetryable: true,
    });
  return scored(cosineSimilarity(given, wanted));
}
