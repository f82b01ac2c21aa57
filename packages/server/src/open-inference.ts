import { readSpanUsage } from '@assay/otel/usage';
import type { Span } from '@assay/store';

/** What a span's attributes say of a model's call, under the names of OpenInference or of OpenTelemetry. */
export function modelCallOf(
  attributes: Readonly<Record<string, unknown>>,
): Pick<Span, 'promptTokens' | 'completionTokens' | 'modelName'> {
  const { promptTokens = null, completionTokens = null, model = null } = readSpanUsage(attributes) ?? {};
  return { promptTokens, completionTokens, modelName: model ?? modelIn(attributes) };
}

/** The kinds of spans that OpenInference knows; any other is `UNKNOWN`. */
export function spanKindOf(kind: unknown, attributes: Readonly<Record<string, unknown>> = {}): string {
  const upper = typeof kind === 'string' ? kind.toUpperCase() : '';
  if (spanKinds.has(upper)) return upper;
  return operationKinds.get(attributes['gen_ai.operation.name']) ?? 'UNKNOWN';
}

/** What OpenTelemetry's conventions for generative AI call the same. */
const operationKinds: ReadonlyMap<unknown, string> = new Map([
  ['chat', 'LLM'],
  ['text_completion', 'LLM'],
  ['generate_content', 'LLM'],
  ['embeddings', 'EMBEDDING'],
  ['execute_tool', 'TOOL'],
  ['create_agent', 'AGENT'],
  ['invoke_agent', 'AGENT'],
]);

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

/** A call that failed has a model and no tokens. */
function modelIn(attributes: Readonly<Record<string, unknown>>): string | null {
  const model = attributes['llm.model_name'] ?? attributes['gen_ai.request.model'];
  return typeof model === 'string' ? model : null;
}
