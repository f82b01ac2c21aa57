export { readSpanUsage, type SpanUsage } from './span-usage.ts';
export { createTracer, type ExperimentTracer, type TracerOptions } from './tracer.ts';
export { createUsageProcessor, type UsageProcessor } from './usage-processor.ts';
