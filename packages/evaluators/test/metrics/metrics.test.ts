import { readFileSync } from 'node:fs';
import { AssayError, createMemoryStore, evaluateExperiment, runExperiment } from '@assay/core';
import { describe, expect, test } from 'vitest';
import {
  correlation,
  exactMatch,
  experimentMetrics,
  fScore,
  type JudgedRun,
  metricsKey,
  precision,
  recall,
  saveExperimentMetrics,
} from '../../src/index.ts';

interface Scores {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

interface Golden {
  readonly classification: readonly {
    readonly expected: readonly string[];
    readonly output: readonly string[];
    readonly positive: string;
    readonly macro: Scores;
    readonly micro: Scores;
    readonly weighted: Scores;
    readonly positiveHalf: Scores;
  }[];
  readonly correlation: readonly {
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly pearson: number;
    readonly spearman: number;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/golden.json', import.meta.url), 'utf8')) as Golden;

type Run = JudgedRun<unknown, string, string>;
const classes = { given: ({ output }: Run) => output, expected: ({ example }: Run) => example.expected };

test.each(['macro', 'micro', 'weighted'] as const)(
  'classes are counted as by scikit-learn, %s average',
  async (average) => {
    for (const { output, expected, ...scores } of golden.classification) {
      const ran = await runOf(output, expected);

      const metrics = experimentMetrics(ran, {
        precision: precision({ ...classes, average }),
        recall: recall({ ...classes, average }),
        f: fScore({ ...classes, average }),
      });

      expect(metrics.precision).toEqual({
        value: expect.closeTo(scores[average].precision, 12),
        n: output.length,
        of: output.length,
      });
      expect(metrics.recall.value).toBeCloseTo(scores[average].recall, 12);
      expect(metrics.f.value).toBeCloseTo(scores[average].f, 12);
    }
  },
);

test('one class is counted as by scikit-learn', async () => {
  for (const { output, expected, positive, positiveHalf } of golden.classification) {
    const ran = await runOf(output, expected);

    const { p, r, f } = experimentMetrics(ran, {
      p: precision({ ...classes, positive }),
      r: recall({ ...classes, positive }),
      f: fScore({ ...classes, positive, beta: 0.5 }),
    });

    if (output.includes(positive)) expect(p.value).toBeCloseTo(positiveHalf.precision, 12);
    else expect(p.value).toBeNull();
    if (expected.includes(positive)) expect(r.value).toBeCloseTo(positiveHalf.recall, 12);
    else expect(r.value).toBeNull();
    expect(f.value).toBeCloseTo(positiveHalf.f, 12);
  }
});

test('correlations are SciPy’s', async () => {
  for (const { a, b, pearson, spearman } of golden.correlation) {
    const dataset = a.map((input, index) => ({ id: String(index), input, expected: b[index]! }));
    const ran = await runExperiment({ dataset, task: ({ input }) => input, printSummary: false });
    const between = [
      ({ output }: JudgedRun<number, number, number>) => output,
      ({ example }: JudgedRun<number, number, number>) => example.expected,
    ] as const;

    const metrics = experimentMetrics(ran, {
      pearson: correlation({ between }),
      spearman: correlation({ between, method: 'spearman' }),
    });

    expect(metrics.pearson.value).toBeCloseTo(pearson, 10);
    expect(metrics.spearman.value).toBeCloseTo(spearman, 10);
  }
});

describe('a metric', () => {
  test('leaves out failed runs and runs without a value, and says how many it rests on', async () => {
    const dataset = ['a', 'b', 'fails', 'a'].map((input, index) => ({
      id: String(index),
      input,
      expected: index === 3 ? null : input,
    }));
    const ran = await runExperiment({
      dataset,
      task: ({ input }) => {
        if (input === 'fails') throw new Error('no');
        return input;
      },
      printSummary: false,
      retries: 0,
    });

    expect(
      experimentMetrics(ran, {
        recall: recall({ given: ({ output }) => output, expected: ({ example }) => example.expected }),
      }),
    ).toEqual({ recall: { value: 1, n: 2, of: 3 } });
  });

  test('is null when it is not defined', async () => {
    const ran = await runOf([], []);
    const same = await runOf(['a', 'a'], ['a', 'a']);
    const score = (run: JudgedRun) => run.score('exactMatch');

    expect(experimentMetrics(ran, { f: fScore(classes), r: correlation({ between: [score, score] }) })).toEqual({
      f: { value: null, n: 0, of: 1 },
      r: { value: null, n: 0, of: 1 },
    });
    expect(experimentMetrics(same, { p: precision({ ...classes, positive: 'b' }) })).toEqual({
      p: { value: null, n: 2, of: 2 },
    });
  });

  test('compares a judge with people, whose labels are annotations', async () => {
    const store = createMemoryStore();
    const started = await runExperiment({
      dataset: ['Lima', 'Quito', 'Bogotá'].map((expected) => ({ id: expected, input: expected, expected })),
      task: ({ input }) => (input === 'Quito' ? 'Cuzco' : input),
      evaluators: [exactMatch],
      store,
      printSummary: false,
    });
    await store.annotateRuns(
      started.id,
      started.taskRuns.map(({ id, output }) => ({
        taskRunId: id,
        name: 'human',
        score: output === 'Cuzco' ? 0 : 1,
        label: output === 'Cuzco' ? 'wrong' : 'right',
      })),
    );
    const ran = await evaluateExperiment({
      experimentId: started.id,
      store,
      evaluators: [exactMatch],
      printSummary: false,
    });

    const metrics = experimentMetrics(ran, {
      agreement: correlation({ between: [(run) => run.score('exactMatch'), (run) => run.score('human')] }),
      f1: fScore({
        given: (run) => (run.label('exactMatch') === 'match' ? 'right' : 'wrong'),
        expected: (run) => run.label('human'),
        positive: 'right',
      }),
    });
    const saved = await saveExperimentMetrics(store, ran.id, metrics);
    await saveExperimentMetrics(store, ran.id, { later: { value: 0.5, n: 3, of: 3 } });

    expect(metrics).toEqual({
      agreement: { value: expect.closeTo(1, 12), n: 3, of: 3 },
      f1: { value: 1, n: 3, of: 3 },
    });
    expect(saved.metadata[metricsKey]).toEqual(metrics);
    expect((await store.getExperiment(ran.id)).metadata).toMatchObject({
      ...started.metadata,
      [metricsKey]: { ...metrics, later: { value: 0.5 } },
    });
  });

  test('refuses a beta that is not above 0', () => {
    expect(() => fScore({ ...classes, beta: 0 })).toThrow(
      expect.toSatisfy((error: unknown) => AssayError.is(error) && error.code === 'invalid-config'),
    );
  });
});

async function runOf(output: readonly string[], expected: readonly string[]) {
  const dataset = expected.map((one, index) => ({ id: String(index), input: output[index]!, expected: one }));
  if (dataset.length === 0)
    return runExperiment({
      dataset: [{ id: '0', input: '', expected: null as never as string }],
      task: () => null as never as string,
      printSummary: false,
    });
  return runExperiment({ dataset, task: ({ input }) => input, printSummary: false });
}
