import { expect, test } from 'vitest';
import { readEvaluators } from '../src/evaluator.ts';
import { changesSince, fingerprintOf } from '../src/fingerprint.ts';

const task = ({ input }: { input: number }) => input;
const of = (evaluators: object, given: unknown = task) => fingerprintOf(given, readEvaluators(evaluators as never));

test('is the same for the same functions, also after a trip through JSON', () => {
  const recorded: unknown = JSON.parse(JSON.stringify(of({ exact: () => 1 })));
  expect(changesSince(recorded, of({ exact: () => 1 }))).toEqual([]);
  expect(of({ exact: () => 1 }).task).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['source', { judge: () => 1 }, { judge: () => 2 }],
  ['kind', { judge: { kind: 'LLM', evaluate: task } }, { judge: { kind: 'CODE', evaluate: task } }],
  ['direction', { judge: { direction: 'minimize', evaluate: task } }, { judge: { evaluate: task } }],
  ['options', { judge: { model: 'a', evaluate: task } }, { judge: { model: 'b', evaluate: task } }],
  ['own fingerprint', { judge: { fingerprint: 'a', evaluate: task } }, { judge: { fingerprint: 'b', evaluate: task } }],
])('sees another %s of an evaluator', (_, before, now) => {
  expect(changesSince(of(before), of(now))).toEqual([expect.stringMatching(/^Evaluator judge differs/)]);
});

test('goes by the fingerprint that a function carries, whatever its source', () => {
  const named = (fingerprint: string, work: () => number) => Object.assign(work, { fingerprint });
  expect(
    changesSince(
      of(
        {},
        named('prompt 1', () => 1),
      ),
      of(
        {},
        named('prompt 1', () => 2),
      ),
    ),
  ).toEqual([]);
  expect(
    changesSince(
      of(
        {},
        named('prompt 1', () => 1),
      ),
      of(
        {},
        named('prompt 2', () => 1),
      ),
    ),
  ).toEqual([expect.stringMatching(/^The task differs/)]);
});

test.each([[undefined], [null], ['text'], [{}], [{ task: 5 }]])(
  'has nothing to say when %j is on record',
  (recorded) => {
    expect(changesSince(recorded, of({ exact: () => 1 }))).toEqual([]);
  },
);

test('survives options that are circles', () => {
  const judge: Record<string, unknown> = { evaluate: task };
  judge['self'] = judge;
  expect(Object.keys(of({ judge }).evaluators)).toEqual(['judge']);
});
