import { createMemoryStore } from '@assay/core';
import { type ColumnTable, desc, op } from 'arquero';
import { describe, expect, test } from 'vitest';
import { CodedColumn } from '../src/column/coded.ts';
import { frameInfo } from '../src/frame-info.ts';
import { codesOf, numbersOf } from '../src/read-column.ts';
import { createRunsFrameBuilder } from '../src/runs-builder.ts';
import { runsFrame } from '../src/runs-frame.ts';
import {
  evaluationRun,
  evaluationRuns,
  examples,
  experiment,
  records,
  taskRun,
  taskRuns,
} from './fixtures/capitals.ts';

describe('runsFrame', () => {
  test('has the columns of the contract in their order, then those of each evaluator as they first appear', () => {
    expect(runsFrame(records).columnNames()).toEqual([
      'run_id',
      'experiment_id',
      'example_id',
      'repetition',
      'attempts',
      'input',
      'expected',
      'output',
      'metadata',
      'status',
      'error',
      'trace_id',
      'start_time',
      'end_time',
      'latency_ms',
      'wait_ms',
      'cost_usd',
      'prompt_tokens',
      'completion_tokens',
      'eval.exact.status',
      'eval.exact.score',
      'eval.exact.label',
      'eval.exact.explanation',
      'eval.exact.error',
      'eval.judge/tone.status',
      'eval.judge/tone.score',
      'eval.judge/tone.label',
      'eval.judge/tone.explanation',
      'eval.judge/tone.error',
    ]);
  });

  test('has a row for each run on record and none for a planned run without one', () => {
    const frame = runsFrame(records);
    expect(frame.objects({ columns: ['example_id', 'repetition', 'status', 'attempts'] })).toEqual([
      { example_id: 'peru', repetition: 1, status: 'ok', attempts: 1 },
      { example_id: 'peru', repetition: 2, status: 'failed', attempts: 4 },
      { example_id: 'mali', repetition: 1, status: 'ok', attempts: 1 },
    ]);
  });

  test('keeps a string as it is and everything else as JSON text, with JSON null as null', () => {
    const frame = runsFrame(records);
    expect(frame.array('input')).toEqual([
      '{"country":"Peru","population":34}',
      '{"country":"Peru","population":34}',
      '{"country":"Mali","hint":null}',
    ]);
    expect(frame.array('output')).toEqual(['Lima', null, '{"capital":"Bamako","sure":true}']);
    expect(frame.array('expected')).toEqual(['Lima', 'Lima', null]);
  });

  test('gives null, never zero, for a verdict that is missing, failed or skipped, and for unknown numbers', () => {
    const frame = runsFrame(records);
    expect(frame.array('eval.exact.status')).toEqual(['ok', null, 'skipped']);
    expect(frame.array('eval.exact.score')).toEqual([1, null, null]);
    expect(frame.array('eval.judge/tone.error')).toEqual([null, null, 'no answer']);
    expect(frame.array('latency_ms')).toEqual([1333.25, 1333.25, null]);
    expect(frame.array('prompt_tokens')).toEqual([10, null, null]);
    expect(frame.array('cost_usd')).toEqual([0.25, null, null]);
  });

  test('orders rows by the dataset and by repetition, whatever order the records have', () => {
    const shuffled = {
      experiment,
      examples,
      taskRuns: taskRuns.toReversed(),
      evaluationRuns: evaluationRuns.toReversed(),
    };
    const names = runsFrame(records).columnNames();
    expect(runsFrame(shuffled).select(names).objects()).toEqual(runsFrame(records).objects());
  });

  test('gives the same frame from a RanExperiment, async records and a store', async () => {
    const store = createMemoryStore([{ name: 'capitals', examples: examples.map((example) => ({ ...example })) }]);
    const dataset = await store.getDataset({ name: 'capitals' });
    const { id } = await store.createExperiment({
      datasetId: dataset.id,
      datasetVersionId: dataset.versionId,
      repetitions: 2,
    });
    const ids = new Map<string, string>();
    for (const run of taskRuns) ids.set(run.id, (await store.saveTaskRun({ ...run, experimentId: id })).id);
    for (const run of evaluationRuns)
      await store.saveEvaluationRun({ ...run, experimentId: id, taskRunId: ids.get(run.taskRunId) ?? '' });
    const withoutIds = (frame: ColumnTable) =>
      frame.select(frame.columnNames().filter((name) => !['run_id', 'experiment_id'].includes(name))).objects();

    const fromRecords = withoutIds(runsFrame(records));
    expect(withoutIds(await runsFrame(store, id))).toEqual(fromRecords);
    expect(withoutIds(await runsFrame({ store, experimentId: id }))).toEqual(fromRecords);
    expect(withoutIds(await runsFrame({ ...records, taskRuns: readLater(taskRuns) }))).toEqual(fromRecords);
  });

  test('flattens columns of objects by key, typed where every value is of one type', () => {
    const frame = runsFrame(records, { flatten: true });
    expect(frame.columnNames()).not.toContain('input');
    expect(frame.array('input.country')).toEqual(['Peru', 'Peru', 'Mali']);
    expect(frame.array('input.population')).toEqual([34, 34, null]);
    expect(frame.array('metadata.continent')).toEqual(['America', 'America', 'Africa']);
    // A string among the outputs: the column stays as it is.
    expect(frame.array('output')).toEqual(['Lima', null, '{"capital":"Bamako","sure":true}']);
  });

  test('flattens a key of mixed types to JSON text', () => {
    const mixed = [
      taskRun('peru', 1, { output: { answer: 'Lima', score: true } }),
      taskRun('mali', 1, { output: { answer: 7, score: null } }),
    ];
    const frame = runsFrame({ experiment, examples, taskRuns: mixed, evaluationRuns: [] }, { flatten: true });
    expect(frame.array('output.answer')).toEqual(['"Lima"', '7']);
    expect(frame.array('output.score')).toEqual([true, null]);
  });

  test('is an empty table with all columns when nothing has run', () => {
    const frame = runsFrame({ experiment, examples, taskRuns: [], evaluationRuns: [] });
    expect(frame.numRows()).toBe(0);
    expect(frame.numCols()).toBe(19);
  });

  test('keeps the experiment and the directions through verbs', () => {
    const frame = runsFrame(records)
      .filter((row: { status: string }) => row.status === 'ok')
      .orderby(desc('repetition'))
      .select('example_id', 'eval.judge/tone.score');
    expect(frameInfo(frame)).toMatchObject({
      datasetId: 'dataset-1',
      repetitions: 2,
      exampleCount: 2,
      directions: { exact: 'maximize', 'judge/tone': 'minimize' },
    });
  });
});

describe('createRunsFrameBuilder', () => {
  test('gives a table at any time, which does not change when more comes', () => {
    const builder = createRunsFrameBuilder(examples);
    builder.addEvent({ type: 'started', experiment, plannedRuns: 4, plannedEvaluations: 8 });
    builder.addEvent({ type: 'task-run-saved', run: taskRun('mali', 1) });
    const early = builder.table();
    builder.addEvent({ type: 'task-run-saved', run: taskRun('peru', 1) });
    builder.addEvent({ type: 'evaluation-run-saved', run: evaluationRun(taskRun('peru', 1), 'exact') });

    expect(early.array('example_id')).toEqual(['mali']);
    expect(builder.table().array('example_id')).toEqual(['peru', 'mali']);
    expect(builder.table().array('eval.exact.score')).toEqual([1, null]);
  });

  test('lets a run that was redone take the place of the failed one, and drops the verdicts on the old output', () => {
    const builder = createRunsFrameBuilder(examples);
    const failed = taskRun('peru', 1, { error: 'overloaded', output: null });
    builder.addTaskRun(failed);
    builder.addEvaluationRun(evaluationRun(failed, 'exact', { score: 0 }));
    builder.addEvaluationRun(evaluationRun(failed, 'note', { kind: 'HUMAN', label: 'seen' }));
    builder.addTaskRun(taskRun('peru', 1));

    const frame = builder.table();
    expect(frame.array('status')).toEqual(['ok']);
    expect(frame.array('eval.exact.score')).toEqual([null]);
    expect(frame.array('eval.note.label')).toEqual(['seen']);
  });

  test('reads the same after its text was sealed', () => {
    const builder = createRunsFrameBuilder();
    const count = 70_000;
    for (let index = 0; index < count; index++) {
      const run = taskRun(`example-${index}`, 1, {
        output: index % 7 === 0 ? null : `“${index}” ${'x'.repeat(index % 5)}`,
      });
      builder.addTaskRun(run);
      if (index % 3 === 0)
        builder.addEvaluationRun(
          evaluationRun(run, 'exact', { score: index, explanation: index % 2 === 0 ? '' : null }),
        );
    }
    const frame = builder.table();
    for (const row of [0, 1, 7, 65_535, 65_536, 69_999]) {
      expect(frame.get('output', row)).toBe(row % 7 === 0 ? null : `“${row}” ${'x'.repeat(row % 5)}`);
      expect(frame.get('eval.exact.score', row)).toBe(row % 3 === 0 ? row : null);
      expect(frame.get('eval.exact.explanation', row)).toBe(row % 6 === 0 ? '' : null);
    }
  });
});

describe('columns in Arquero', () => {
  test('group by codes like Arquero does, without a group for a value that no row has', () => {
    const column = new CodedColumn(Int32Array.of(2, -1, 0, 2), ['a', 'unused', 'c']);
    expect(column.groups(['label'])).toMatchObject({ size: 3, rows: [0, 1, 2] });
    expect(runsFrame(records).groupby('status').count().objects()).toEqual([
      { status: 'ok', count: 2 },
      { status: 'failed', count: 1 },
    ]);
    expect(
      runsFrame(records)
        .groupby('status')
        .rollup({ mean: op.mean('latency_ms') })
        .objects(),
    ).toEqual([
      { status: 'ok', mean: 1333.25 },
      { status: 'failed', mean: 1333.25 },
    ]);
  });

  test('give numbers and codes in the order of a filtered and sorted table', () => {
    const frame = runsFrame(records)
      .filter((row: { attempts: number }) => row.attempts === 1)
      .orderby(desc('example_id'));
    expect([...numbersOf(frame, 'eval.exact.score')]).toEqual([1, Number.NaN]);
    const { codes, dictionary } = codesOf(frame, 'example_id');
    expect(Array.from(codes, (code) => dictionary[code])).toEqual(['peru', 'mali']);
    expect(() => numbersOf(frame, 'nothing')).toThrow("Expected a column 'nothing'");
    expect(() => numbersOf(frame, 'output')).toThrow("Expected column 'output' to hold numbers");
  });
});

async function* readLater<Record>(list: readonly Record[]): AsyncGenerator<Record> {
  for (const record of list) yield await Promise.resolve(record);
}
