import {
  evaluationRunOf,
  storedEvaluationRun,
  storedTaskRun,
  type EvaluationRunDraft,
  type TaskRunDraft,
} from '@assay/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  evaluationFromWire,
  evaluationIdOf,
  evaluationToWire,
  experimentFromWire,
  taskRunFromWire,
  taskRunToWire,
} from '../../src/phoenix/records.ts';
import { wireEvaluation, wireExperiment, wireTaskRun } from '../../src/wire/index.ts';

const seed = { seed: 20261120 };
const run = { id: 'RXhwZXJpbWVudFJ1bjox', experimentId: 'e', exampleId: 'peru', repetition: 2 };
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 }).map((value) => value + 0);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const date = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
const usage = orNull(
  fc.record({ promptTokens: orNull(number), completionTokens: orNull(number), costUsd: orNull(number) }),
);
const call = {
  attempts: fc.integer({ min: 1, max: 9 }),
  startedAt: date,
  endedAt: date,
  latencyMs: orNull(number),
  waitMs: orNull(number),
  traceId: orNull(fc.constant('0af7651916cd43dd8448eb211c80319c')),
  usage,
};

const evaluations: fc.Arbitrary<EvaluationRunDraft> = fc
  .record({
    ...call,
    status: fc.constantFrom('ok' as const, 'failed' as const, 'skipped' as const),
    kind: fc.constantFrom('CODE' as const, 'LLM' as const, 'HUMAN' as const),
    direction: fc.constantFrom('maximize' as const, 'minimize' as const, 'neutral' as const),
    score: orNull(number),
    label: orNull(fc.string()),
    explanation: orNull(fc.string()),
    metadata: fc.dictionary(fc.string(), fc.jsonValue()),
  })
  .map((drawn) => ({
    ...drawn,
    ...(drawn.status === 'failed'
      ? { score: null, label: null, explanation: null, error: 'overloaded' }
      : { error: null }),
    metadata: JSON.parse(JSON.stringify(drawn.metadata)) as Record<string, unknown>,
    name: 'exact',
    taskRunId: run.id,
    experimentId: run.experimentId,
    exampleId: run.exampleId,
    repetition: run.repetition,
  }));

test('gives every evaluation back as it was, through the body that is sent', () => {
  fc.assert(
    fc.property(evaluations, (draft) => {
      const stored = storedEvaluationRun(draft);
      const body = JSON.parse(JSON.stringify(evaluationToWire(stored))) as Record<string, unknown>;
      // As Phoenix keeps it: the parts of the result beside the rest.
      const kept = wireEvaluation.parse({ ...body, ...(body['result'] as object | null), metadata: body['metadata'] });
      expect(evaluationFromWire(kept, run)).toEqual(evaluationRunOf(evaluationIdOf(run.id, 'exact'), run, stored));
    }),
    seed,
  );
});

test('gives every task run back as it was from a server that keeps its metadata', () => {
  const drafts: fc.Arbitrary<TaskRunDraft> = fc
    .record({ ...call, output: fc.jsonValue(), error: orNull(fc.constant('overloaded')) })
    .map((drawn) => ({
      ...drawn,
      output: drawn.error === null ? (JSON.parse(JSON.stringify(drawn.output)) as unknown) : null,
      experimentId: 'e',
      exampleId: 'peru',
      repetition: 2,
    }));
  fc.assert(
    fc.property(drafts, (draft) => {
      const body = JSON.parse(JSON.stringify(taskRunToWire(storedTaskRun(draft), 'node'))) as object;
      const kept = wireTaskRun.parse({ ...body, id: run.id, experiment_id: 'e' });
      expect(taskRunFromWire(kept, 'peru')).toEqual({ ...draft, id: run.id });
    }),
    seed,
  );
});

test('counts a run of Phoenix as one attempt, that took from its start to its end', () => {
  const wire = {
    id: 'r',
    experiment_id: 'e',
    dataset_example_id: 'n',
    repetition_number: 1,
    output: 1,
    start_time: new Date(1000),
    end_time: new Date(3500),
  };
  expect(taskRunFromWire(wire, 'peru')).toMatchObject({
    attempts: 1,
    latencyMs: 2500,
    waitMs: null,
    usage: null,
    error: null,
    traceId: null,
  });
  expect(taskRunFromWire({ ...wire, end_time: new Date(0) }, 'peru').latencyMs).toBe(null);
  expect(taskRunFromWire({ ...wire, error: '' }, 'peru')).toMatchObject({ error: 'Unknown error', output: null });
});

test('looks at the error first: the official client sends an empty result with it', () => {
  const wire = {
    name: 'exact',
    annotator_kind: 'CODE' as const,
    score: 0,
    error: 'overloaded',
    start_time: new Date(0),
    end_time: new Date(0),
  };
  expect(evaluationFromWire(wire, run)).toMatchObject({ status: 'failed', score: null, error: 'overloaded' });
});

test('sends an explicit null output, and metadata in both places', () => {
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
  expect('output' in taskRunToWire(storedTaskRun(draft), 'node')).toBe(true);
  const { exampleId: _exampleId, output: _output, ...rest } = draft;
  const body = evaluationToWire(
    storedEvaluationRun({
      ...rest,
      exampleId: 'a',
      taskRunId: run.id,
      name: 'n',
      kind: 'CODE',
      direction: 'minimize',
      status: 'skipped',
      score: null,
      label: null,
      explanation: 'no',
      metadata: { own: 1 },
    }),
  );
  expect(body['metadata']).toMatchObject({ own: 1, 'assay.skipped': true, 'assay.direction': 'minimize' });
  expect(body['result']).toMatchObject({ explanation: 'no', metadata: body['metadata'] });
});

test('hides its own keys of an experiment and keeps those of others', () => {
  const wire = wireExperiment.parse({
    id: 'e',
    dataset_id: 'd',
    dataset_version_id: 'v',
    name: 'n',
    repetitions: 1,
    metadata: { 'assay.splits': ['hard'], 'assay.fingerprint': { task: 'x' }, a: 1 },
    created_at: '2026-01-01T00:00:00+00:00',
    example_count: 1,
  });
  expect(experimentFromWire(wire)).toMatchObject({
    splits: ['hard'],
    metadata: { 'assay.fingerprint': { task: 'x' }, a: 1 },
  });
  expect(Object.keys(experimentFromWire(wire).metadata)).not.toContain('assay.splits');
});
