import { describe, expect, test } from 'vitest';
import { bindEvaluator } from '../src/bind.ts';
import type { EvaluatorParams } from '../src/evaluator.ts';
import { runExperiment } from '../src/run.ts';
import type { UsageReport } from '../src/usage.ts';

const dataset = [{ input: 'France', expected: 'Paris' }];
const quiet = { printSummary: false, retries: 0 } as const;
type Reporter = { readonly reportUsage: (usage: UsageReport) => void };

test('puts what a task reports on its run, added up over its calls', async () => {
  const { taskRuns, summary } = await runExperiment({
    dataset,
    task: ({ reportUsage }) => {
      reportUsage({ promptTokens: 10, completionTokens: 2 });
      reportUsage({ promptTokens: 5, completionTokens: undefined, costUsd: 0.25 });
      return 'Paris';
    },
    ...quiet,
  });

  expect(taskRuns[0]?.usage).toEqual({ promptTokens: 15, completionTokens: 2, costUsd: 0.25 });
  expect(summary.usage.task).toEqual({ promptTokens: 15, completionTokens: 2, costUsd: 0.25 });
});

test('leaves usage unknown when nothing is reported', async () => {
  const { taskRuns, evaluationRuns } = await runExperiment({
    dataset,
    task: () => 'Paris',
    evaluators: { always: () => 1 },
    ...quiet,
  });

  expect(taskRuns[0]?.usage).toBeNull();
  expect(evaluationRuns[0]?.usage).toBeNull();
});

test('counts the usage of a failed attempt, and of an evaluation that fails for good', async () => {
  let calls = 0;
  const flaky = ({ reportUsage }: Reporter): number => {
    reportUsage({ promptTokens: 7 });
    calls += 1;
    if (calls === 1) throw new Error('no answer');
    return 1;
  };
  const broken = ({ reportUsage }: Reporter): number => {
    reportUsage({ promptTokens: 3 });
    throw Object.assign(new Error('not an answer'), { isRetryable: false });
  };

  const { evaluationRuns, summary } = await runExperiment({
    dataset,
    task: () => 'Paris',
    evaluators: { flaky, broken },
    printSummary: false,
    retries: 1,
  });

  expect(evaluationRuns).toMatchObject([
    { name: 'flaky', status: 'ok', attempts: 2, usage: { promptTokens: 14 } },
    { name: 'broken', status: 'failed', attempts: 1, usage: { promptTokens: 3 } },
  ]);
  expect(summary.usage.evaluators).toEqual({ promptTokens: 17, completionTokens: null, costUsd: null });
});

test('counts the usage of an evaluator with several results once', async () => {
  const both = ({ reportUsage }: Reporter) => {
    reportUsage({ promptTokens: 7 });
    return { first: 1, second: 0 };
  };

  const { summary } = await runExperiment({ dataset, task: () => 'Paris', evaluators: { both }, ...quiet });

  expect(summary.usage.evaluators.promptTokens).toBe(7);
});

test('hands the signal and the usage report on to an evaluator that is bound to other fields', async () => {
  const seen: unknown[] = [];
  const judge = (
    params: { readonly answer: string } & Partial<Pick<EvaluatorParams<unknown, string>, 'signal' | 'reportUsage'>>,
  ): number => {
    seen.push(params.signal, { ...params });
    params.reportUsage?.({ promptTokens: 4 });
    return 1;
  };
  const bound = bindEvaluator(judge, ({ output }: EvaluatorParams<(typeof dataset)[number], string>) => ({
    answer: output,
  }));

  const { evaluationRuns } = await runExperiment({ dataset, task: () => 'Paris', evaluators: [bound], ...quiet });

  expect(seen).toEqual([expect.any(AbortSignal), { answer: 'Paris' }]);
  expect(evaluationRuns[0]?.usage).toMatchObject({ promptTokens: 4 });
});

describe('usage that is not a number of at least 0 fails the call', () => {
  test.each([
    [{ promptTokens: -1 }, 'Expected promptTokens to be a number of at least 0, got -1'],
    [{ costUsd: Number.NaN }, 'Expected costUsd to be a number of at least 0, got NaN'],
    [null, 'Expected usage to be { promptTokens, completionTokens, costUsd }, got null'],
  ])('%j', async (usage, error) => {
    const { taskRuns } = await runExperiment({
      dataset,
      task: ({ reportUsage }) => reportUsage(usage as UsageReport),
      ...quiet,
    });

    expect(taskRuns[0]?.error).toBe(error);
  });
});
