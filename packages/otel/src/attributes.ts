import { OpenInferenceSpanKind, SemanticConventions } from '@arizeai/openinference-semantic-conventions';
import type { Attributes } from '@opentelemetry/api';

/** Attributes as OpenTelemetry takes them: what is not there is left out, and what is no text, number or truth is JSON. */
export function attributesOf(
  given: Readonly<Record<string, unknown>>,
  kind?: keyof typeof OpenInferenceSpanKind,
): Attributes {
  const attributes: Attributes =
    kind === undefined ? {} : { [SemanticConventions.OPENINFERENCE_SPAN_KIND]: OpenInferenceSpanKind[kind] };
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    attributes[name] =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : JSON.stringify(value);
  }
  return attributes;
}
