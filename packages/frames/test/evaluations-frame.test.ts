import { createMemoryStore } from '@assay/core';
import { expect, test } from 'vitest';
import { evaluationsFrame } from '../src/evaluations-frame.ts';
import { examplesFrame } from '../src/examples-frame.ts';
import { evaluationRuns, examples, records } from './fixtures/capitals.ts';

test('has one row an evaluation, ordered by example, repetition and evaluator', () => {
  const frame = evaluationsFrame({ ...records, evaluationRuns: evaluationRuns.toReversed() });
  expect(frame.columnNames()).toEqual([
    'evaluation_id',
    'run_id',
    'experiment_id',
    'example_id',
    'name',
    'repetition',
    'kind',
    'direction',
    'status',
    'label',
    'score',
    'latency_ms',
    'explanation',
    'metadata',
    'error',
    'trace_id',
    'start_time',
    'end_time',
  ]);
  expect(frame.array('example_id')).toEqual(['peru', 'peru', 'mali', 'mali']);
  expect(frame.array('status').toSorted()).toEqual(['failed', 'ok', 'ok', 'skipped']);
  expect(evaluationsFrame(records).array('name')).toEqual(['exact', 'judge/tone', 'exact', 'judge/tone']);
  expect(evaluationsFrame(records).array('score')).toEqual([1, 0.1 + 0.2, null, null]);
});

test('has one row an example, with its splits as JSON', () => {
  const frame = examplesFrame({ examples, datasetId: 'dataset-1', datasetVersionId: 'version-1' });
  expect(frame.object(0)).toEqual({
    example_id: 'peru',
    dataset_id: 'dataset-1',
    dataset_version_id: 'version-1',
    input: '{"country":"Peru","population":34}',
    expected: 'Lima',
    metadata: '{"continent":"America"}',
    splits: '["test"]',
  });
  expect(examplesFrame(examples).array('dataset_id')).toEqual([null, null]);
});

test('reads the newest version of a dataset in a store, by name, by id or pinned', async () => {
  const store = createMemoryStore([{ name: 'capitals', examples: examples.map((example) => ({ ...example })) }]);
  const { id, versionId } = await store.getDataset({ name: 'capitals' });
  const byName = await examplesFrame(store, { name: 'capitals' });
  expect(byName.array('example_id')).toEqual(['peru', 'mali']);
  expect(byName.array('dataset_version_id')).toEqual([versionId, versionId]);
  expect((await examplesFrame(store, { id })).objects()).toEqual(byName.objects());
  expect((await examplesFrame(store, { datasetId: id, versionId })).objects()).toEqual(byName.objects());
});

test.each([
  ['null', null],
  ['a number', 5],
  ['a Promise', Promise.resolve([])],
  ['a dataset by its name', { name: 'capitals' }],
  ['examples that are none', { examples: 5 }],
])('examplesFrame refuses %s', (_, source) => {
  expect(() => examplesFrame(source as never)).toThrow('Expected a list of examples, { examples }, a RanExperiment');
});
