import { AssayError } from '@assay/core';
import { op, table as tableOf } from 'arquero';
import { describe, expect, test } from 'vitest';
import { type AnalysisSource, compare, fromArrowIPC, runsFrame, summarize, toArrowIPC } from '../src/index.ts';
import { scored, table } from './fixtures/scored.ts';

const source = scored(
  table(12, (index) => [index % 2, index % 3 ? 0.5 : 'failed']),
  { latencyMs: (_, repetition) => 100 * repetition },
);

test('reads a frame that was filtered and sorted by its rows, and takes what was cut as unplanned', () => {
  const frame = runsFrame(source);
  const first = frame.filter((row: { repetition: number }) => row.repetition === 1).orderby('run_id');
  const { taskRuns, evaluators, latencyMs } = summarize(first);
  expect(taskRuns.ok).toBe(12);
  expect(latencyMs).toEqual({ p50: 100, p90: 100, p99: 100 });
  expect(evaluators['exact']).toMatchObject({ ok: 12, mean: 0.5, examples: 12 });

  const one = summarize(frame.filter((row: { example_id: string }) => op.equal(row.example_id, 'example-1')));
  expect(one.taskRuns).toEqual({ planned: 2, ok: 2, failed: 0, missing: 0 });
});

test('answers for the whole experiment where rows are only missing', () => {
  const lost = { ...source, taskRuns: source.taskRuns.slice(4), evaluationRuns: source.evaluationRuns.slice(4) };
  expect(summarize(runsFrame(lost)).taskRuns).toEqual({ planned: 24, ok: 20, failed: 0, missing: 4 });
});

test('gives the same after a journey through Arrow bytes', () => {
  const frame = runsFrame(source);
  const again = fromArrowIPC(toArrowIPC(frame));
  expect(summarize(again)).toEqual(summarize(frame));
  expect(compare(again, frame).metrics).toEqual(compare(frame, frame).metrics);
});

test('reads a foreign frame that has nothing but ids and scores', () => {
  const foreign = tableOf({ example_id: ['a', 'b', 'c', 'a'], 'eval.exact.score': [1, null, 0.5, 0] });
  const { taskRuns, evaluators } = summarize(foreign);
  expect(taskRuns).toEqual({ planned: 3, ok: 4, failed: 0, missing: 0 });
  expect(evaluators['exact']).toMatchObject({ ok: 3, scored: 3, mean: 0.5, direction: 'maximize' });
});

describe('refuses', () => {
  test.each<[string, unknown, RegExp]>([
    ['an experiment that was not awaited', Promise.resolve(source), /got a Promise: await it first/],
    ['anything else', { rows: [] }, /Expected an experiment to be a RanExperiment/],
    ['nothing', undefined, /got undefined/],
    [
      'rows of two experiments',
      runsFrame(source).concat(
        runsFrame(
          scored(
            table(2, () => 1),
            { id: 'other' },
          ),
        ),
      ),
      /one experiment, got rows of 'experiment' and 'other'/,
    ],
    ['a frame without example ids', tableOf({ score: [1] }), /Expected a column 'example_id', got 'score'/],
  ])('%s', (_, given, message) => {
    const read = () => summarize(given as AnalysisSource);
    expect(read).toThrow(AssayError);
    expect(read).toThrow(message);
  });
});
