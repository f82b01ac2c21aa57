import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runExperiment } from '../src/run.ts';
import type { Tracer, TraceSpan } from '../src/tracer.ts';
import type { UsageReport } from '../src/usage.ts';
import { numbered } from './fixtures/examples.ts';
import { finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

describe('a tracer', () => {
  const traceId = '0123456789abcdef0123456789abcdef';
  const span = (): TraceSpan => ({ traceId, set: () => {} });
  const tracerOf = (log: unknown[], faults: { before?: boolean; after?: boolean; flush?: boolean } = {}): Tracer => ({
    async span(name, kind, attributes, work) {
      if (faults.before) throw new Error('no tracer');
      const span = { name, kind, attributes, set: {}, error: null as unknown };
      log.push(span);
      const result = await work({ traceId, set: (more) => Object.assign(span.set, more) }).catch((error: unknown) => {
        span.error = error;
        throw error;
      });
      if (faults.after) throw new Error('no exporter');
      return result;
    },
    flush() {
      if (faults.flush) throw new Error('no collector');
      return Promise.resolve();
    },
  });

  test('has one span for all attempts of a run, and one for its evaluation, and their trace is on record', async () => {
    const log: unknown[] = [];
    const answer = ({ attempt }: { attempt: number }) => {
      if (attempt < 3) throw new Error('no');
      return { text: 'out' };
    };
    const ran = await finish(
      runExperiment({
        ...quiet,
        dataset: [{ id: 'a', input: 'q', expected: 'r', metadata: { topic: 'capitals' } }],
        tracer: tracerOf(log),
        task: answer,
        evaluators: { exact: () => [1, 'same', 'as expected'] as const },
      }),
    );
    expect(log).toMatchObject([
      {
        name: 'Task: answer',
        kind: 'CHAIN',
        attributes: {
          'input.value': 'q',
          'input.mime_type': 'text/plain',
          metadata: '{"topic":"capitals"}',
          'example.id': 'a',
          repetition: 1,
          'experiment.id': ran.id,
          'dataset.id': ran.datasetId,
        },
        set: { 'output.value': '{"text":"out"}', 'output.mime_type': 'application/json' },
        error: null,
      },
      {
        name: 'Evaluation: exact',
        kind: 'EVALUATOR',
        attributes: {
          'input.value': '{"input":"q","output":{"text":"out"},"expected":"r"}',
          'evaluation.name': 'exact',
        },
        set: { 'evaluation.score': 1, 'evaluation.label': 'same', 'evaluation.explanation': 'as expected' },
        error: null,
      },
    ]);
    expect([ran.taskRuns[0]!.traceId, ran.evaluationRuns[0]!.traceId]).toEqual([traceId, traceId]);
  });

  test('ends the span of a failed run as an error', async () => {
    const log: unknown[] = [];
    const failure = new Error('no');
    await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        retries: 0,
        tracer: tracerOf(log),
        task: () => {
          throw failure;
        },
      }),
    );
    expect(log).toMatchObject([{ error: failure }]);
  });

  test.each([
    ['before the call', { before: true }],
    ['after the call', { after: true }],
  ])('that throws %s costs a warning, never the result, nor a second call', async (_, faults) => {
    const task = vi.fn(() => 1);
    const { taskRuns, warnings } = await finish(
      runExperiment({ ...quiet, dataset: numbered(2), tracer: tracerOf([], faults), task }),
    );
    expect(taskRuns.map(({ output }) => output)).toEqual([1, 1]);
    expect(task).toHaveBeenCalledTimes(2);
    expect(warnings).toEqual([expect.stringMatching(/^The tracer failed 2 times, .*: no (tracer|exporter)$/)]);
  });

  test.each<[string, Tracer['span']]>([
    ['never comes to an end', (_name, _kind, _attributes, work) => work(span()).then(() => new Promise(() => {}))],
    [
      'throws while the call is open',
      (_name, _kind, _attributes, work) => {
        void work(span());
        throw new Error('no');
      },
    ],
    ['asks for the call twice', async (_name, _kind, _attributes, work) => (await work(span()), work(span()))],
    ['asks for no call', () => Promise.resolve(undefined as never)],
  ])('that %s makes no difference to the results', async (_, spanOf) => {
    const task = vi.fn(({ input }: { input: unknown }) => input);
    const { taskRuns } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(2),
        tracer: { span: spanOf, flush: () => Promise.resolve() },
        task,
        evaluators: { exact: () => 1 },
      }),
    );
    expect(taskRuns.map(({ output }) => output)).toEqual([0, 1]);
    expect(task).toHaveBeenCalledTimes(2);
  });

  test('tells what the calls of a run used, where nothing was reported', async () => {
    const used = { promptTokens: 100, completionTokens: 20, costUsd: 0.5, cachedPromptTokens: 60 };
    const tracer: Tracer = {
      span: (_name, _kind, _attributes, work) => work({ ...span(), usage: () => used }),
      flush: () => Promise.resolve(),
    };
    const run = (report: UsageReport | null) =>
      finish(
        runExperiment({
          ...quiet,
          dataset: numbered(1),
          tracer,
          task: ({ reportUsage }) => {
            if (report !== null) reportUsage(report);
          },
        }),
      ).then(({ taskRuns }) => taskRuns[0]!.usage);

    expect(await run(null)).toEqual(used);
    // What was reported beats the trace, figure by figure, and is never added to it.
    expect(await run({ promptTokens: 90, completionTokens: 15 })).toEqual({
      promptTokens: 90,
      completionTokens: 15,
      costUsd: 0.5,
    });
    expect(await run({ costUsd: 0.25 })).toEqual({ ...used, costUsd: 0.25 });
  });

  test('that cannot tell the usage costs a warning', async () => {
    const usage = () => Promise.reject(new Error('no meter'));
    const tracer: Tracer = {
      span: (_name, _kind, _attributes, work) => work({ ...span(), usage }),
      flush: () => Promise.resolve(),
    };
    const { taskRuns, warnings } = await finish(
      runExperiment({ ...quiet, dataset: numbered(1), tracer, task: () => 'out' }),
    );
    expect(taskRuns[0]).toMatchObject({ output: 'out', usage: null, traceId });
    expect(warnings).toEqual([expect.stringContaining('no meter')]);
  });

  test('that cannot hand over its spans is a warning', async () => {
    const { warnings, summary } = await finish(
      runExperiment({ ...quiet, dataset: numbered(1), tracer: tracerOf([], { flush: true }), task: () => 1 }),
    );
    expect(warnings).toEqual(['Traces could not be handed over: no collector']);
    expect(summary.taskRuns.ok).toBe(1);
  });

  test('does not make the task be called again for an error in the settings', async () => {
    const task = vi.fn(() => {
      throw new Error('no');
    });
    const shouldRetry = () => {
      throw new RangeError('a bug');
    };
    await expect(
      finish(runExperiment({ ...quiet, dataset: numbered(1), tracer: tracerOf([]), task, shouldRetry })),
    ).rejects.toThrowError('a bug');
    expect(task).toHaveBeenCalledTimes(1);
  });

  test('leaves a run in a back-off missing at a stop', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    const { summary } = await finish(
      runExperiment({
        ...quiet,
        dataset: numbered(1),
        tracer: tracerOf([]),
        signal: controller.signal,
        task: () => {
          throw new Error('no');
        },
      }),
    );
    expect(summary.taskRuns).toMatchObject({ failed: 0, missing: 1 });
  });
});
