import type { UsageReport } from './usage.ts';

/** What core knows of tracing: `createTracer` of `@assay/otel` makes one over OpenTelemetry. */
export interface Tracer {
  /** Runs `work` inside a span. When it throws, the span ends as an error, and the error goes on. */
  span<T>(
    name: string,
    kind: 'CHAIN' | 'EVALUATOR',
    attributes: Readonly<Record<string, unknown>>,
    work: (span: TraceSpan) => Promise<T>,
  ): Promise<T>;
  /** Resolves once every ended span has been handed over. */
  flush(): Promise<void>;
}

export interface TraceSpan {
  /** 32 hex digits; `null` for a trace that is not kept. */
  readonly traceId: string | null;
  set(attributes: Readonly<Record<string, unknown>>): void;
  /** What the spans inside this one say that their calls used; `null` when they say nothing. */
  usage?(): UsageReport | null | PromiseLike<UsageReport | null>;
}
