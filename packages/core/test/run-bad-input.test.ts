import { describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { evaluateExperiment, resumeExperiment, runExperiment, streamExperiment } from '../src/run.ts';
import { all, numbered } from './fixtures/examples.ts';

async function* stream(items: readonly unknown[]) {
  yield* items;
}

/** What a user without a compiler may write. */
const refused = async (options: object) => {
  const store = createMemoryStore();
  const task = vi.fn(() => 1);
  const given = { printSummary: false, store, dataset: numbered(2), task, ...options };
  const error: unknown = await runExperiment(given as never).catch((error: unknown) => error);
  const streamed: unknown = await all(
    streamExperiment({ ...given, store: createMemoryStore(), ...options } as never),
  ).catch((error: unknown) => error);
  expect(task).not.toHaveBeenCalled();
  expect(await all(store.listExperiments())).toEqual([]);
  if (!('dataset' in options)) expect(streamed).toEqual(error);
  return error;
};

describe('is refused before anything is called, and nothing is left behind:', () => {
  test.each([
    ['a task that is text', { task: 'x' }, 'Expected task to be a function, got string'],
    ['no task', { task: undefined }, 'Expected task to be a function, got undefined'],
    ['null for a task', { task: null }, 'Expected task to be a function, got null'],
    ['repetitions: 0', { repetitions: 0 }, 'Expected repetitions to be a whole number of at least 1, got 0'],
    [
      'a fraction of repetitions',
      { repetitions: 1.5 },
      'Expected repetitions to be a whole number of at least 1, got 1.5',
    ],
    ['repetitions as text', { repetitions: '2' }, 'Expected repetitions to be a whole number of at least 1, got "2"'],
    ['concurrency: 0', { concurrency: 0 }, 'Expected concurrency to be a whole number of at least 1, got 0'],
    [
      'endless concurrency',
      { concurrency: Infinity },
      'Expected concurrency to be a whole number of at least 1, got Infinity',
    ],
    ['negative retries', { retries: -1 }, 'Expected retries to be a whole number of at least 0, got -1'],
    ['retries that are NaN', { retries: Number.NaN }, 'Expected retries to be a whole number of at least 0, got NaN'],
    ['timeoutMs: 0', { timeoutMs: 0 }, 'Expected timeoutMs to be above 0 milliseconds, got 0'],
    ['deadlineMs: -1', { deadlineMs: -1 }, 'Expected deadlineMs to be above 0 milliseconds, got -1'],
    ['haltAfter: 0', { haltAfter: 0 }, 'Expected haltAfter to be a whole number of at least 1, got 0'],
    ['a rate of 0', { rateLimit: { requestsPerMinute: 0 } }, 'Expected requestsPerMinute to be above 0, got 0'],
    ['a rate that is a number', { rateLimit: 60 }, 'Expected rateLimit to be options or a limiter, got 60'],
    [
      'a rate as text',
      { rateLimit: { requestsPerMinute: '60' } },
      'Expected requestsPerMinute to be above 0, got "60"',
    ],
    ['a key that is a number', { rateLimit: { key: 5 } }, 'Expected rateLimit.key to be text, got 5'],
    [
      'errors that are no classes',
      { rateLimit: { errors: ['x'] } },
      /^Expected each of rateLimit.errors to be a function/,
    ],
    ['text that stands for false', { exitOnError: 'false' }, 'Expected exitOnError to be true or false, got "false"'],
    ['a shouldRetry that is a number', { shouldRetry: 3 }, 'Expected shouldRetry to be a function, got 3'],
    ['a listener that is no function', { onEvent: {} }, 'Expected onEvent to be a function, got an object'],
    [
      'a controller for a signal',
      { signal: new AbortController() },
      'Expected signal to be an AbortSignal, got AbortController',
    ],
    ['a tracer that traces nothing', { tracer: 'otel' }, 'Expected tracer to be a tracer, got "otel"'],
    [
      'a concurrency that is an object',
      { concurrency: { limit: 3 } },
      'Expected concurrency to be a whole number of at least 1, got an object',
    ],
    ['a name that is a number', { name: 5 }, 'Expected name to be text, got 5'],
    ['a list for a description', { description: ['x'] }, 'Expected description to be text, got a list'],
    ['text for metadata', { metadata: 'x' }, 'Expected metadata to be an object, got "x"'],
    ['dates for metadata', { metadata: new Date(0) }, 'Expected metadata to be an object, got Date'],
    ['a seed that is text', { seed: '7' }, 'Expected seed to be a whole number, got "7"'],
    ['null for dryRun', { dryRun: null }, 'Expected dryRun to be a whole number of at least 0, got null'],
    [
      'a map of evaluators',
      { evaluators: new Map([['a', (): number => 1]]) },
      'Expected evaluators to be a list or a record of names, got a Map',
    ],
    [
      'a promise of evaluators',
      { evaluators: Promise.resolve([]) },
      'Expected evaluators to be a list or a record of names, got a Promise',
    ],
    ['an anonymous evaluator', { evaluators: [() => 1] }, /^Expected evaluator 1 to have a name, got none/],
    [
      'evaluators of one name',
      {
        evaluators: [
          { name: 'a', evaluate: (): number => 1 },
          { name: 'a ', evaluate: (): number => 1 },
        ],
      },
      'Expected every evaluator to have its own name, got "a" twice',
    ],
    ['an evaluator with an empty name', { evaluators: { '': () => 1 } }, /^Expected evaluator 1 to have a name/],
    [
      'an evaluator with a bad limit',
      { evaluators: [{ name: 'a', rateLimit: { requestsPerMinute: -1 }, evaluate: (): number => 1 }] },
      'Expected requestsPerMinute to be above 0, got -1',
    ],
    ['an empty dataset', { dataset: [] }, 'Expected a dataset with examples, got an empty list'],
    [
      'an empty named dataset',
      { dataset: { name: 'n', examples: [] } },
      'Expected a dataset with examples, got an empty list',
    ],
    ['an empty stream', { dataset: stream([]) }, 'Expected a dataset with examples, got an empty stream'],
    [
      'no dataset',
      { dataset: undefined },
      /^Expected dataset to be a list or an async iterable of examples, .*, got undefined$/,
    ],
    ['null for a dataset', { dataset: null }, /got null$/],
    ['text for a dataset', { dataset: 'capitals' }, /got string$/],
    ['an object that is no dataset', { dataset: {} }, /got object$/],
    [
      'a named dataset without examples',
      { dataset: { name: 'n', examples: undefined } },
      'Expected the examples of dataset n to be a list or an async iterable, got undefined',
    ],
    [
      'an example without input',
      { dataset: [{ input: 1 }, { question: 2 }] },
      'Expected example 2 to be an object with `input`, got one with question',
    ],
    [
      'an example without input in a stream',
      { dataset: stream([{ input: 1 }, 5]) },
      'Expected example 2 to be an object with `input`, got number',
    ],
    ['an example that is null', { dataset: [null] }, 'Expected example 1 to be an object with `input`, got null'],
    [
      'two examples of one id',
      {
        dataset: [
          { id: 'a', input: 1 },
          { id: 'b', input: 1 },
          { id: 'a', input: 2 },
        ],
      },
      /"a" as examples 1 and 3/,
    ],
    [
      'two examples of one id in a dry run',
      {
        dryRun: 10,
        dataset: [
          { id: 'a', input: 1 },
          { id: 'a', input: 2 },
        ],
      },
      /"a" as examples 1 and 2/,
    ],
    ['an id that is a number', { dataset: [{ id: 5, input: 1 }] }, /got a number$/],
  ])('%s', async (_, options, message) => {
    expect(await refused(options)).toMatchObject({
      name: 'AssayError',
      code: 'invalid-config',
      message: message instanceof RegExp ? (expect.stringMatching(message) as string) : message,
    });
  });

  test.each([
    ['an input that is not JSON', { dataset: [{ input: 1n }] }, /^Expected the input of example 1 to be JSON/],
    [
      'an input that is a circle',
      { dataset: [((circle: Record<string, unknown>) => ({ input: (circle['self'] = circle) }))({})] },
      /^Expected the input of example 1 to be JSON/,
    ],
    [
      'an answer that is not JSON',
      { dataset: [{ input: 1 }, { input: 1, expected: () => 1 }] },
      /^Expected the expected answer of example 2 to be JSON, got a function$/,
    ],
  ])('%s', async (_, options, message) => {
    expect(await refused(options)).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message) as string,
    });
  });

  test.each([
    ['a dataset that does not exist', { dataset: { name: 'none' } }],
    ['a version that does not exist', { dataset: { id: 'none', versionId: 'none' } }],
  ])('%s', async (_, options) => {
    expect(await refused(options)).toMatchObject({ code: 'not-found' });
  });

  test('a stored dataset without a store', async () => {
    expect(await refused({ store: undefined, dataset: { name: 'stored' } })).toMatchObject({
      code: 'invalid-config',
      message: 'Expected a store that holds the dataset stored, got none: pass `store`',
    });
  });

  test('a split without examples', async () => {
    const store = createMemoryStore();
    await store.saveDataset({
      name: 'n',
      examples: [
        { input: 1, splits: ['train'] },
        { input: 2, splits: ['test'] },
      ],
    });
    await store.saveSplit({ datasetId: (await store.getDataset({ name: 'n' })).id, name: 'empty', exampleIds: [] });
    expect(await refused({ store, dataset: { name: 'n', splits: ['empty'] } })).toMatchObject({
      code: 'invalid-config',
      message: 'Expected a dataset with examples, got none in the splits empty',
    });
  });

  test('an empty stream under the name of a dataset that has examples', async () => {
    const store = createMemoryStore();
    await store.saveDataset({ name: 'n', examples: numbered(3) });
    expect(await refused({ store, dataset: { name: 'n', examples: stream([]) } })).toMatchObject({
      code: 'invalid-config',
    });
    expect(await store.getDataset({ name: 'n' })).toMatchObject({ exampleCount: 3 });
  });

  test('a stream that fails', async () => {
    async function* failing() {
      yield { input: 1 };
      throw new Error('the file ends here');
    }
    expect(await refused({ dataset: failing() })).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('the file ends here') as string,
    });
  });
});

test('a resume of an experiment that does not exist is not found', async () => {
  const store = createMemoryStore();
  await expect(resumeExperiment({ store, experimentId: 'none', task: () => 1 })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(evaluateExperiment({ store, experimentId: 'none', evaluators: { one: () => 1 } })).rejects.toMatchObject(
    { code: 'not-found' },
  );
});

test.each([
  [
    'a resume without a store',
    () => resumeExperiment({ experimentId: 'e', task: () => 1 } as never),
    'Expected the id of an experiment and the store that holds it, got none',
  ],
  [
    'a resume with a task that is text',
    () => resumeExperiment({ store: createMemoryStore(), experimentId: 'e', task: 'x' } as never),
    'Expected task to be a function, got string',
  ],
  [
    'an evaluation without evaluators',
    () => evaluateExperiment({ store: createMemoryStore(), experimentId: 'e', evaluators: [] }),
    'Expected at least one evaluator, got none',
  ],
  [
    'an evaluation of nothing',
    () => evaluateExperiment({ evaluators: { one: () => 1 } } as never),
    /^Expected an experiment that was run in this process, or its id and the store/,
  ],
])('refuses %s', async (_, run, message) => {
  await expect(run()).rejects.toMatchObject({
    code: 'invalid-config',
    message: message instanceof RegExp ? (expect.stringMatching(message) as string) : message,
  });
});

test('no options at all are told as such', async () => {
  const expected = { code: 'invalid-config', message: 'Expected options, got undefined' };
  for (const call of [
    runExperiment,
    resumeExperiment,
    evaluateExperiment,
    (options: never) => all(streamExperiment(options)),
  ])
    await expect((async () => call(undefined as never))()).rejects.toMatchObject(expected);
});
