import { AssayError } from '@assay/core';
import { table } from 'arquero';
import { describe, expect, test } from 'vitest';
import { fromCSV } from '../src/csv-read.ts';
import { fromJSONL } from '../src/jsonl.ts';
import { resultsFromTable } from '../src/results-from-table.ts';

const taskFields = { exampleId: 'example_id', output: 'output' };

describe('resultsFromTable', () => {
  test('gives runs and verdicts ready to be saved', () => {
    const csv = fromCSV(
      'example_id,output,took,begun,ended,tokens,correctness_score,correctness_label,why\nex-1,Paris,245,,,7,1.0,correct,\nex-2,,,2026-01-05T10:00:00Z,2026-01-05T10:00:01.5Z,,,,\n',
    );
    const { runs, report } = resultsFromTable(csv.assign(table({ failure: [null, 'overloaded'] })), {
      taskFields: {
        ...taskFields,
        error: 'failure',
        latencyMs: 'took',
        startTime: 'begun',
        endTime: 'ended',
        promptTokens: 'tokens',
      },
      evaluatorColumns: {
        Correctness: {
          score: 'correctness_score',
          label: 'correctness_label',
          explanation: 'why',
          direction: 'minimize',
        },
      },
    });

    expect(report).toEqual({ rows: 2, withoutExample: [], unknownExample: [], doubled: [], withoutOutput: [] });
    expect(runs[0]?.taskRun).toMatchObject({
      exampleId: 'ex-1',
      repetition: 1,
      output: 'Paris',
      error: null,
      attempts: 1,
      latencyMs: 245,
      usage: { promptTokens: 7, completionTokens: null, costUsd: null },
    });
    expect(runs[0]?.evaluationRuns).toMatchObject([
      {
        exampleId: 'ex-1',
        repetition: 1,
        name: 'Correctness',
        status: 'ok',
        score: 1,
        label: 'correct',
        explanation: null,
        direction: 'minimize',
        kind: 'CODE',
      },
    ]);
    expect(runs[1]?.taskRun).toMatchObject({
      output: null,
      error: 'overloaded',
      latencyMs: 1500,
      startedAt: new Date('2026-01-05T10:00:00Z'),
      endedAt: new Date('2026-01-05T10:00:01.500Z'),
      usage: null,
    });
    expect(runs[1]?.evaluationRuns).toEqual([]);
  });

  test('has no latency and one attempt without times', () => {
    const { runs } = resultsFromTable(table({ example_id: ['a'], output: ['x'] }), { taskFields });
    expect(runs[0]?.taskRun).toMatchObject({ latencyMs: null, waitMs: null, attempts: 1 });
  });

  test('reports rows that have no example, an unknown one, are doubled, or carry no output, and leaves them out', () => {
    const made = table({ example_id: ['a', null, '', 'a', 'b', 'c'], output: ['x', 'x', 'x', 'y', null, 'z'] });
    const { runs, report } = resultsFromTable(made, { taskFields, exampleIds: ['a', 'b'] });
    expect(runs.map(({ row }) => row)).toEqual([1]);
    expect(report).toEqual({
      rows: 6,
      withoutExample: [2, 3],
      unknownExample: [{ row: 6, exampleId: 'c' }],
      doubled: [{ row: 4, firstRow: 1, exampleId: 'a', repetition: 1 }],
      withoutOutput: [5],
    });
  });

  test('tells repetitions apart', () => {
    const made = fromCSV('example_id,output,n\na,x,1\na,y,2\n');
    const { runs } = resultsFromTable(made, { taskFields: { ...taskFields, repetition: 'n' } });
    expect(runs.map(({ taskRun }) => taskRun.repetition)).toEqual([1, 2]);
  });

  test('keeps the objects of JSON Lines, and takes text for JSON only when asked', () => {
    const lines = fromJSONL('{"example_id":"a","output":{"answer":1}}\n{"example_id":"b","output":"{\\"answer\\":2}"}');
    expect(resultsFromTable(lines, { taskFields }).runs.map(({ taskRun }) => taskRun.output)).toEqual([
      { answer: 1 },
      '{"answer":2}',
    ]);
    expect(resultsFromTable(lines, { taskFields, json: true }).runs[1]?.taskRun.output).toEqual({ answer: 2 });
  });

  test('reads the rows that the table shows, in its order', () => {
    const made = table({ example_id: ['b', 'a', 'c'], output: ['x', 'y', 'z'] })
      .filter((row: { output: string }) => row.output !== 'z')
      .orderby('example_id');
    expect(resultsFromTable(made, { taskFields }).runs.map(({ taskRun }) => taskRun.output)).toEqual(['y', 'x']);
  });

  test.each([
    [
      'a score that is no number',
      { score: ['good'] },
      { score: 'score' },
      `Expected column 'score' to hold a finite number, got "good" in row 1`,
    ],
    ['NaN as a score', { score: ['NaN'] }, { score: 'score' }, 'a finite number'],
    [
      'a label that is no text',
      { label: [5] },
      { label: 'label' },
      "Expected column 'label' to hold text, got 5 in row 1",
    ],
    [
      'metadata that is no object',
      { score: [1], meta: ['x'] },
      { score: 'score', metadata: 'meta' },
      "Expected column 'meta' to hold a JSON object",
    ],
    ['an evaluator without a column', {}, {}, "Expected evaluator 'exact' to name a column"],
    ['a column that is not there', {}, { score: 'missing' }, "Expected a column 'missing'"],
  ])('refuses %s', (_, columns, exact, message) => {
    const made = table({ example_id: ['a'], output: ['x'], ...columns });
    expect(() => resultsFromTable(made, { taskFields, evaluatorColumns: { exact } })).toThrow(message);
    expect(() => resultsFromTable(made, { taskFields, evaluatorColumns: { exact } })).toThrow(AssayError);
  });

  test('refuses a run that ends before it starts and a repetition of 0', () => {
    const made = table({
      example_id: ['a'],
      output: ['x'],
      begun: ['2026-01-05T10:00:00Z'],
      ended: ['2026-01-05T09:00:00Z'],
      n: [0],
    });
    expect(() =>
      resultsFromTable(made, { taskFields: { ...taskFields, startTime: 'begun', endTime: 'ended' } }),
    ).toThrow("Expected column 'ended' to hold a time after 'begun'");
    expect(() => resultsFromTable(made, { taskFields: { ...taskFields, repetition: 'n' } })).toThrow(
      'a whole number of at least 1',
    );
  });

  test('refuses a negative latency and a negative cost', () => {
    const rows = fromJSONL('{"example_id":"a","output":1,"took":-5,"paid":-0.1}');
    for (const [field, column] of [
      ['latencyMs', 'took'],
      ['costUsd', 'paid'],
    ])
      expect(() => resultsFromTable(rows, { taskFields: { ...taskFields, [field!]: column } })).toThrow(
        `Expected column '${column!}' to hold a number of at least 0`,
      );
  });

  test.each([
    ['twice under one name', { x: { label: 'output' }, ' x': { label: 'output' } }, "its own name, got 'x' twice"],
    ['of no known direction', { x: { label: 'output', direction: 'up' } }, "direction of evaluator 'x'"],
    ['of no known kind', { x: { label: 'output', kind: 'code' } }, "kind of evaluator 'x'"],
    ['that is no object', { x: null }, "Expected evaluator 'x' to be { score, label, explanation }, got null"],
  ])('refuses an evaluator %s', (_, evaluatorColumns, message) => {
    const rows = fromJSONL('{"example_id":"a","output":"o"}');
    const read = () => resultsFromTable(rows, { taskFields, evaluatorColumns: evaluatorColumns as never });
    expect(read).toThrow(message);
    expect(read).toThrow(AssayError);
  });

  test('asks for the columns of the example id and of the output', () => {
    const read = () =>
      resultsFromTable(fromJSONL('{"example_id":"a"}'), { taskFields: { exampleId: 'example_id' } as never });
    expect(read).toThrow('Expected taskFields to name the columns of exampleId and output');
  });
});
