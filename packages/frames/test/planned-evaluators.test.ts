import { createMemoryStore, type Experiment, type RanExperiment, runExperiment } from '@assay/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTable, writeParquet } from '../src/files.ts';
import { compare, createRunsFrameBuilder, evaluatorNames, gate, runsFrame, summarize } from '../src/index.ts';

const parts = ['status', 'score', 'label', 'explanation', 'error'];
const store = createMemoryStore();
let failed: RanExperiment;
let whole: RanExperiment;

beforeAll(async () => {
  const settings = {
    dataset: Array.from({ length: 12 }, (_, input) => ({ input })),
    evaluators: {
      exact: { direction: 'minimize' as const, evaluate: () => 1 },
      parts: () => ({ a: 1, b: 0 }),
    },
    store,
    retries: 0,
    printSummary: false,
  };
  const fail = () => {
    throw new Error('overloaded');
  };
  failed = await runExperiment({ ...settings, name: 'failed', task: fail });
  whole = await runExperiment({ ...settings, name: 'whole', task: ({ input }) => input });
});

describe('an experiment of which every run failed', () => {
  test('has the columns of its evaluators, all null, from records, a store, a file and events', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-'));
    afterAll(() => rm(folder, { recursive: true }));
    await writeParquet({ store, experimentId: failed.id }, join(folder, 'runs.parquet'));
    const events = createRunsFrameBuilder(failed.examples);
    events.addEvent({ type: 'started', experiment: experimentOf(failed), plannedRuns: 12, plannedEvaluations: 24 });
    for (const run of failed.taskRuns) events.addTaskRun(run);

    for (const frame of [
      runsFrame(failed),
      await runsFrame(store, failed.id),
      await readTable(join(folder, 'runs.parquet')),
      events.table(),
    ]) {
      expect(frame.numRows()).toBe(12);
      expect(evaluatorNames(frame)).toEqual(['exact', 'parts']);
      for (const name of ['exact', 'parts'])
        for (const part of parts) expect(frame.array(`eval.${name}.${part}`)).toEqual(Array(12).fill(null));
    }
  });

  test('is summarised as core summarises it: nothing is scored, and all is missing', () => {
    for (const summary of [summarize(failed), summarize(runsFrame(failed))]) {
      expect(Object.keys(summary.evaluators)).toEqual(Object.keys(failed.summary.evaluators));
      expect(summary.evaluators['exact']).toMatchObject(failed.summary.evaluators['exact']!);
      expect(gate(summary, { min: { exact: 0 } }).passed).toBe(false);
    }
  });

  test('is compared by the metrics that the other has, with no word on directions that nobody has said', async () => {
    const { metrics, warnings } = compare(whole, await runsFrame(store, failed.id));
    expect(metrics.map(({ metric, direction, n_missing, verdict }) => [metric, direction, n_missing, verdict])).toEqual(
      [
        ['exact', 'minimize', 12, 'too little data'],
        ['parts/a', 'maximize', 12, 'too little data'],
        ['parts/b', 'maximize', 12, 'too little data'],
        ['latency_ms', 'minimize', 12, 'too little data'],
      ],
    );
    expect(warnings.filter((warning) => warning.includes('which is taken'))).toEqual([]);
  });
});

test('an evaluator that gave several results has their columns, and none of its own', async () => {
  for (const frame of [runsFrame(whole), await runsFrame(store, whole.id)])
    expect(evaluatorNames(frame)).toEqual(['exact', 'parts/a', 'parts/b']);
});

function experimentOf({ id }: RanExperiment): Experiment {
  const { taskRuns: _runs, evaluationRuns: _evaluations, summary: _summary, ...experiment } = failed;
  return { ...experiment, id };
}
