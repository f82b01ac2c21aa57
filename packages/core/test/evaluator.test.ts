import { expect, test } from 'vitest';
import { type Evaluators, readEvaluators } from '../src/evaluator.ts';

const read = (evaluators: unknown) => readEvaluators(evaluators as Evaluators<never>);
const names = (evaluators: unknown) => read(evaluators).map(({ name }) => name);

function exact(): number {
  return 1;
}

class Length {
  unit = 'characters';
  evaluate(): string {
    return this.unit;
  }
}

test.each([
  ['a function', exact, ['exact']],
  ['a list of functions', [exact, function other() {}], ['exact', 'other']],
  ['a record', { a: exact, b: () => 1 }, ['a', 'b']],
  ['an evaluator', { name: 'own', evaluate: exact }, ['own']],
  ['a record of evaluators, whose keys win', { key: { name: 'own', evaluate: exact } }, ['key']],
  ['a class', Length, ['Length']],
  [
    'a class with a name of its own',
    class {
      name = 'own';
      evaluate = exact;
    },
    ['own'],
  ],
  ['an instance', new Length(), ['Length']],
  ['a list of everything', [exact, Length, { name: 'own', evaluate: exact }], ['exact', 'Length', 'own']],
  ['names with blanks around them', { ' a ': exact }, ['a']],
  ['nothing', undefined, []],
])('reads %s', (_, evaluators, expected) => {
  expect(names(evaluators)).toEqual(expected);
});

test('reads a function that has evaluate with the kind, direction and settings it carries', () => {
  const judge = Object.assign(exact.bind(null), { kind: 'LLM', direction: 'minimize', retries: 1, evaluate: exact });
  Object.defineProperty(judge, 'name', { value: 'judge' });

  expect(read([judge])).toMatchObject([{ name: 'judge', kind: 'LLM', direction: 'minimize', retries: 1 }]);
  expect(read(judge)).toMatchObject([{ name: 'judge', kind: 'LLM', direction: 'minimize' }]);
  expect(read({ strict: judge })).toMatchObject([{ name: 'strict', kind: 'LLM', direction: 'minimize' }]);
});

test('maximizes, and judges by code, unless said otherwise', () => {
  expect(read([exact, { name: 'judge', kind: 'LLM', direction: 'minimize', evaluate: exact }])).toMatchObject([
    { kind: 'CODE', direction: 'maximize' },
    { kind: 'LLM', direction: 'minimize' },
  ]);
});

test.each([
  ['a class', Length],
  ['an instance', new Length()],
])('calls evaluate of %s as its method', (_, evaluator) => {
  expect(read(evaluator)[0]!.evaluate({} as never)).toBe('characters');
});

test('reads a class whose evaluate is a field', () => {
  class Arrow {
    evaluate = () => 0.5;
  }
  expect(read([Arrow])[0]!.evaluate({} as never)).toBe(0.5);
});

test.each([
  ['an anonymous function', () => 1, /^Expected evaluator 1 to have a name, got none: write \{ myName: evaluator \}/],
  ['an anonymous function in a list', [exact, () => 1], /^Expected evaluator 2 to have a name, got none/],
  [
    'an anonymous class',
    [
      class {
        evaluate() {}
      },
    ],
    /^Expected evaluator 1 to have a name/,
  ],
  ['an evaluator without a name', [{ evaluate: exact }], /^Expected evaluator 1 to have a name/],
  ['an empty name', { '': exact }, /^Expected evaluator 1 to have a name/],
  [
    'half a character in a name',
    { 'a\uD83E': exact },
    /^Expected the name of evaluator 1 to be whole text, got half of a/,
  ],
  ['a blank name', { '  ': exact }, /^Expected evaluator 1 to have a name, got "  "/],
  [
    'equal names',
    [exact, { name: 'exact', evaluate: exact }],
    'Expected every evaluator to have its own name, got "exact" twice',
  ],
  [
    'names equal but for blanks',
    { a: exact, 'a ': exact },
    'Expected every evaluator to have its own name, got "a" twice',
  ],
  [
    "a name like another's result",
    { 'judge/tone': exact, judge: exact },
    'Expected no evaluator to be named like a result of "judge", got "judge/tone"',
  ],
  ['what cannot be called', { a: 1 }, 'Expected evaluator a to be a function or an object with evaluate, got number'],
  ['null', { a: null }, 'Expected evaluator a to be a function or an object with evaluate, got null'],
  ['null instead of evaluators', null, 'Expected evaluators to be functions or objects with evaluate, got null'],
  ['text instead of evaluators', 'exact', 'Expected evaluators to be functions or objects with evaluate, got exact'],
  [
    'an unknown kind',
    [{ name: 'a', kind: 'MODEL', evaluate: exact }],
    'Expected kind of evaluator a to be CODE, LLM, HUMAN, got MODEL',
  ],
  [
    'an unknown direction',
    [{ name: 'a', direction: 'up', evaluate: exact }],
    'Expected direction of evaluator a to be maximize, minimize, neutral, got up',
  ],
  [
    'negative retries',
    [{ name: 'a', retries: -1, evaluate: exact }],
    'Expected retries of evaluator a to be a whole number of at least 0, got -1',
  ],
  [
    'a time-out of 0',
    [{ name: 'a', timeoutMs: 0, evaluate: exact }],
    'Expected timeoutMs of evaluator a to be above 0 milliseconds, got 0',
  ],
  [
    'a limit of 0',
    [{ name: 'a', rateLimit: { requestsPerMinute: 0 }, evaluate: exact }],
    'Expected requestsPerMinute to be above 0, got 0',
  ],
  [
    'a class that cannot be made without parameters',
    [
      class Broken {
        constructor() {
          throw new Error('needs a model');
        }
        evaluate() {}
      },
    ],
    'Could not make an instance of evaluator Broken: needs a model',
  ],
])('refuses %s', (_, evaluators, message) => {
  expect(() => read(evaluators)).toThrowError(
    expect.objectContaining({
      code: 'invalid-config',
      message: (message instanceof RegExp ? expect.stringMatching(message) : message) as string,
    }) as Error,
  );
});
