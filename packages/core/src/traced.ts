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
  tracer: Tracer | undefined,
  span: { readonly name: string; readonly kind: 'CHAIN' | 'EVALUATOR'; readonly attributes: () => Readonly<Record<string, unknown>> },
  work: () => Promise<Outcome<T>>,
): Promise<Traced<T>> {
  if (tracer === undefined) return { outcome: await work(), traceId: null };
  let outcome: Outcome<T> | undefined;
  let failed: { readonly error: unknown } | undefined;
  let traceId: string | null = null;
  try {
    await tracer.span(span.name, span.kind, span.attributes(), async (open) => {
      traceId = open.traceId;
      try {
        outcome = await work();
      } catch (error) {
        failed = { error };
        throw error;
      }
      if (!outcome.ok) throw outcome.cause;
      open.set({ 'output.value': asText(outcome.value), 'output.mime_type': typeof outcome.value === 'string' ? 'text/plain' : 'application/json' });
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
