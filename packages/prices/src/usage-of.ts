import { needObject, type UsageReport } from '@assay/core';
import { costOf, type PriceList } from './price-list.ts';

/** What is read of an answer of the AI SDK: of `generateText`, `generateObject`, `embed`, or one step of them. */
export interface ModelAnswer {
  readonly usage?: TokenCounts | undefined;
  /** Its `modelId` is the model as its server named it. */
  readonly response?: object | undefined;
  /** The model as it was asked for. */
  readonly model?: { readonly modelId: string; readonly provider: string } | undefined;
  readonly steps?: readonly ModelAnswer[] | undefined;
}

interface TokenCounts {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly inputTokenDetails?:
    | { readonly cacheReadTokens?: number | undefined; readonly cacheWriteTokens?: number | undefined }
    | undefined;
  /** Of embeddings. */
  readonly tokens?: number | undefined;
}

export interface UsageOptions {
  /** The model that was asked, when the answer does not say, or its server calls it something else. */
  readonly model?: string | { readonly modelId: string; readonly provider?: string | undefined } | undefined;
  /** Default: the published prices. */
  readonly prices?: PriceList | undefined;
}

/**
 * What an answer of the AI SDK used and cost, all its steps together, to be handed to `reportUsage`.
 *
 * @returns Tokens and US dollars, each `null` where it is not known for every step.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { usageOf } from '@assay/prices';
 * import { generateText, type LanguageModel } from 'ai';
 *
 * export const run = (model: LanguageModel) =>
 *   runExperiment({
 *     dataset: [{ input: 'Peru' }],
 *     task: async ({ input, reportUsage, signal }) => {
 *       const answer = await generateText({ model, prompt: `The capital of ${input}?`, abortSignal: signal });
 *       reportUsage(usageOf(answer));
 *       return answer.text;
 *     },
 *   });
 * ```
 */
export function usageOf(answer: ModelAnswer, options: UsageOptions = {}): UsageReport {
  needObject('what a call of a model gave back', answer);
  const steps = answer.steps === undefined || answer.steps.length === 0 ? [answer] : answer.steps;
  const used = steps.map((step) => usageOfStep(step, options));
  const total = (name: Exclude<keyof UsageReport, 'replayedCalls'>): number | null =>
    used.reduce<number | null>(
      (sum, usage) => (sum === null || usage[name] === null ? null : sum + (usage[name] ?? 0)),
      0,
    );
  const cachedPromptTokens = total('cachedPromptTokens');
  return {
    promptTokens: total('promptTokens'),
    completionTokens: total('completionTokens'),
    costUsd: total('costUsd'),
    ...(cachedPromptTokens === null || cachedPromptTokens === 0 ? {} : { cachedPromptTokens }),
  };
}

function usageOfStep({ usage, response, model: asked }: ModelAnswer, { model, prices }: UsageOptions) {
  const given = typeof model === 'string' ? { modelId: model } : (model ?? asked);
  const tokens = {
    promptTokens: usage?.inputTokens ?? usage?.tokens ?? null,
    completionTokens: usage?.outputTokens ?? (usage?.tokens === undefined ? null : 0),
    cachedPromptTokens: usage?.inputTokenDetails?.cacheReadTokens ?? null,
    cacheWrittenPromptTokens: usage?.inputTokenDetails?.cacheWriteTokens ?? null,
  };
  const price = prices?.costOf ?? costOf;
  const named = response !== undefined && 'modelId' in response ? response.modelId : undefined;
  // The server's name tells which of several versions answered; but a proxy may make one up.
  const costs = [named, given?.modelId].map((name) =>
    typeof name === 'string' ? price(tokens, name, given?.provider) : null,
  );
  return { ...tokens, costUsd: costs.find((cost) => cost !== null) ?? null };
}
