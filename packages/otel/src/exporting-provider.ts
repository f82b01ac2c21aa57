import { SEMRESATTRS_PROJECT_NAME } from '@arizeai/openinference-semantic-conventions';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { type CollectorOptions, resolveCollector } from './collector.ts';
import { SpanExport } from './span-export.ts';
import { createUsageProcessor } from './usage-processor.ts';

/** A tracer provider that sends its spans to a collector, in batches while an experiment runs. */
export interface ExportingProvider {
  readonly provider: TracerProvider;
  /** Whether spans are made faster than they are sent. */
  readonly isBehind: () => boolean;
  /** Waits until all spans that have ended are sent. @throws Error with how many were not, and why. */
  flush(): Promise<void>;
  /** Never rejects: what was not sent has been told of by the flush of its experiment. */
  shutdown(): Promise<void>;
}

/** @throws AssayError `invalid-config`. */
export function createExportingProvider(options: CollectorOptions, timeoutMs: number): ExportingProvider {
  const { projectName } = options;
  const spans = new SpanExport(resolveCollector(options), timeoutMs, projectName === undefined);
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ [SEMRESATTRS_PROJECT_NAME]: projectName ?? 'default' })),
    spanProcessors: [createUsageProcessor(), spans],
  });
  return {
    provider,
    isBehind: () => spans.isBehind,
    flush: () => spans.flush(),
    shutdown: async () => {
      await spans.flush().catch(() => {});
      void provider.shutdown().catch(() => {});
    },
  };
}
