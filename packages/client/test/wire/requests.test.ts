import { contentHash, storedTaskRun } from '@assay/core';
import { expect, test } from 'vitest';
import { taskRunToWire } from '../../src/phoenix/records.ts';
import { identified, uploadOf } from '../../src/phoenix/upload.ts';
import {
  wireEvaluationBody,
  wireExperimentBody,
  wireTagBody,
  wireTaskRunBody,
  wireUploadBody,
} from '../../src/wire/index.ts';

const times = { start_time: '2026-03-01T12:00:00+00:00', end_time: '2026-03-01T12:00:01+00:00' };

test('takes what this client uploads', async () => {
  const examples = [{ id: 'peru', input: 'Peru', expected: null, splits: ['south'] }, { input: { country: 'Chad' } }];
  const body = uploadOf('update', 'capitals', await identified(examples), new Map());
  expect(wireUploadBody.parse(JSON.parse(JSON.stringify(body)))).toEqual({
    action: 'update',
    name: 'capitals',
    inputs: [{ 'assay.value': 'Peru' }, { country: 'Chad' }],
    outputs: [{}, {}],
    metadata: [{}, {}],
    example_ids: ['peru', contentHash({ input: { country: 'Chad' } }).slice(0, 16)],
    splits: [['south'], []],
  });
});

test('takes what the official clients send, with fields that Phoenix passes over', () => {
  const run = {
    id: 'temp-0001',
    experiment_id: 'e',
    dataset_example_id: 'n',
    output: null,
    repetition_number: 1,
    ...times,
  };
  expect(wireTaskRunBody.parse(run)).toMatchObject({ output: null, start_time: new Date('2026-03-01T12:00:00Z') });
  expect(wireExperimentBody.parse({ project_name: null })).toEqual({ repetitions: 1 });
  const evaluation = { experiment_run_id: 'r', name: 'exact', annotator_kind: 'CODE', ...times };
  expect(wireEvaluationBody.parse({ ...evaluation, result: {}, error: 'overloaded' }).error).toBe('overloaded');
  expect(wireEvaluationBody.parse({ ...evaluation, result: { score: true } }).result?.score).toBe(1);
  expect(wireUploadBody.parse({ name: 'n', inputs: [{}], splits: [null] }).action).toBe('create');
});

test.each([
  [wireTaskRunBody, { dataset_example_id: 'n', repetition_number: 1, ...times }],
  [wireTaskRunBody, { dataset_example_id: 'n', output: 1, repetition_number: 0, ...times }],
  [wireEvaluationBody, { experiment_run_id: 'r', name: 'n', annotator_kind: 'code', result: {}, ...times }],
  [wireEvaluationBody, { experiment_run_id: 'r', name: 'n', annotator_kind: 'CODE', result: null, ...times }],
  [
    wireEvaluationBody,
    { experiment_run_id: 'r', name: 'n', annotator_kind: 'CODE', result: { score: Number.NaN }, ...times },
  ],
  [wireExperimentBody, { repetitions: 0 }],
  [wireUploadBody, { name: 'n', inputs: [{}], outputs: [] }],
  [wireUploadBody, { name: 'n', inputs: ['text'] }],
  [wireTagBody, { name: 'Base line' }],
])('refuses what Phoenix refuses: %#', (schema, body) => {
  expect(schema.safeParse(body).success).toBe(false);
});

test('takes the run of a task that returned nothing', () => {
  const draft = {
    experimentId: 'e',
    exampleId: 'a',
    repetition: 1,
    output: null,
    error: null,
    attempts: 1,
    startedAt: new Date(0),
    endedAt: new Date(0),
    latencyMs: null,
    waitMs: null,
    traceId: null,
    usage: null,
  };
  const body: unknown = JSON.parse(JSON.stringify(taskRunToWire(storedTaskRun(draft), 'node')));
  expect(wireTaskRunBody.parse(body)).toMatchObject({ dataset_example_id: 'node', output: null });
});
