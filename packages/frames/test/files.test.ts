import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, type EvaluationRun, type Example, type RanExperiment, type TaskRun } from '@assay/core';
import { table } from 'arquero';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDataset, readTable, writeParquet, writeTable } from '../src/files.ts';
import { frameInfo } from '../src/frame-info.ts';
import { runsFrame } from '../src/runs-frame.ts';
import type { RecordStore } from '../src/source.ts';
import { evaluationRun, experiment, records, taskRun } from './fixtures/capitals.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-files-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('writeTable and readTable', () => {
  test.each(['parquet', 'arrow', 'feather', 'arrows', 'csv', 'tsv', 'jsonl', 'ndjson', 'json'])(
    'give the same frame back by .%s',
    async (extension) => {
      const path = join(folder, `runs.${extension}`);
      const frame = runsFrame(records);
      await writeTable(frame, path);
      const copy = await readTable(path);
      expect(copy.columnNames()).toEqual(frame.columnNames());
      expect(copy.objects()).toEqual(frame.objects());
    },
  );

  test('take a format where the extension does not tell it', async () => {
    const path = join(folder, 'runs.txt');
    await expect(writeTable(table({ a: [1] }), path)).rejects.toMatchObject({ code: 'invalid-config' });
    await writeTable(table({ a: ['x'] }), path, { format: 'csv' });
    expect((await readTable(path, { format: 'csv' })).objects()).toEqual([{ a: 'x' }]);
  });

  test('leave the old file as it was, and nothing else, when writing fails', async () => {
    const path = join(folder, 'runs.csv');
    await writeTable(table({ a: ['old'] }), path);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(writeTable(table({ a: [{ circular }] }), path)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await readdir(folder)).toEqual(['runs.csv']);
    expect(await readFile(path, 'utf8')).toBe('a\nold\n');
  });

  test('name the file, the line and the column of bad content', async () => {
    const path = join(folder, 'runs.csv');
    await writeFile(path, 'example_id,repetition\na,1\nb,two\n');
    await expect(readTable(path)).rejects.toThrow(
      `${path}: Expected column 'repetition' to hold a whole number of at most 32 bits, got 'two' in line 3`,
    );
    await writeFile(path, Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    await expect(readTable(path)).rejects.toThrow(`${path}: Expected text in UTF-8`);
    await writeFile(path, Buffer.from('\ufeffa\n', 'utf16le'));
    await expect(readTable(path)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('tell a file that is not there from one that cannot be read', async () => {
    await expect(readTable(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not-found' });
    await mkdir(join(folder, 'folder.csv'));
    await expect(readTable(join(folder, 'folder.csv'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(writeTable(table({ a: [1] }), join(folder, 'none', 'runs.csv'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('writeParquet', () => {
  test('refuses a path that is no text, before anything is read', async () => {
    await expect(writeParquet(records, undefined as never)).rejects.toMatchObject({
      code: 'invalid-config',
      message: 'Expected a path to write to as text, got undefined',
    });
  });

  test('writes an experiment of a store as its runs frame, also flattened', async () => {
    const path = join(folder, 'runs.parquet');
    const store = storeOf(records.examples, records.taskRuns, records.evaluationRuns);
    for (const flatten of [false, true]) {
      await writeParquet({ store, experimentId: experiment.id }, path, { flatten });
      const copy = await readTable(path);
      const frame = runsFrame(records, { flatten });
      expect(copy.columnNames()).toEqual(frame.columnNames());
      expect(copy.objects()).toEqual(frame.objects());
      expect(frameInfo(copy)).toEqual(frameInfo(frame));
    }
  });

  test('writes an experiment at hand as its runs frame, also one that ran just now', async () => {
    const path = join(folder, 'runs.parquet');
    const { examples, taskRuns, evaluationRuns } = records;
    const ran = { ...experiment, examples, taskRuns, evaluationRuns } as unknown as RanExperiment;
    const awaited = { experiment, examples: later(examples), taskRuns, evaluationRuns };
    for (const source of [records, ran, awaited]) {
      await writeParquet(source, path, { flatten: true });
      expect((await readTable(path)).objects()).toEqual(runsFrame(records, { flatten: true }).objects());
    }
  });

  test.each([
    ['nothing', null],
    ['text', 'runs'],
    ['a Promise', Promise.resolve(records)],
    ['another object', { name: 'capitals' }],
  ])('refuses %s and writes no file', async (_, source) => {
    const refused = await writeParquet(source as never, join(folder, 'runs.parquet')).catch((error: unknown) => error);
    expect(AssayError.is(refused) ? refused.code : refused).toBe('invalid-config');
    expect(await readdir(folder)).toEqual([]);
  });

  test('has a column for an evaluator that only the last row group knows', { timeout: 30_000 }, async () => {
    const path = join(folder, 'runs.parquet');
    const examples = Array.from({ length: 70_000 }, (_, index): Example => ({
      id: `example-${index}`,
      input: index,
      expected: null,
      metadata: {},
      splits: [],
    }));
    const taskRuns = examples.map(({ id }) => taskRun(id, 1));
    const last = taskRuns.at(-1);
    const late = last === undefined ? [] : [evaluationRun(last, 'late', { direction: 'minimize' })];
    await writeParquet({ store: storeOf(examples, taskRuns, late), experimentId: experiment.id }, path);

    const copy = await readTable(path);
    expect(copy.numRows()).toBe(70_000);
    expect([copy.get('eval.late.score', 0), copy.get('eval.late.score', 69_999)]).toEqual([null, 1]);
    expect(frameInfo(copy)?.directions).toEqual({ late: 'minimize' });
    expect(await readdir(folder)).toEqual(['runs.parquet']);
  });

  test('writes an experiment without runs with its columns', async () => {
    const path = join(folder, 'runs.parquet');
    await writeParquet({ store: storeOf([], [], []), experimentId: experiment.id }, path);
    expect([(await readTable(path)).numRows(), (await readTable(path)).numCols()]).toEqual([0, 19]);
  });

  test('writes tables that follow each other, and refuses one of other columns', async () => {
    const path = join(folder, 'parts.parquet');
    await writeParquet([table({ a: [1, null] }), table({ a: [3] })], path);
    expect((await readTable(path)).array('a')).toEqual([1, null, 3]);
    const refused = await writeParquet([table({ a: [1] }), table({ a: ['x'] })], path).catch((error: unknown) => error);
    expect(AssayError.is(refused) ? refused.message : refused).toContain(
      'Expected table 2 to have the columns and types of the first',
    );
    expect((await readTable(path)).array('a')).toEqual([1, null, 3]);
  });

  test('leaves nothing behind when the store fails', async () => {
    const store = { ...storeOf(records.examples, records.taskRuns, []), listTaskRuns: () => failing() };
    const refused = await writeParquet({ store, experimentId: experiment.id }, join(folder, 'runs.parquet')).catch(
      (error: unknown) => error,
    );
    expect(AssayError.is(refused) && refused.code).toBe('unavailable');
    expect(await readdir(folder)).toEqual([]);
  });
});

test('readDataset gives the examples of a file, and names the file in errors', async () => {
  const path = join(folder, 'questions.jsonl');
  await writeFile(path, '{"question":"Capital of Peru?","answer":"Lima"}\n{"answer":"x"}\n');
  await expect(readDataset(path, { input: 'question', expected: 'answer' })).rejects.toThrow(
    `${path}: Expected column 'question' to hold an input, got nothing in row 2`,
  );
  await writeFile(path, '{"question":"Capital of Peru?","answer":"Lima"}\n');
  expect(await readDataset(path, { input: 'question', expected: 'answer' })).toEqual([
    { input: 'Capital of Peru?', expected: 'Lima', metadata: {}, splits: [] },
  ]);
});

function storeOf(
  examples: readonly Example[],
  taskRuns: readonly TaskRun[],
  evaluationRuns: readonly EvaluationRun[],
): RecordStore {
  const runsById = byExample(taskRuns);
  const evaluationsById = byExample(evaluationRuns);
  return {
    getExperiment: async () => experiment,
    listExamples: () => later(examples),
    listTaskRuns: (_, of) => later((of?.exampleIds ?? []).flatMap((id) => runsById.get(id) ?? [])),
    listEvaluationRuns: (_, of) => later((of?.exampleIds ?? []).flatMap((id) => evaluationsById.get(id) ?? [])),
  };
}

function byExample<Run extends { readonly exampleId: string }>(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) groups.set(run.exampleId, [...(groups.get(run.exampleId) ?? []), run]);
  return groups;
}

async function* later<Record>(list: readonly Record[]): AsyncGenerator<Record> {
  yield* list;
}

async function* failing(): AsyncGenerator<TaskRun> {
  throw new AssayError('unavailable', 'The store has gone away');
}
