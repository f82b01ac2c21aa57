import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Example } from '../src/dataset.ts';
import type { EvaluationRun, TaskRun } from '../src/experiment.ts';
import { partsKey, planRuns } from '../src/plan.ts';

const example = (id: string): Example => ({ id, input: id, expected: null, metadata: {}, splits: [] });
const call = {
  attempts: 1,
  startedAt: new Date(0),
  endedAt: new Date(0),
  latencyMs: 0,
  waitMs: 0,
  traceId: null,
  usage: null,
};
const taskRun = (exampleId: string, repetition: number, error: string | null = null): TaskRun => {
  return { id: `${exampleId}#${repetition}`, experimentId: 'x', exampleId, repetition, output: 1, error, ...call };
};
const evaluation = (
  taskRunId: string,
  name: string,
  status: EvaluationRun['status'] = 'ok',
  parts?: readonly string[],
): EvaluationRun => ({
  id: `${taskRunId}/${name}`,
  taskRunId,
  experimentId: 'x',
  exampleId: taskRunId.split('#')[0]!,
  repetition: Number(taskRunId.split('#')[1]),
  name,
  kind: 'CODE',
  direction: 'maximize',
  status,
  score: 1,
  label: null,
  explanation: null,
  metadata: parts === undefined ? {} : { [partsKey]: parts },
  error: status === 'failed' ? 'no' : null,
  ...call,
});
const missing = (names: readonly string[], evaluationRuns: readonly EvaluationRun[]): readonly string[] =>
  planRuns([example('a')], 1, names, { taskRuns: [taskRun('a', 1)], evaluationRuns })[0]?.evaluatorNames ?? [];

test('plans every example, as often as it is repeated, in dataset order', () => {
  const planned = planRuns([example('b'), example('a')], 2, ['exact']);
  expect(
    planned.map(({ example: { id }, repetition, run, evaluatorNames }) => [id, repetition, run, evaluatorNames]),
  ).toEqual([
    ['b', 1, undefined, ['exact']],
    ['b', 2, undefined, ['exact']],
    ['a', 1, undefined, ['exact']],
    ['a', 2, undefined, ['exact']],
  ]);
});

test('plans exactly what is missing, whatever is on record', () => {
  const names = ['one', 'two'] as const;
  const state = fc.constantFrom('none', 'failed', 'ok');
  const judged = fc.constantFrom<'none' | EvaluationRun['status']>('none', 'failed', 'ok', 'skipped');
  const cell = fc.record({ run: state, one: judged, two: judged });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 8 }), (rows) => {
      const examples = rows.map((_, index) => example(`e${index}`));
      const taskRuns: TaskRun[] = [];
      const evaluationRuns: EvaluationRun[] = [];
      const expected: unknown[] = [];
      rows.forEach((cells, index) =>
        cells.forEach((found, at) => {
          const id = `e${index}`;
          const run = found.run === 'none' ? undefined : taskRun(id, at + 1, found.run === 'failed' ? 'no' : null);
          if (run !== undefined) taskRuns.push(run);
          const isOk = found.run === 'ok';
          if (isOk)
            for (const name of names)
              if (found[name] !== 'none') evaluationRuns.push(evaluation(`${id}#${at + 1}`, name, found[name]));
          const left = names.filter((name) => !isOk || found[name] === 'none' || found[name] === 'failed');
          if (!isOk || left.length > 0) expected.push([id, at + 1, isOk ? run : undefined, left]);
        }),
      );
      const planned = planRuns(examples, 2, names, { taskRuns, evaluationRuns });
      expect(
        planned.map(({ example: { id }, repetition, run, evaluatorNames }) => [id, repetition, run, evaluatorNames]),
      ).toEqual(expected);
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('does not mix up examples and repetitions whose ids run together', () => {
  const planned = planRuns([example('1'), example('11')], 11, [], {
    taskRuns: [taskRun('1', 11), taskRun('11', 1)],
    evaluationRuns: [],
  });
  expect(planned).toHaveLength(20);
});

describe('an evaluator with several results', () => {
  const both = ['tone', 'length'];

  test('is not asked again when all its results are there', () => {
    expect(
      missing(
        ['judge'],
        [evaluation('a#1', 'judge/tone', 'ok', both), evaluation('a#1', 'judge/length', 'skipped', both)],
      ),
    ).toEqual([]);
  });

  test('is asked again when one is missing', () => {
    expect(missing(['judge'], [evaluation('a#1', 'judge/tone', 'ok', both)])).toEqual(['judge']);
  });

  test('is asked again when one failed', () => {
    expect(
      missing(
        ['judge'],
        [evaluation('a#1', 'judge/tone', 'ok', both), evaluation('a#1', 'judge/length', 'failed', both)],
      ),
    ).toEqual(['judge']);
  });

  test('is not asked again for an earlier failure as a whole', () => {
    expect(
      missing(
        ['judge'],
        [evaluation('a#1', 'judge', 'failed'), ...both.map((part) => evaluation('a#1', `judge/${part}`, 'ok', both))],
      ),
    ).toEqual([]);
  });

  test('is not taken for another whose name only begins alike', () => {
    expect(missing(['judge', 'judge2'], [evaluation('a#1', 'judge2', 'ok')])).toEqual(['judge']);
  });
});
