import { runExperiment, skip } from '@assay/core';
import { expect, test } from 'vitest';
import { runsFrame, summarize } from '../src/index.ts';
import { scored, table } from './fixtures/scored.ts';

const dataset = Array.from({ length: 14 }, (_, index) => ({
  id: `e${index}`,
  input: index,
  expected: index % 3,
  metadata: { topic: index % 2 ? 'odd' : 'even' },
  splits: index < 4 ? ['hard'] : ['easy'],
}));

async function ran(repetitions: number) {
  return runExperiment({
    dataset,
    task: ({ input, repetition }) => {
      if (input === 5 && repetition === 1) throw new Error('overloaded');
      return (input * repetition) % 3;
    },
    evaluators: {
      exact: ({ output, expected }) => output === expected,
      distance: ({ output, input }) => (input === 2 ? skip('no') : Math.abs(output - input) / 3),
      parts: ({ output, input }) => {
        if (input === 7) throw new Error('no verdict');
        return { low: output, high: output + 1 };
      },
    },
    repetitions,
    retries: 0,
    printSummary: false,
  });
}

test.each([1, 3])('gives the numbers of the summary that core gives, with %i repetitions', async (repetitions) => {
  const experiment = await ran(repetitions);
  for (const got of [summarize(experiment), summarize(runsFrame(experiment))]) {
    expect(got.taskRuns).toEqual(experiment.summary.taskRuns);
    expect(got.attempts).toBe(experiment.summary.attempts);
    expect(got.retries).toBe(experiment.summary.retries);
    expect(got.latencyMs.p90).toBeCloseTo(experiment.summary.latencyMs.p90!, 9);
    expect(Object.keys(got.evaluators).sort()).toEqual(Object.keys(experiment.summary.evaluators).sort());
    for (const [name, expected] of Object.entries(experiment.summary.evaluators)) {
      const { mean, standardError, interval, ...counts } = expected;
      expect(got.evaluators[name]).toMatchObject(counts);
      expect(got.evaluators[name]!.mean).toBeCloseTo(mean!, 12);
      expect(got.evaluators[name]!.standardError).toBeCloseTo(standardError!, 12);
      expect(got.evaluators[name]!.interval![0]).toBeCloseTo(interval![0], 9);
      expect(got.evaluators[name]!.interval![1]).toBeCloseTo(interval![1], 9);
    }
  }
});

test('says how much of what was planned has a score, and between which means the whole lies', () => {
  const source = scored({
    ...table(8, () => 1),
    'example-0': ['failed'],
    'example-1': ['task failed'],
    'example-2': ['skipped'],
    'example-3': ['absent'],
  });
  expect(summarize(source).evaluators['exact']).toMatchObject({
    planned: 8,
    ok: 4,
    failed: 1,
    skipped: 1,
    missing: 2,
    scored: 4,
    mean: 1,
    coverage: 4 / 7,
    bounds: [4 / 7, 1],
  });
});

test('summarises each slice by its own planned runs', async () => {
  const { slices } = summarize(await ran(2), {
    slices: ['splits', 'metadata.topic', ({ input }) => (input === 5 ? 'five' : null)],
  });
  expect(slices.map(({ key, value, examples }) => [key, value, examples])).toEqual([
    ['splits', 'easy', 10],
    ['splits', 'hard', 4],
    ['metadata.topic', 'even', 7],
    ['metadata.topic', 'odd', 7],
    ['slice', 'five', 1],
  ]);
  expect(slices.at(-1)!.summary.taskRuns).toEqual({ planned: 2, ok: 1, failed: 1, missing: 0 });
});

test('slices a frame by metadata, flattened or not, and has no splits to slice by', async () => {
  const experiment = await ran(1);
  const expected = summarize(experiment, { slices: ['metadata.topic'] }).slices.map(({ value, summary }) => [
    value,
    summary.evaluators['exact']!.mean,
  ]);
  for (const frame of [runsFrame(experiment), runsFrame(experiment, { flatten: true })]) {
    const { slices } = summarize(frame, { slices: ['metadata.topic'] });
    expect(slices.map(({ value, summary }) => [value, summary.evaluators['exact']!.mean])).toEqual(expected);
  }
  expect(() => summarize(runsFrame(experiment), { slices: ['splits'] })).toThrow('Expected records to slice by splits');
});
