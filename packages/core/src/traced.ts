import type { Outcome } from './attempt.ts';
import type { Tracer } from './tracer.ts';

/** An outcome, and the trace it left. */
export interface Traced<T> {
  readonly outcome: Outcome<T>;
  readonly traceId: string | null;
}

/**
 * Carries out a call, all its attempts in one span. A failure ends the span as an error. A tracer that throws costs the
 * trace, never the result.
 */
export async function traced<T>(
  tracer: Tracer,
  name: string,
  kind: 'CHAIN' | 'EVALUATOR',
  attributes: Readonly<Record<string, unknown>>,
  work: () => Promise<Outcome<T>>,
): Promise<Traced<T>> {
  let outcome: Outcome<T> | undefined;
  let failed: { readonly error: unknown } | undefined;
  let traceId: string | null = null;
  try {
    await tracer.span(name, kind, attributes, async (open) => {
      traceId = open.traceId;
      try {
        outcome = await work();
      } catch (error) {
        failed = { error };
        throw error;
      }
      if (!outcome.ok) throw outcome.cause;
      open.set({
        'output.value': asText(outcome.value),
        'output.mime_type': typeof outcome.value === 'string' ? 'text/plain' : 'application/json',
      });
    });
  } catch {
    if (failed !== undefined) throw failed.error;
  }
  return { outcome: outcome ?? (await work()), traceId };
}

/** A value as a span attribute holds it. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return String(value);
  }
}
