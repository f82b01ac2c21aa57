import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bindEvaluator } from '../src/bind.ts';
import type { EvaluatorParams } from '../src/evaluator.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { resumeExperiment, runExperiment } from '../src/run.ts';
import { skip } from '../src/verdict.ts';
import { numbered } from './fixtures/examples.ts';
import { summaryFrom } from './fixtures/summary.ts';
import { after, finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;

const judged = async (evaluators: Record<string, (params: { input: number; attempt: number }) => unknown>, count = 1) =>
  finish(
    runExperiment({ ...quiet, dataset: numbered(count), task: ({ input }) => input, evaluators: evaluators as never }),
  );

test('does not judge a run that failed, and counts it', async () => {
  const exact = vi.fn(() => 1);
  const { evaluationRuns, summary } = await finish(
    runExperiment({
      ...quiet,
      dataset: numbered(2),
      retries: 0,
      task: () => {
        throw new Error('no');
      },
      evaluators: { exact },
    }),
  );
  expect(exact).not.toHaveBeenCalled();
  expect(evaluationRuns).toEqual([]);
  expect(summary).toMatchObject({
    taskRuns: { failed: 2 },
    evaluators: { exact: { planned: 2, ok: 0, failed: 0, missing: 2, mean: null } },
  });
});

test('judges a run that returned nothing', async () => {
  const { evaluationRuns } = await finish(
    runExperiment({
      ...quiet,
      dataset: numbered(1),
      task: () => undefined,
      evaluators: { empty: ({ output }) => output === null },
    }),
  );
  expect(evaluationRuns).toMatchObject([{ score: 1 }]);
});

test('retries an evaluator as it does a task, and records what it took', async () => {
  const { evaluationRuns } = await judged({
    flaky: ({ attempt }) => {
      if (attempt < 3) throw new TypeError('no');
      return 0.5;
    },
  });
  expect(evaluationRuns).toMatchObject([{ status: 'ok', score: 0.5, attempts: 3, error: null }]);
  expect(evaluationRuns[0]!.waitMs).toBeGreaterThan(0);
});

test('records an evaluator that fails as failed, and never as a score', async () => {
  const { evaluationRuns, summary } = await judged(
    {
      broken: ({ input }) => {
        if (input === 0) throw new Error('no judge');
        return 1;
      },
    },
    2,
  );
  expect(evaluationRuns).toMatchObject([
    { status: 'failed', error: 'no judge', score: null, label: null, explanation: null, attempts: 4 },
    { status: 'ok', score: 1 },
  ]);
  expect(summary.evaluators['broken']).toMatchObject({ ok: 1, failed: 1, mean: 1 });
});

test.each([
  ['NaN', Number.NaN, 'Expected score to be a finite number, got NaN'],
  ['nothing', undefined, /^Expected a number, boolean, string/],
  ['metadata that is not JSON', { score: 1, metadata: { big: 1n } }, /JSON/],
])('records a verdict of %s as a failure, without asking again', async (_, verdict, error) => {
  const judge = vi.fn(() => verdict);
  const { evaluationRuns, summary } = await judged({ judge });
  expect(judge).toHaveBeenCalledTimes(1);
  expect(evaluationRuns).toMatchObject([
    { status: 'failed', score: null, error: expect.stringMatching(error) as string },
  ]);
  expect(summary.evaluators['judge']).toMatchObject({ ok: 0, failed: 1, mean: null });
});

test("obeys an evaluator's own retries and time-out", async () => {
  const calls = { once: 0, slow: 0 };
  const once = {
    name: 'once',
    retries: 0,
    evaluate: () => {
      calls.once += 1;
      throw new Error('no');
    },
  };
  const slow = { name: 'slow', timeoutMs: 5, retries: 1, evaluate: () => ((calls.slow += 1), after(100, 1)) };
  const patient = { name: 'patient', timeoutMs: null, evaluate: () => after(1000, 1) };
  const { evaluationRuns } = await finish(
    runExperiment({ ...quiet, dataset: numbered(1), timeoutMs: 50, task: () => 1, evaluators: [once, slow, patient] }),
  );
  expect(evaluationRuns.map(({ name, status, attempts, error }) => [name, status, attempts, error])).toEqual([
    ['once', 'failed', 1, 'no'],
    ['slow', 'failed', 2, 'Timed out after 5 ms'],
    ['patient', 'ok', 1, null],
  ]);
  expect(calls).toEqual({ once: 1, slow: 2 });
});

test('counts a skip apart, out of the mean, and a resume does not ask again', async () => {
  const store = createMemoryStore();
  const judge = vi.fn(({ input }: { input: number }) => (input === 0 ? skip('too short') : 1));
  const { id, evaluationRuns, summary } = await finish(
    runExperiment({ ...quiet, store, dataset: numbered(3), task: ({ input }) => input, evaluators: { judge } }),
  );
  expect(evaluationRuns[0]).toMatchObject({ status: 'skipped', explanation: 'too short', score: null, error: null });
  expect(summary.evaluators['judge']).toMatchObject({ ok: 2, skipped: 1, failed: 0, missing: 0, mean: 1 });
  await finish(resumeExperiment({ ...quiet, store, experimentId: id, evaluators: { judge } }));
  expect(judge).toHaveBeenCalledTimes(3);
});

describe('an evaluator with several results', () => {
  const parts = ({ input }: { input: number }) => ({
    even: input % 2 === 0,
    size: { score: input, explanation: 'as it is' },
  });

  test('makes a record of each, named after it and its part', async () => {
    const { evaluationRuns, summary, ...of } = await judged({ judge: parts, plain: () => 1 }, 2);
    expect(
      evaluationRuns.map(({ exampleId, name, score, label, explanation }) => [
        exampleId,
        name,
        score,
        label,
        explanation,
      ]),
    ).toEqual([
      ['e0', 'judge/even', 1, 'true', null],
      ['e0', 'judge/size', 0, null, 'as it is'],
      ['e0', 'plain', 1, null, null],
      ['e1', 'judge/even', 0, 'false', null],
      ['e1', 'judge/size', 1, null, 'as it is'],
      ['e1', 'plain', 1, null, null],
    ]);
    expect(Object.keys(summary.evaluators).sort()).toEqual(['judge/even', 'judge/size', 'plain']);
    expect(summary).toEqual(
      summaryFrom({ ...of, evaluationRuns } as never, of.taskRuns, evaluationRuns, [
        'judge/even',
        'judge/size',
        'plain',
      ]),
    );
  });

  test('is asked again on a resume when one of its results failed, and only then', async () => {
    const store = createMemoryStore();
    let broken = true;
    const judge = vi.fn(({ input }: { input: number }) => ({ a: 1, b: broken && input === 0 ? Number.NaN : 2 }));
    const { id } = await finish(
      runExperiment({ ...quiet, store, dataset: numbered(2), task: ({ input }) => input, evaluators: { judge } }),
    );
    broken = false;
    const { summary } = await finish(resumeExperiment({ ...quiet, store, experimentId: id, evaluators: { judge } }));
    expect(judge).toHaveBeenCalledTimes(3);
    expect(summary.evaluators).toMatchObject({ 'judge/a': { ok: 2, failed: 0 }, 'judge/b': { ok: 2, failed: 0 } });
    await finish(resumeExperiment({ ...quiet, store, experimentId: id, evaluators: { judge } }));
    expect(judge).toHaveBeenCalledTimes(3);
  });

  test('that failed as a whole first is complete once it gives its results', async () => {
    const store = createMemoryStore();
    let broken = true;
    const judge = vi.fn(({ input }: { input: number }) => {
      if (broken && input === 0) throw new Error('no');
      return { a: 1, b: 2 };
    });
    const options = { ...quiet, store, retries: 0, evaluators: { judge } };
    const ran = await finish(runExperiment({ ...options, dataset: numbered(2), task: ({ input }) => input }));
    expect(ran.summary.evaluators).toMatchObject({
      'judge/a': { ok: 1, failed: 1, missing: 0 },
      'judge/b': { ok: 1, failed: 1 },
    });
    broken = false;
    const resumed = await finish(resumeExperiment({ ...options, experimentId: ran.id }));
    expect(resumed.summary.evaluators).toEqual({
      'judge/a': expect.objectContaining({ ok: 2, failed: 0, skipped: 0, missing: 0 }) as unknown,
      'judge/b': expect.objectContaining({ ok: 2, failed: 0 }) as unknown,
    });
    await finish(resumeExperiment({ ...options, experimentId: ran.id }));
    expect(judge).toHaveBeenCalledTimes(3);
  });

  test('that fails as a whole on a resume takes no result back', async () => {
    const store = createMemoryStore();
    let broken = false;
    const judge = () => {
      if (broken) throw new Error('no');
      return { a: 1, b: Number.NaN };
    };
    const options = { ...quiet, store, retries: 0, evaluators: { judge } };
    const { id } = await finish(runExperiment({ ...options, dataset: numbered(1), task: ({ input }) => input }));
    broken = true;
    const { summary } = await finish(resumeExperiment({ ...options, experimentId: id }));
    expect(summary.evaluators).toMatchObject({
      'judge/a': { ok: 1, failed: 0, missing: 0 },
      'judge/b': { ok: 0, failed: 1, missing: 0 },
    });
  });
});

describe('bindEvaluator', () => {
  test('refuses what is no evaluator, and a binding that is no function', () => {
    expect(() => bindEvaluator(null as never, () => ({}))).toThrow('Expected an evaluator to bind, got null');
    expect(() => bindEvaluator(() => 1, { output: 'answer' } as never)).toThrow(
      'Expected a function that reads a run for the evaluator, got an object',
    );
  });

  const faithful = ({ context, answer }: { context: string; answer: string }) => context.includes(answer);
  type Run = EvaluatorParams<{ input: number; metadata: { passages: string[] } }, string>;
  const read = ({ metadata, output }: Run) => ({ context: metadata.passages.join(' '), answer: output });

  test('judges a run by the parameters that are read from it, under the name of the function', async () => {
    const dataset = [{ input: 1, metadata: { passages: ['a b', 'c'] } }];
    const { evaluationRuns } = await finish(
      runExperiment({ ...quiet, dataset, task: () => 'b c', evaluators: [bindEvaluator(faithful, read)] }),
    );
    expect(evaluationRuns).toMatchObject([{ name: 'faithful', score: 1 }]);
  });

  test('keeps name, kind, direction, limits and this of an evaluator', () => {
    const evaluator = {
      name: 'own',
      kind: 'LLM' as const,
      direction: 'minimize' as const,
      retries: 1,
      timeoutMs: 5,
      rateLimit: { key: 'k' },
      strict: true,
      evaluate({ answer }: { context: string; answer: string }) {
        return this.strict && answer === '';
      },
    };
    const bound = bindEvaluator(evaluator, read);
    expect(bound).toMatchObject({
      name: 'own',
      kind: 'LLM',
      direction: 'minimize',
      retries: 1,
      timeoutMs: 5,
      rateLimit: { key: 'k' },
    });
    expect(bound.evaluate({ metadata: { passages: [] }, output: '' } as unknown as Run)).toBe(true);
  });
});

test('accepts a class, an instance, a list and a record alike', async () => {
  class Length {
    direction = 'minimize' as const;
    evaluate({ output }: { output: string }): number {
      return output.length;
    }
  }
  for (const evaluators of [Length, new Length(), [Length], { Length }]) {
    const { evaluationRuns } = await finish(
      runExperiment({ ...quiet, dataset: numbered(1), task: () => 'four', evaluators }),
    );
    expect(evaluationRuns).toMatchObject([{ name: 'Length', score: 4, direction: 'minimize' }]);
  }
});
