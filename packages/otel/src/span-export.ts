import { SEMRESATTRS_PROJECT_NAME } from '@arizeai/openinference-semantic-conventions';
import { messageOf } from '@assay/core';
import { type Context, TraceFlags } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Collector } from './collector.ts';
import { runOf } from './run-context.ts';
import { within } from './within.ts';

/** Spans that wait to be sent; those beyond are dropped, as a collector that is down must not fill the memory. */
const mostQueued = 8192;
const batchSize = 512;

/** Sends spans to a collector, and knows which of them did not get there. */
export class SpanExport implements SpanProcessor {
  readonly #collector: Collector;
  readonly #timeoutMs: number;
  readonly #batches: BatchSpanProcessor;
  readonly #sending = new Set<Promise<void>>();
  /** The tracing projects of spans in experiments that have one. */
  readonly #projects: WeakMap<object, string> | null;
  readonly #resources = new Map<string, Resource>();
  #exporter: Promise<OTLPTraceExporter> | undefined;
  #queued = 0;
  #inFlight = 0;
  #lost = 0;
  #failure: string | null = null;

  /** @param byExperiment - Whether spans go to the project of their experiment, and not all to the provider's. */
  constructor(collector: Collector, timeoutMs: number, byExperiment: boolean) {
    this.#collector = collector;
    this.#timeoutMs = timeoutMs;
    this.#projects = byExperiment ? new WeakMap() : null;
    this.#batches = new BatchSpanProcessor({
      exporter: { export: (spans, resulted) => this.#export(spans, resulted), shutdown: () => this.#shutdown() },
      maxQueueSize: mostQueued,
      maxExportBatchSize: batchSize,
      scheduledDelayMillis: 1000,
    });
  }

  /** Whether more spans wait than one batch holds, while sending has not had its turn. */
  get isBehind(): boolean {
    return this.#queued > batchSize;
  }

  onStart(span: Span, parentContext: Context): void {
    const project = runOf(parentContext)?.projectName ?? null;
    if (project !== null) this.#projects?.set(span, project);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#queued >= mostQueued) {
      this.#lost += 1;
      this.#failure ??= `more than ${mostQueued} were waiting`;
      return;
    }
    this.#queued += 1;
    this.#batches.onEnd(span);
  }

  /** @throws Error with how many spans were not sent, and why. */
  async flush(): Promise<void> {
    const late = await within(this.#timeoutMs, this.#sendAll(), 'late').then(
      () => false,
      () => true,
    );
    const unsent = this.#lost + (late ? this.#queued + this.#inFlight : 0);
    const reason = this.#failure ?? `no answer within ${this.#timeoutMs} ms`;
    this.#lost = 0;
    this.#failure = null;
    if (unsent === 0) return;
    throw new Error(
      `${unsent} ${unsent === 1 ? 'span' : 'spans'} did not reach ${withoutSecrets(this.#collector.url)}: ${reason}`,
    );
  }

  forceFlush(): Promise<void> {
    return this.flush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  async #sendAll(): Promise<void> {
    // What it rejects with is counted where it is sent.
    await this.#batches.forceFlush().catch(() => {});
    await Promise.all(this.#sending);
  }

  #export(spans: readonly ReadableSpan[], resulted: (result: ExportResult) => void): void {
    const sending = this.#send(spans).then(resulted);
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  async #send(spans: readonly ReadableSpan[]): Promise<ExportResult> {
    this.#queued -= spans.length;
    this.#inFlight += spans.length;
    const result = await this.#answerTo(spans);
    this.#inFlight -= spans.length;
    if (result.code !== ExportResultCode.SUCCESS) {
      this.#lost += spans.length;
      this.#failure ??= reasonOf(result.error);
    }
    return result;
  }

  async #answerTo(spans: readonly ReadableSpan[]): Promise<ExportResult> {
    try {
      const exporter = await (this.#exporter ??= createExporter(this.#collector, this.#timeoutMs));
      const sent = spans.map((span) => this.#inItsProject(span));
      return await new Promise((resolve) => exporter.export(sent, resolve));
    } catch (error) {
      return { code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(messageOf(error)) };
    }
  }

  /** OpenTelemetry knows the project by the resource, which is one for a whole provider. */
  #inItsProject(span: ReadableSpan): ReadableSpan {
    const project = this.#projects?.get(span);
    if (project === undefined) return span;
    let resource = this.#resources.get(project);
    if (resource === undefined) {
      resource = span.resource.merge(resourceFromAttributes({ [SEMRESATTRS_PROJECT_NAME]: project }));
      this.#resources.set(project, resource);
    }
    return Object.create(span, { resource: { value: resource } }) as ReadableSpan;
  }

  async #shutdown(): Promise<void> {
    await (await this.#exporter)?.shutdown();
  }
}

/** Loaded when there is the first span to send. */
async function createExporter({ url, headers }: Collector, timeoutMillis: number): Promise<OTLPTraceExporter> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis });
}

function reasonOf(error: Error | undefined): string {
  const status: unknown = error !== undefined && 'code' in error ? error.code : undefined;
  const message = error === undefined ? 'it was refused' : messageOf(error);
  return typeof status === 'number' ? `it answered ${status} ${message}`.trim() : message;
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
