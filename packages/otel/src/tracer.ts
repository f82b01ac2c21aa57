import { setImmediate as nextTurn } from 'node:timers/promises';
import { AssayError, messageOf, needObject, type Tracer, type TraceSpan, type UsageReport } from '@assay/core';
import type { PriceList } from '@assay/prices';
import { type Span, SpanStatusCode, trace, TraceFlags, type TracerProvider } from '@opentelemetry/api';
import { attributesOf } from './attributes.ts';
import { contextManager } from './context-manager.ts';
import { createExportingProvider } from './exporting-provider.ts';
import type { CollectorOptions } from './collector.ts';
import { withRun } from './run-context.ts';
import { SpanMeter } from './span-meter.ts';
import { within } from './within.ts';

export interface TracerOptions extends CollectorOptions {
  /**
   * Your own tracer provider: spans go where it sends them. Give it `createUsageProcessor()` for tokens and cost. Default: a
   * provider of the tracer's own, which sends to `endpoint`.
   */
  readonly provider?: TracerProvider | undefined;
  /**
   * Whether to register the provider as OpenTelemetry's global one, for libraries that can be given no other. Default `false`.
   */
  readonly global?: boolean | undefined;
  /** What models cost. Default: the published prices. */
  readonly prices?: PriceList | undefined;
  /** Milliseconds that the end of an experiment waits for its traces to be handed over. Default 5,000. */
  readonly flushTimeoutMs?: number | undefined;
}

/** Core's `Tracer` over OpenTelemetry. It serves any number of experiments. */
export interface ExperimentTracer extends Tracer {
  /** What makes the spans: for libraries that are to trace into the same place, such as the AI SDK. */
  readonly provider: TracerProvider;
  /** Hands over what is left, and ends the tracer's own provider; your own is left as it is. */
  shutdown(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a tracer for `runExperiment({ tracer })`: a span for every task run and evaluation, around what they trace themselves,
 * each the root of a trace whose id is on record. Tokens and cost are read back from the spans within.
 *
 * A collector that is down or does not answer costs a warning, and at most `flushTimeoutMs` at the end.
 *
 * @throws AssayError `invalid-config` for an endpoint that is no URL, a provider together with an endpoint, or `global` where
 * another provider is registered already.
 *
 * @example
 * ```ts
 * import { runExperiment } from '@assay/core';
 * import { createTracer } from '@assay/otel';
 *
 * export async function run() {
 *   await using tracer = createTracer({ endpoint: 'http://localhost:6006', projectName: 'capitals' });
 *   const { taskRuns } = await runExperiment({ dataset: [{ input: 'Peru' }], task: ({ input }) => input, tracer });
 *   return taskRuns[0]?.traceId; // 32 hex digits
 * }
 * ```
 */
export function createTracer(options: TracerOptions = {}): ExperimentTracer {
  const {
    global: isGlobal = false,
    prices,
    flushTimeoutMs = 5000,
  } = needObject('the options of a tracer as an object', options, 'invalid-config');
  if (typeof flushTimeoutMs !== 'number' || !(flushTimeoutMs > 0))
    throw new AssayError('invalid-config', `Expected flushTimeoutMs to be above 0, got ${String(flushTimeoutMs)}`);
  const own = options.provider === undefined ? createExportingProvider(options, flushTimeoutMs) : undefined;
  const provider = own?.provider ?? checkedProvider(options);
  const context = contextManager();
  if (isGlobal) registerGlobally(provider);
  const tracer = provider.getTracer('@assay/otel');

  return {
    provider,
    span: (name, kind, attributes, work) => {
      // A root of its own, so that a trace is a run, with a link to the span that the experiment was started in.
      const around = trace.getSpanContext(context.active());
      const links = around === undefined ? [] : [{ context: around }];
      const project = attributes['experiment.project_name'];
      const meter = new SpanMeter();
      const run = withRun(context.active(), { meter, projectName: typeof project === 'string' ? project : null });
      const span = tracer.startSpan(name, { root: true, links, attributes: attributesOf(attributes, kind) }, run);
      return context.with(trace.setSpan(run, span), () => carryOut(span, () => usageOf(meter), work));
    },
    flush: () => (own === undefined ? flushed(provider, flushTimeoutMs) : own.flush()),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };

  async function usageOf(meter: SpanMeter): Promise<UsageReport | null> {
    // Tasks that wait for nothing would leave sending no turn of the event loop.
    if (own?.isBehind() === true) await nextTurn();
    return meter.total(prices);
  }

  async function shutdown(): Promise<void> {
    if (isGlobal) trace.disable();
    await own?.shutdown();
  }
}

async function carryOut<T>(
  span: Span,
  usage: NonNullable<TraceSpan['usage']>,
  work: (span: TraceSpan) => Promise<T>,
): Promise<T> {
  try {
    const result = await work({
      traceId: recordedTraceId(span),
      set: (attributes) => void span.setAttributes(attributesOf(attributes)),
      usage,
    });
    span.setStatus({ code: SpanStatusCode.OK });
    return result;
  } catch (error) {
    span.recordException(error instanceof Error ? error : messageOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** `null` for a trace that will not be there: a sampler left it out, or nobody listens. */
function recordedTraceId(span: Span): string | null {
  const { traceId, traceFlags } = span.spanContext();
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? null : traceId;
}

function checkedProvider({ provider, endpoint, headers, projectName }: TracerOptions): TracerProvider {
  if (typeof provider?.getTracer !== 'function')
    throw new AssayError(
      'invalid-config',
      'Expected provider to be a tracer provider of OpenTelemetry, got something else',
    );
  if ((endpoint ?? headers ?? projectName) !== undefined)
    throw new AssayError(
      'invalid-config',
      'Expected either provider, which says itself where its spans go, or endpoint, headers and projectName, got both',
    );
  return provider;
}

function registerGlobally(provider: TracerProvider): void {
  if (trace.setGlobalTracerProvider(provider)) return;
  throw new AssayError(
    'invalid-config',
    'Expected no global tracer provider to be registered yet, got one: join it by provider: trace.getTracerProvider()',
  );
}

/** Flushes a provider of the user's, if it can be: OpenTelemetry's API does not have it, all its SDKs do. */
async function flushed(provider: TracerProvider, timeoutMs: number): Promise<void> {
  const behind: unknown = 'getDelegate' in provider ? (provider.getDelegate as () => unknown).call(provider) : provider;
  const { forceFlush } = behind as { readonly forceFlush?: () => Promise<void> };
  if (typeof forceFlush !== 'function') return;
  await within(timeoutMs, forceFlush.call(behind), `the tracer provider did not flush within ${timeoutMs} ms`);
}
