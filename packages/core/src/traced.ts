import type { Outcome } from './attempt.ts';
import type { Tracer, TraceSpan } from './tracer.ts';
import { onlyTraced, reportedOrTraced, type UsageReport } from './usage.ts';

/** An outcome, and the trace it left. */
export interface Traced<T> {
  readonly outcome: Outcome<T>;
  readonly traceId: string | null;
}

/** A call as its span tells of it. */
export interface SpanOf<T> {
  readonly name: string;
  readonly kind: 'CHAIN' | 'EVALUATOR';
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the span says of what came back, beside the value itself. */
  readonly resultAttributes?: (value: T) => Readonly<Record<string, unknown>>;
}

/**
 * Carries out a call, all its attempts in one span. A failure ends the span as an error. A tracer that throws, or does not
 * come to an end, costs the trace, never the result nor a second call.
 *
 * @param onTracerFailure - Hears what the tracer throws, as far as it is the tracer's own.
 */
export async function traced<T>(
  tracer: Tracer,
  { name, kind, attributes, resultAttributes }: SpanOf<T>,
  work: () => Promise<Outcome<T>>,
  onTracerFailure: (error: unknown) => void,
): Promise<Traced<T>> {
  const call = new Call(work, resultAttributes, onTracerFailure);
  await new Promise<void>((resolve) => {
    const within = (span: TraceSpan): Promise<void> => {
      const inside = call.within(span);
      inside.then(resolve, resolve);
      return inside;
    };
    const spanned = async (): Promise<void> => tracer.span(name, kind, attributes, within);
    spanned().then(resolve, (error: unknown) => {
      if (!call.hasThrown(error)) onTracerFailure(error);
      resolve();
    });
  });
  const outcome = await call.begin();
  const { used, traceId } = call;
  if (used === null) return { outcome, traceId };
  outcome.reservation?.report(onlyTraced(outcome.usage, used));
  return { outcome: { ...outcome, usage: reportedOrTraced(outcome.usage, used) }, traceId };
}

/** A call that is made once, however often the tracer asks for it. */
class Call<T> {
  readonly #work: () => Promise<Outcome<T>>;
  readonly #resultAttributes: SpanOf<T>['resultAttributes'];
  readonly #onTracerFailure: (error: unknown) => void;
  #outcome: Promise<Outcome<T>> | undefined;
  #thrown: { readonly error: unknown } | undefined;
  traceId: string | null = null;
  used: UsageReport | null = null;

  constructor(
    work: () => Promise<Outcome<T>>,
    resultAttributes: SpanOf<T>['resultAttributes'],
    onTracerFailure: (error: unknown) => void,
  ) {
    this.#work = work;
    this.#resultAttributes = resultAttributes;
    this.#onTracerFailure = onTracerFailure;
  }

  begin(): Promise<Outcome<T>> {
    return (this.#outcome ??= this.#work());
  }

  /** Makes the call inside a span, and rejects with what it failed with, so that the span ends as an error. */
  async within(span: TraceSpan): Promise<void> {
    this.traceId = span.traceId;
    let outcome: Outcome<T>;
    try {
      outcome = await this.begin();
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
    try {
      this.used = (await span.usage?.()) ?? null;
      if (outcome.ok) {
        const isText = typeof outcome.value === 'string';
        span.set({
          'output.value': asText(outcome.value),
          'output.mime_type': isText ? 'text/plain' : 'application/json',
          ...this.#resultAttributes?.(outcome.value),
        });
      }
    } catch (error) {
      this.#onTracerFailure(error);
    }
    if (!outcome.ok) {
      this.#thrown = { error: outcome.cause };
      throw outcome.cause;
    }
  }

  hasThrown(error: unknown): boolean {
    return this.#thrown !== undefined && Object.is(this.#thrown.error, error);
  }
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
