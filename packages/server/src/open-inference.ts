import type { Span } from '@assay/store';

/** What OpenInference's attributes say of a model's call. */
export function modelCallOf(
  attributes: Readonly<Record<string, unknown>>,
): Pick<Span, 'promptTokens' | 'completionTokens' | 'modelName'> {
  const model = attributes['llm.model_name'];
  return {
    promptTokens: numberOrNull(attributes['llm.token_count.prompt']),
    completionTokens: numberOrNull(attributes['llm.token_count.completion']),
    modelName: typeof model === 'string' ? model : null,
  };
}

/** The kinds of spans that OpenInference knows; any other is `UNKNOWN`. */
export function spanKindOf(kind: unknown): string {
  const upper = typeof kind === 'string' ? kind.toUpperCase() : '';
  return spanKinds.has(upper) ? upper : 'UNKNOWN';
}

export const spanKinds: ReadonlySet<string> = new Set([
  'LLM',
  'CHAIN',
  'TOOL',
  'RETRIEVER',
  'EMBEDDING',
  'AGENT',
  'RERANKER',
  'GUARDRAIL',
  'EVALUATOR',
  'PROMPT',
  'DECISION',
  'UNKNOWN',
]);

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
