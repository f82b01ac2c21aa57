import {
  EMBEDDING_MODEL_NAME,
  LLM_COST_TOTAL,
  LLM_MODEL_NAME,
  LLM_PROVIDER,
  LLM_RESPONSE_MODEL_NAME,
  LLM_SYSTEM,
  LLM_TOKEN_COUNT_COMPLETION,
  LLM_TOKEN_COUNT_PROMPT,
  LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_READ,
  LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_WRITE,
} from '@arizeai/openinference-semantic-conventions';

/** What the span of one call says that it used. */
export interface SpanUsage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly cacheWrittenPromptTokens: number | null;
  /** Where the span says so itself. */
  readonly costUsd: number | null;
  readonly model: string | null;
  readonly provider: string | undefined;
}

/**
 * What the attributes of a span say that its call used, under the names of OpenInference, of OpenTelemetry's conventions for
 * generative AI, old and new, or of the AI SDK; `null` when they say nothing.
 *
 * @example
 * ```ts
 * import { readSpanUsage } from '@assay/otel';
 *
 * readSpanUsage({ 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 2 })?.promptTokens; // 10
 * ```
 */
export function readSpanUsage(attributes: Readonly<Record<string, unknown>>): SpanUsage | null {
  const number = (names: readonly string[]): number | null => first(attributes, names, isCount);
  const text = (names: readonly string[]): string | null => first(attributes, names, isText);
  const promptTokens = number(names.promptTokens);
  const completionTokens = number(names.completionTokens);
  const costUsd = number(names.costUsd);
  if ((promptTokens ?? completionTokens ?? costUsd) === null) return null;
  return {
    promptTokens,
    // What has no completion, such as an embedding, has none to pay for; where the two are counted, both are given.
    completionTokens: completionTokens ?? (promptTokens === null ? null : 0),
    cachedPromptTokens: number(names.cachedPromptTokens),
    cacheWrittenPromptTokens: number(names.cacheWrittenPromptTokens),
    costUsd,
    model: text(names.model),
    provider: text(names.provider) ?? undefined,
  };
}

const names = {
  promptTokens: [
    LLM_TOKEN_COUNT_PROMPT,
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
  ],
  completionTokens: [
    LLM_TOKEN_COUNT_COMPLETION,
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
  ],
  cachedPromptTokens: [
    LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_READ,
    'gen_ai.usage.cache_read.input_tokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
  ],
  cacheWrittenPromptTokens: [
    LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_WRITE,
    'gen_ai.usage.cache_creation.input_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  costUsd: [LLM_COST_TOTAL, 'gen_ai.usage.cost'],
  model: [
    LLM_RESPONSE_MODEL_NAME,
    'gen_ai.response.model',
    LLM_MODEL_NAME,
    EMBEDDING_MODEL_NAME,
    'gen_ai.request.model',
    'ai.response.model',
    'ai.model.id',
  ],
  provider: [LLM_PROVIDER, 'gen_ai.provider.name', 'gen_ai.system', 'ai.model.provider', LLM_SYSTEM],
} as const;

function first<T>(
  attributes: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  is: (value: unknown) => value is T,
): T | null {
  for (const key of keys) {
    const value = attributes[key];
    if (is(value)) return value;
  }
  return null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
