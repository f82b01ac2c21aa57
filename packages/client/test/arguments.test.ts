import { AssayError } from '@assay/core';
import { describe, expect, test } from 'vitest';
import { createArizeClient, createPhoenixClient } from '../src/index.ts';

// Nobody listens there: what is not refused for its arguments is refused by a typed error of the connection.
const nowhere = { endpoint: 'http://127.0.0.1:9', retries: 0 };
const phoenix = createPhoenixClient(nowhere);
const arize = createArizeClient({ ...nowhere, apiKey: 'key', space: 'U3BhY2U6MQ==' });

const experimentId = 'RXhwZXJpbWVudDox';
const slips: readonly unknown[][] = [undefined, null, 42, 'x', {}, []].flatMap((slip) => [
  [slip],
  [experimentId, slip],
  [{ id: experimentId }, slip],
]);

describe.each(
  Object.entries({ phoenix, arize }).flatMap(([client, parts]) =>
    Object.entries(parts).flatMap(([part, methods]) =>
      typeof methods !== 'object' || methods === null
        ? []
        : Object.entries(methods).flatMap(([name, method]): [string, object, unknown][] =>
            // `events` takes a connection up again for minutes.
            typeof method === 'function' && name !== 'events' ? [[`${client}.${part}.${name}`, methods, method]] : [],
          ),
    ),
  ),
)('%s', (_name, methods, method) => {
  test('answers arguments of a wrong kind by typed errors', async () => {
    const raw: string[] = [];
    for (const slip of slips) {
      try {
        const answer: unknown = (method as (...args: unknown[]) => unknown).apply(methods, slip);
        if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer)
          await (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
        else await answer;
      } catch (error) {
        if (!AssayError.is(error)) raw.push(`${JSON.stringify(slip)}: ${String(error)}`);
      }
    }
    expect(raw).toEqual([]);
  });
});

describe('what is refused says where', () => {
  test.each([
    ['a dataset of no text', () => phoenix.datasets.get({ id: 7 } as never), 'with an id that is text, got 7'],
    ['rows that are none', () => phoenix.datasets.append(experimentId, 'rows' as never), 'rows as a list of examples'],
    ['a change of nothing', () => phoenix.datasets.update('d', undefined as never), 'what to change as { name'],
    ['runs that are none', () => phoenix.experiments.log({ dataset: 'd', runs: {} } as never), 'runs as a list of'],
    [
      'a row of a list that is no run',
      () =>
        phoenix.experiments.log({ dataset: 'd', runs: [{ taskRun: { exampleId: 'a' } }, { exampleId: 'b' }] } as never),
      'the taskRun of row 2 as an object, got nothing',
    ],
    [
      'verdicts that are no list',
      () =>
        phoenix.experiments.log({ dataset: 'd', runs: [{ taskRun: { exampleId: 'a' }, evaluationRuns: 1 }] } as never),
      'the evaluationRuns of row 1 as a list, got 1',
    ],
    [
      'rows of Arize AX',
      () => arize.datasets.create({ name: 'd', examples: [1] } as never),
      'row 1 as an object, got 1',
    ],
  ] as const)('%s', async (_what, call, message) => {
    await expect((async (): Promise<unknown> => call())()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message) as string,
    });
  });
});

test('options of the clients that are no object are refused', () => {
  expect(() => createPhoenixClient(null as never)).toThrow('Expected the options of the client as an object, got null');
  expect(() => createArizeClient(null as never)).toThrow('Expected the options of the client as an object, got null');
});
