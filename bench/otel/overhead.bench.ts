/**
 * What tracing adds to a run, in CPU of this process: the same experiment without a tracer, with one that sends to a
 * collector in another process, and with one that also reads usage from a model's span inside. Beside it the same span made
 * and sent by OpenTelemetry alone, which nobody can do without. One span per run; the time until all is sent is in it.
 *
 *   node bench/otel/overhead.bench.ts
 */
import { fork } from 'node:child_process';
import { runExperiment, type Tracer } from '@assay/core';
import { createTracer } from '@assay/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { printTable } from '../table.ts';

const examples = 5000;
const rounds = 7;
const collector = fork(new URL('collector.ts', import.meta.url));
const port = await new Promise<number>((resolve) => collector.once('message', (message) => resolve(Number(message))));
const endpoint = `http://127.0.0.1:${port}`;

const dataset = Array.from({ length: examples }, (_, index) => ({
  id: `example-${index}`,
  input: { question: `Question ${index}` },
  expected: { answer: `Answer ${index}` },
}));

const run =
  (tracer?: Tracer, inside: () => void = () => {}) =>
  async (): Promise<void> => {
    const { warnings } = await runExperiment({
      dataset,
      task: async ({ input }) => {
        inside();
        return input;
      },
      tracer,
      printSummary: false,
    });
    if (warnings.length > 0) throw new Error(warnings.join('\n'));
  };

const traced = createTracer({ endpoint });
const metered = createTracer({ endpoint });
const call = {
  'openinference.span.kind': 'LLM',
  'llm.model_name': 'gpt-5-mini',
  'llm.token_count.prompt': 100,
  'llm.token_count.completion': 10,
};
const inside = (): void => metered.provider.getTracer('model').startSpan('call', { attributes: call }).end();

const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
const bare = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: 8192 })] });
const bareTracer = bare.getTracer('bare');
const bareSpans = async (): Promise<void> => {
  for (const { id, input } of dataset) {
    const attributes = {
      'openinference.span.kind': 'CHAIN',
      'input.value': JSON.stringify(input),
      'input.mime_type': 'application/json',
      metadata: '{}',
      'experiment.id': 'experiment-1',
      'experiment.name': 'bare',
      'dataset.id': 'dataset-1',
      'dataset.version_id': 'dataset-1-1',
      'example.id': id,
      repetition: 1,
    };
    bareTracer.startActiveSpan('Task: task', { root: true, attributes }, (span) => {
      span.setAttributes({ 'output.value': JSON.stringify(input), 'output.mime_type': 'application/json' });
      span.setStatus({ code: 1 });
      span.end();
    });
    await Promise.resolve();
  }
  await bare.forceFlush();
};

async function cpuPerRun(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / examples;
}

const subjects = { none: run(), traced: run(traced), metered: run(metered, inside), bare: bareSpans };
type Subject = keyof typeof subjects;
const measured: Record<Subject, number[]> = { none: [], traced: [], metered: [], bare: [] };
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, work] of Object.entries(subjects)) {
    const cost = await cpuPerRun(work);
    if (round > 0) measured[name as Subject].push(cost); // the first round warms up
  }
}
await Promise.all([traced.shutdown(), metered.shutdown(), bare.shutdown()]);
collector.disconnect();

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const more = (name: Subject): string =>
  median(measured[name].map((cost, round) => cost - measured.none[round]!)).toFixed(0);
const cost = (name: Subject): string => median(measured[name]).toFixed(0);
printTable(`Tracing: CPU per run, ${examples} runs, median of ${rounds} rounds`, [
  { subject: 'no tracer', 'CPU µs per run': cost('none'), 'tracing adds': '' },
  { subject: 'createTracer({ endpoint })', 'CPU µs per run': cost('traced'), 'tracing adds': more('traced') },
  { subject: 'with a model’s span inside, priced', 'CPU µs per run': cost('metered'), 'tracing adds': more('metered') },
  { subject: 'OpenTelemetry alone, one span', 'CPU µs per run': cost('bare'), 'tracing adds': '' },
]);
