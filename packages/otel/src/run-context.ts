import { type Context, createContextKey } from '@opentelemetry/api';
import type { SpanMeter } from './span-meter.ts';

/** What spans inside a task run or an evaluation belong to. */
export interface RunContext {
  readonly meter: SpanMeter;
  /** The tracing project of the experiment; `null` where its store has none. */
  readonly projectName: string | null;
}

const key = createContextKey('@assay/otel run');

export function withRun(context: Context, run: RunContext): Context {
  return context.setValue(key, run);
}

export function runOf(context: Context): RunContext | undefined {
  return context.getValue(key) as RunContext | undefined;
}
