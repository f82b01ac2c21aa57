import { setTimeout as sleep } from 'node:timers/promises';
import { runExperiment } from '@assay/core';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, test } from 'vitest';
import {
  InMemorySpanExporter as OlderExporter,
  SimpleSpanProcessor as OlderProcessor,
  TracerProvider as OlderProvider,
} from 'opentelemetry-sdk-trace-2';
import { createTracer, createUsageProcessor, type TracerOptions } from '../src/index.ts';
import { quiet, recordingProvider } from './fixtures/recorded.ts';

afterEach(() => {
  trace.disable();
  context.disable();
});

test('makes a span of every task run and evaluation, each the root of the trace that is on record', async () => {
  const { provider, spans } = recordingProvider();
  const ran = await runExperiment({
    ...quiet,
    name: 'capitals',
    dataset: [{ id: 'peru', input: { country: 'Peru' }, expected: 'Lima', metadata: { region: 'Andes' } }],
    tracer: createTracer({ provider }),
    task: function answer() {
      return 'Lima';
    },
    evaluators: {
      exact: { kind: 'CODE', evaluate: () => ({ score: 1, label: 'same', explanation: 'letter by letter' }) },
    },
  });

  const shared = {
    metadata: '{"region":"Andes"}',
    'experiment.id': ran.id,
    'experiment.name': 'capitals',
    'dataset.id': ran.datasetId,
    'dataset.version_id': ran.datasetVersionId,
    'example.id': 'peru',
    repetition: 1,
  };
  expect(spans()).toMatchObject([
    {
      name: 'Task: answer',
      parentId: null,
      traceId: ran.taskRuns[0]!.traceId,
      status: { code: SpanStatusCode.OK },
      attributes: {
        ...shared,
        'openinference.span.kind': 'CHAIN',
        'input.value': '{"country":"Peru"}',
        'input.mime_type': 'application/json',
        'output.value': 'Lima',
        'output.mime_type': 'text/plain',
      },
    },
    {
      name: 'Evaluation: exact',
      parentId: null,
      traceId: ran.evaluationRuns[0]!.traceId,
      status: { code: SpanStatusCode.OK },
      attributes: {
        ...shared,
        'openinference.span.kind': 'EVALUATOR',
        'input.value': '{"input":{"country":"Peru"},"output":"Lima","expected":"Lima"}',
        'evaluation.name': 'exact',
        'evaluation.annotator_kind': 'CODE',
        'evaluation.score': 1,
        'evaluation.label': 'same',
        'evaluation.explanation': 'letter by letter',
      },
    },
  ]);
  expect(ran.taskRuns[0]!.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(ran.taskRuns[0]!.traceId).not.toBe(ran.evaluationRuns[0]!.traceId);
});

test('leaves a failure an error, with its message and the exception', async () => {
  const { provider, spans } = recordingProvider();
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: [{ input: 1 }],
    retries: 0,
    tracer: createTracer({ provider }),
    task: () => {
      throw new RangeError('out of cheese');
    },
  });
  expect(spans()).toMatchObject([
    {
      status: { code: SpanStatusCode.ERROR, message: 'out of cheese' },
      events: [{ name: 'exception', attributes: { 'exception.type': 'RangeError' } }],
    },
  ]);
  expect(taskRuns[0]).toMatchObject({ error: 'out of cheese', traceId: spans()[0]!.traceId });
});

test('is the parent of what each task traces itself, across awaits, with many tasks open', async () => {
  const { provider, spans, named } = recordingProvider();
  const own = provider.getTracer('of the user');
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: Array.from({ length: 40 }, (_, index) => ({ id: `e${index}`, input: index })),
    concurrency: 20,
    tracer: createTracer({ provider }),
    task: async ({ input }) => {
      await sleep(input % 3);
      return own.startActiveSpan(`outer ${input}`, async (outer) => {
        await sleep(1);
        own.startSpan(`inner ${input}`).end();
        outer.end();
        return input;
      });
    },
  });

  expect(spans()).toHaveLength(120);
  for (const { exampleId, output, traceId } of taskRuns) {
    const [outer] = named(`outer ${output}`);
    const [inner] = named(`inner ${output}`);
    const root = spans().find(({ id }) => id === outer!.parentId);
    expect(root).toMatchObject({ name: 'Task: task', parentId: null, attributes: { 'example.id': exampleId } });
    expect([root!.traceId, inner!.traceId]).toEqual([traceId, traceId]);
    expect(inner!.parentId).toBe(outer!.id);
  }
});

test('links each run to the span that the experiment was started in', async () => {
  const { provider, named } = recordingProvider();
  const tracer = createTracer({ provider });
  const outer = await provider.getTracer('of the user').startActiveSpan('nightly', async (span) => {
    const dataset = Array.from({ length: 20 }, (_, input) => ({ input }));
    const task = ({ input }: { input: number }) => sleep(input % 3);
    await runExperiment({ ...quiet, dataset, concurrency: 3, tracer, task, evaluators: { fine: () => 1 } });
    span.end();
    return span.spanContext();
  });
  const roots = [...named('Task: task'), ...named('Evaluation: fine')];
  expect(roots.map(({ parentId, links }) => [parentId, ...links])).toEqual(
    Array.from({ length: 40 }, () => [null, outer.spanId]),
  );
});

test('joins a provider of an older SDK that is registered already', async () => {
  const exporter = new OlderExporter();
  const provider = new OlderProvider({
    spanProcessors: [createUsageProcessor(), new OlderProcessor({ exporter })],
  });
  const { taskRuns } = await runExperiment({
    ...quiet,
    dataset: [{ input: 1 }],
    tracer: createTracer({ provider }),
    task: async () => {
      await sleep(1);
      const attributes = { 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 1 };
      provider.getTracer('any').startSpan('call', { attributes }).end();
    },
  });
  const [call, root] = exporter.getFinishedSpans();
  expect(call!.parentSpanContext!.spanId).toBe(root!.spanContext().spanId);
  expect(taskRuns[0]).toMatchObject({ traceId: root!.spanContext().traceId, usage: { promptTokens: 3 } });
});

test('has no trace on record where the sampler leaves it out, and loses no result', async () => {
  const { provider, spans } = recordingProvider(new AlwaysOffSampler());
  const { taskRuns, warnings } = await runExperiment({
    ...quiet,
    dataset: [{ input: 1 }],
    tracer: createTracer({ provider }),
    task: () => 'out',
  });
  expect([taskRuns[0]!.output, taskRuns[0]!.traceId, spans().length, warnings]).toEqual(['out', null, 0, []]);
});

describe('the global tracer provider', () => {
  test('is left alone unless it is asked for', () => {
    const { provider } = recordingProvider();
    createTracer({ provider });
    createTracer({ endpoint: 'http://127.0.0.1:9' });
    expect(trace.getTracerProvider()).not.toHaveProperty('getDelegate.call', undefined);
    expect(trace.getTracer('any').startSpan('any').isRecording()).toBe(false);
  });

  test('is taken when asked for, until the tracer is shut down', async () => {
    const { provider, named } = recordingProvider();
    {
      await using tracer = createTracer({ provider, global: true });
      await runExperiment({
        ...quiet,
        dataset: [{ input: 1 }],
        tracer,
        task: () => trace.getTracer('a library').startActiveSpan('deep', (span) => span.end()),
      });
      expect(named('deep')).toMatchObject([{ parentId: named('Task: task')[0]!.id }]);
    }
    expect(trace.getTracer('any').startSpan('any').isRecording()).toBe(false);
  });

  test('is not taken from somebody else, but can be joined', async () => {
    const { provider, named } = recordingProvider();
    trace.setGlobalTracerProvider(provider);
    expect(() => createTracer({ global: true })).toThrowError(
      expect.objectContaining({ code: 'invalid-config', message: expect.stringContaining('join it by provider') }),
    );
    const tracer = createTracer({ provider: trace.getTracerProvider() });
    await runExperiment({ ...quiet, dataset: [{ input: 1 }], tracer, task: () => 1 });
    expect(named('Task: task')).toHaveLength(1);
  });
});

test.each<[TracerOptions, string]>([
  [{ endpoint: 'localhost:6006' }, 'Expected endpoint to be a URL of http or https'],
  [{ endpoint: 'nonsense' }, 'Expected endpoint to be a URL of http or https'],
  [{ flushTimeoutMs: 0 }, 'Expected flushTimeoutMs to be above 0, got 0'],
  [{ flushTimeoutMs: Number.NaN }, 'got NaN'],
  [{ provider: {} as never }, 'Expected provider to be a tracer provider of OpenTelemetry'],
  [{ provider: recordingProvider().provider, endpoint: 'http://127.0.0.1:6006' }, 'Expected either provider'],
])('refuses %j', (options, message) => {
  expect(() => createTracer(options)).toThrowError(
    expect.objectContaining({ code: 'invalid-config', message: expect.stringContaining(message) }),
  );
});
