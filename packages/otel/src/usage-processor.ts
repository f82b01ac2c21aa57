import { type Attributes, type Context, type SpanContext, trace } from '@opentelemetry/api';
import { runOf } from './run-context.ts';
import type { SpanMeter } from './span-meter.ts';

/** A span processor of OpenTelemetry. */
export interface UsageProcessor {
  onStart(span: StartedSpan, parentContext: Context): void;
  onEnd(span: EndedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

interface StartedSpan {
  spanContext(): SpanContext;
}

interface EndedSpan extends StartedSpan {
  readonly attributes: Attributes;
}

/**
 * Reads tokens and cost from the spans of your own tracer provider, for runs and evaluations that are traced by
 * `createTracer({ provider })`. It exports nothing.
 *
 * @example
 * ```ts
 * import { createTracer, createUsageProcessor } from '@assay/otel';
 * import { TracerProvider } from '@opentelemetry/sdk-trace';
 *
 * const provider = new TracerProvider({ spanProcessors: [createUsageProcessor()] }); // and yours, which export
 * export const tracer = createTracer({ provider });
 * ```
 */
export function createUsageProcessor(): UsageProcessor {
  const meters = new WeakMap<object, SpanMeter>();
  return {
    onStart: (span, parentContext) => {
      const run = runOf(parentContext);
      if (run === undefined) return;
      meters.set(span, run.meter);
      run.meter.started(span.spanContext().spanId, trace.getSpanContext(parentContext)?.spanId);
    },
    onEnd: (span) => meters.get(span)?.ended(span.spanContext().spanId, span.attributes),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
